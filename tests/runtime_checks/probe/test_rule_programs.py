"""The programs of all rules under the probe: what is wrong is confirmed, what is right never is.

A finding of a wrong program that is not confirmed stands in ``UNSETTLED``, with what the verdict says instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from expectations import expectations
from rule_programs import RuleProgram, programs_of
from stacks import Stack, all_stacks
from verifying import RULES, Outcome, configuration, run_all

from tfloss_lint.finding import Confidence, Finding

LOOKALIKES = Path(__file__).parents[2] / "rules" / "lookalikes"
UNSETTLED: dict[tuple[str, str], str] = {
    ("removed_api/bad_scaled_loss", "TFL501, line 14"): "not reached",  # for the member before raises
}
"""(program, code, and where it is found twice the line): the beginning of the reason."""


class Told(NamedTuple):
    """One finding that has a claim, and its verdict."""

    finding: Finding
    status: str
    text: str
    wrong: bool
    """Whether the program's comments say so."""


@pytest.fixture(scope="module")
def own_stacks() -> Iterator[dict[str, Stack]]:
    """Processes of their own: the probe stays in them."""
    stacks = all_stacks()
    yield stacks
    for stack in stacks.values():
        stack.close()


def programs_under_probe(stack: Stack, rule: str) -> list[tuple[str, Outcome, list[Told]]]:
    programs = {program.name: program for program in programs_of(rule) if stack.name in program.stacks}
    target = frozenset({stack.generation})
    outcomes = run_all(stack, [configuration(name, program.text, target) for name, program in programs.items()])
    return [(outcome.name, outcome, list(verdicts(outcome, programs[outcome.name], stack))) for outcome in outcomes]


def verdicts(outcome: Outcome, program: RuleProgram, stack: Stack) -> Iterator[Told]:
    expected = {
        (expectation.place.line, expectation.place.column, expectation.place.code)
        for expectation in expectations(program.text)
        if stack.generation in expectation.generations
    }
    for finding, verdict in outcome.verdicts:
        wrong = (finding.line, finding.column, finding.code) in expected
        if verdict is None:
            yield Told(finding, "not-reached", "not reached", wrong)
        else:
            yield Told(finding, verdict["status"], verdict["text"], wrong)


def keys_of(program: str, code: str, line: int) -> list[tuple[str, str]]:
    return [(program, code), (program, f"{code}, line {line}")]


@pytest.mark.parametrize("rule", RULES)
def test_verdicts(stack: Stack, own_stacks: dict[str, Stack], rule: str) -> None:
    own = own_stacks[stack.name]
    for name, outcome, found in programs_under_probe(own, rule):
        for one in found:
            case = f"{rule}/{name} on {stack.name}, line {one.finding.line}: {one} (the program {outcome.ended})"
            if not one.wrong:
                assert one.status != "confirmed", case
            elif one.finding.confidence is not Confidence.POSSIBLE:
                code, line = one.finding.code, one.finding.line
                reason = next(
                    (UNSETTLED[key] for key in keys_of(f"{rule}/{name}", code, line) if key in UNSETTLED), None
                )
                if reason is None:
                    assert one.status == "confirmed", case
                else:
                    assert one.status in ("inconclusive", "not-reached"), case
                    assert one.text.startswith(reason), case


WRONG_ON = {
    # On Keras 2 the loop over the metrics counts the loss twice. It comes from Keras 3's guide.
    ("loop_over_metrics", "keras2"),
}


def test_lookalikes(stack: Stack, own_stacks: dict[str, Stack]) -> None:
    """What is right, whatever it looks like, and what only a pedant would ask about, is never confirmed."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(LOOKALIKES.glob("*.py"))}
    target = frozenset({stack.generation})
    found = run_all(own_stacks[stack.name], [configuration(name, text, target) for name, text in texts.items()])
    assert found
    for outcome in found:
        statuses = {verdict["status"] for _, verdict in outcome.verdicts if verdict is not None}
        assert "confirmed" not in statuses or (outcome.name, stack.generation.value) in WRONG_ON, outcome

"""When a site is settled, and by which of its carriers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from measure_cases import COLUMN, MEAN, SQUARES, Case, replicas, run_cases
from stacks import Stack

from tfloss_lint.claim import Fact
from tfloss_lint.runtime_checks.probe.execution import Site
from tfloss_lint.runtime_checks.probe.measures.base import Measure
from tfloss_lint.runtime_checks.probe.measures.divisor import Divisor
from tfloss_lint.runtime_checks.probe.measures.factor import Factor
from tfloss_lint.runtime_checks.probe.measures.order import ArgumentOrder
from tfloss_lint.runtime_checks.probe.measures.vector import Vector
from tfloss_lint.runtime_checks.probe.sites import UNBOUND, Probe
from tfloss_lint.runtime_checks.probe.verdicts import CONFIRMED, INCONCLUSIVE, REFUTED, Verdict, verdict


@dataclass
class Measured:
    """A measure that has come to something."""

    attempts: int
    done: bool
    status: str = INCONCLUSIVE

    def verdict(self) -> Verdict:
        return verdict(self.status)


@dataclass
class Told:
    """What a probe has told."""

    verdicts: list[tuple[int, str]] = field(default_factory=list)

    def __call__(self, site: int, found: Verdict) -> None:
        self.verdicts.append((site, found.status))


def probe_of(*measures: Any) -> tuple[Probe, Told]:
    told = Told()
    return Probe([Site(0, "TFL102", "vector", {}, [])], {0: list(measures)}, told), told


NOT_RUN = Measured(0, False)
OPEN = Measured(1, False)
GIVEN_UP = Measured(12, True)


@pytest.mark.parametrize(
    ("measures", "settled"),
    [
        ([OPEN], False),
        ([Measured(2, True, CONFIRMED)], True),
        ([NOT_RUN, Measured(2, True, CONFIRMED)], True),
        # The block of a tape knows more than the expression in it, and is done a moment later.
        ([OPEN, Measured(2, True, CONFIRMED)], False),
        ([Measured(2, True, REFUTED), Measured(2, True, CONFIRMED)], True),
        ([GIVEN_UP, Measured(2, True, REFUTED)], True),
        ([GIVEN_UP, OPEN], False),
        ([GIVEN_UP, NOT_RUN], False),
        ([GIVEN_UP, GIVEN_UP], True),
        ([], False),
    ],
)
def test_a_site_is_settled_by_its_best_carrier(measures: list[Measured], settled: bool) -> None:
    probe, _ = probe_of(*measures)
    assert probe.settled() is settled


def test_a_name_without_a_value() -> None:
    probe, _ = probe_of(OPEN)
    assert probe.peek(lambda: missing) is UNBOUND  # type: ignore[name-defined]  # noqa: F821
    assert probe.peek(lambda: 3) == 3


def test_taps_hand_on_what_they_get() -> None:
    probe, told = probe_of(OPEN)
    assert probe.tap(0, "label", "anything") == "anything"
    assert probe.latest == {(0, "label"): "anything"}
    assert told.verdicts == []


REPLICATED: list[tuple[type[Measure], str, dict[str, Fact]]] = [
    (Divisor, f"tf.reduce_sum({SQUARES}) / 16.0", {"divisor": 16}),
    (Factor, f"tf.reduce_sum({SQUARES}) / 16.0", {"family": "mean_squared_error"}),
    (Vector, f"{SQUARES} / 16.0", {}),
    (ArgumentOrder, MEAN, {}),
]


def test_what_runs_on_several_replicas_is_no_batch(probed_stack: Stack) -> None:
    """A part of the batch says nothing of the rows of a batch, and must not be run again while others wait."""
    for measure, loss, facts in REPLICATED:
        case = Case(replicas(loss), loss, INCONCLUSIVE, "", COLUMN, facts)
        (result,) = run_cases(probed_stack, measure, [case])
        verdict = result["verdicts"]["0"]
        reason = "it runs on 2 replicas at once, each with its part of the batch"
        assert (result["ended"], verdict["status"], verdict["text"]) == ("finished", INCONCLUSIVE, reason)

"""The programs of the rules, and what the tests of every rule ask of them.

A rule's programs stand on its page, and more of them in ``tests/rules/programs/<rule>/``, as ``bad_*.py`` and
``good_*.py``. Each is a whole program that ends with two values: ``as_written``, what its code computes, and
``reference``, what is meant. On every line with a mistake stands a comment that ``expectations.py`` reads.

A comment line ``# stacks: keras3, tf_keras`` names the TensorFlow stacks that a program is for, where not all of them.
Where a mistake is an error, ``# raises: AttributeError on keras3`` says on which stacks, and there are no values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import ClassVar

import pytest
from expectations import Place, expectations, expected_places
from stacks import STACK_NAMES, ProgramError, Stack

from tfloss_lint.generation import BOTH, Generation
from tfloss_lint.lint import lint_source
from tfloss_lint.rule import Rule
from tfloss_lint.rule_pages import Page, page_of
from tfloss_lint.settings import Settings
from tfloss_lint.source import Source

FOLDER = Path(__file__).resolve().parents[1] / "rules" / "programs"
TARGETS = {"both": BOTH, **{generation.value: frozenset({generation}) for generation in Generation}}
AGREES = 1e-3
DIFFERS = 1e-2
"""Bounds on the largest deviation from the reference, as parts of the largest reference value."""
STACKS = re.compile(r"^# stacks: (.+)$", re.MULTILINE)
RAISES = re.compile(r"^# raises: (\w+) on (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class RuleProgram:
    """One program and where it comes from."""

    name: str
    text: str
    wrong: bool

    @property
    def stacks(self) -> tuple[str, ...]:
        """The names of the stacks that it runs on."""
        header = STACKS.search(self.text)
        if header is None:
            return STACK_NAMES
        names = tuple(name.strip() for name in header[1].split(","))
        assert set(names) < set(STACK_NAMES), f"{self.name}: {header[0]}"
        return names

    def error_on(self, stack: str) -> str | None:
        """The exception that ends the program on that stack."""
        header = RAISES.search(self.text)
        return header[1] if header is not None and stack in header[2].split(", ") else None

    def wrong_on(self, generation: Generation) -> bool:
        """Whether its comments say that something is wrong on that generation."""
        return any(generation in expectation.generations for expectation in expectations(self.text))


def rule_of(module: str) -> type[Rule]:
    """The rule that ``rules/<module>.py`` defines."""
    found = import_module(f"tfloss_lint.rules.{module}")
    (rule,) = (
        value
        for value in vars(found).values()
        if isinstance(value, type) and issubclass(value, Rule) and value.__module__ == found.__name__
    )
    return rule


@cache
def programs_of(module: str) -> tuple[RuleProgram, ...]:
    """All programs of a rule: those on its page, then those in its folder."""
    return tuple(_programs_of(module))


def _programs_of(module: str) -> Iterator[RuleProgram]:
    page = page_of(rule_of(module))
    for wrong, texts in ((True, page.wrong), (False, page.right)):
        for number, text in enumerate(texts, start=1):
            yield RuleProgram(f"page_{'wrong' if wrong else 'right'}_{number}", text, wrong)
    for path in sorted((FOLDER / module).glob("*.py")):
        kind = path.stem.partition("_")[0]
        assert kind in {"bad", "good"}, path
        yield RuleProgram(path.stem, path.read_text(encoding="utf-8"), kind == "bad")


def places(text: str, settings: Settings) -> list[Place]:
    """Where the linter finds something in a program."""
    found = lint_source(Source("program.py", text), settings)
    return [Place(finding.line, finding.column, finding.code) for finding in found]


def deviation(stack: Stack, program: RuleProgram) -> float:
    """How far the program's result is from what is meant, as a part of the largest value that is meant."""
    result = stack.run(program.text, filename=f"{program.name}.py")
    as_written, reference = _flat(result["as_written"]), _flat(result["reference"])
    assert len(as_written) == len(reference), f"{len(as_written)} values against {len(reference)}"
    largest = max(map(abs, reference))
    assert largest > 0, "a reference of zero measures nothing"
    return max(abs(a - b) for a, b in zip(as_written, reference)) / largest


def _flat(value: object) -> list[float]:
    if isinstance(value, list):
        return [number for part in value for number in _flat(part)]
    assert isinstance(value, (int, float)), value
    return [float(value)]


class RuleTests:
    """The tests of one rule; a subclass names its module. ``tests/rules/conftest.py`` hands out the programs."""

    rule: ClassVar[str]

    @property
    def page(self) -> Page:
        return page_of(rule_of(self.rule))

    def test_page(self) -> None:
        """The page has all sections and at least one program of each kind; code and name are those of the file."""
        assert self.page.wrong
        assert self.page.right
        assert self.page.name == self.rule.replace("_", "-")

    def test_programs_show_this_rule(self) -> None:
        """Every wrong program has a finding of this rule, and no right one has; it may name what is not of its kind."""
        for program in programs_of(self.rule):
            codes = {expectation.place.code for expectation in expectations(program.text)}
            if program.wrong:
                assert self.page.code in codes, program.name
            else:
                assert self.page.code not in codes, program.name

    def test_findings(self, program: RuleProgram, target: frozenset[Generation], pedantic: bool) -> None:
        """What the linter finds is what the comments say, no more and no less."""
        settings = Settings(target_keras=target, pedantic=pedantic)
        assert places(program.text, settings) == expected_places(program.text, target, pedantic=pedantic)

    def test_numbers(self, program: RuleProgram, stack: Stack) -> None:
        """A program computes something else than is meant, or fails, exactly where the comments say it is wrong."""
        error = program.error_on(stack.name)
        if error is not None:
            assert program.wrong_on(stack.generation)
            with pytest.raises(ProgramError) as raised:
                stack.run(program.text)
            assert raised.value.exception == error
            return
        found = deviation(stack, program)
        if program.wrong_on(stack.generation):
            assert found > DIFFERS
        else:
            assert found < AGREES


def parametrize(metafunc: pytest.Metafunc, module: str) -> None:
    """Give the tests above their programs, targets and settings; ``stack`` has its own parameters."""
    if "program" in metafunc.fixturenames:
        metafunc.parametrize("program", programs_of(module), ids=lambda program: program.name)
    if "target" in metafunc.fixturenames:
        metafunc.parametrize("target", TARGETS.values(), ids=TARGETS)
        metafunc.parametrize("pedantic", [False, True], ids=["default", "pedantic"])


def is_for_its_stack(item: pytest.Item) -> bool:
    """Whether a test's program is for the stack that the test would run it on."""
    parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    program, stack = parameters.get("program"), parameters.get("stack")
    return not isinstance(program, RuleProgram) or stack is None or stack in program.stacks

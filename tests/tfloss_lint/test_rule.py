"""The contract between the engine and its rules."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import libcst as cst
import pytest
from readings import read_program

from tfloss_lint.finding import Confidence
from tfloss_lint.generation import BOTH
from tfloss_lint.program import Program
from tfloss_lint.rule import Problem, Rule


class EveryFit(Rule):
    code, name, since = "TFL999", "every-fit", "0"

    def check(self, program: Program) -> Iterator[Problem]:
        for fit in program.fits:
            yield Problem(fit.node, "fitted", "do not", Confidence.POSSIBLE)


def test_a_rule_reads_a_program() -> None:
    text = "from tensorflow import keras\nmodel = keras.Sequential()\nmodel.fit(x, y)\nmodel.evaluate(x, y)\n"
    program = read_program(text)
    problems = list(EveryFit().check(program))
    assert [program.source(problem.node) for problem in problems] == ["model.fit(x, y)", "model.evaluate(x, y)"]
    assert {(problem.message, problem.help, problem.confidence) for problem in problems} == {
        ("fitted", "do not", Confidence.POSSIBLE)
    }


def test_a_rule_holds_for_both_generations_unless_it_says_otherwise() -> None:
    assert EveryFit.generations == BOTH


def test_the_base_class_checks_nothing() -> None:
    with pytest.raises(NotImplementedError):
        Rule().check(read_program(""))


def test_a_problem_does_not_change() -> None:
    problem = Problem(cst.Name("a"), "m", "h", Confidence.LIKELY)
    with pytest.raises(dataclasses.FrozenInstanceError):
        problem.message = "n"  # type: ignore[misc]

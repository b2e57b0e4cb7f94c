"""Patterns of match statements."""

from __future__ import annotations

import pytest
from readings import read_program, value_of

from tfloss_lint.reading.values import UNKNOWN, Const, Sequence, Value


def bound(pattern: str, subject: str, guard: str = "") -> dict[str, Value]:
    program = read_program(f"match {subject}:\n    case {pattern}{guard}:\n        pass\n")
    return {name: value_of(program, name) for name in "abc" if name in program.interpreter.module.names}


@pytest.mark.parametrize(
    ("pattern", "subject", "names"),
    [
        ("a", "1", {"a": Const(1)}),
        ("_", "1", {}),
        ("(a, b)", "(1, 2)", {"a": Const(1), "b": Const(2)}),
        ("[a, b]", "(1, 2)", {"a": Const(1), "b": Const(2)}),
        ("a, (b, c)", "(1, (2, 3))", {"a": Const(1), "b": Const(2), "c": Const(3)}),
        ("(a, _)", "(1, 2)", {"a": Const(1)}),
        ("(a, b) as c", "anything", {"a": UNKNOWN, "b": UNKNOWN, "c": UNKNOWN}),
        ("(1 | 2) as a", "1", {"a": Const(1)}),
        ("{'x': a, **b}", "{'x': 1}", {"a": UNKNOWN, "b": UNKNOWN}),
        ("{'x': (a, b)}", "{'x': (1, 2)}", {"a": UNKNOWN, "b": UNKNOWN}),
        ("Point(a, y=b)", "anything", {"a": UNKNOWN, "b": UNKNOWN}),
        ("[a] | (a, _)", "anything", {"a": UNKNOWN}),
        ("1", "1", {}),
        ("None", "None", {}),
        ("'x'", "'x'", {}),
        ("enum.x", "1", {}),
        ("(a, *_)", "(1, 2)", {"a": Const(1)}),
    ],
)
def test_what_patterns_bind(pattern: str, subject: str, names: dict[str, Value]) -> None:
    assert bound(pattern, subject) == names


def test_the_rest() -> None:
    found = bound("(a, *b)", "(1, 2, 3)")
    rest = found["b"]
    assert isinstance(rest, Sequence)
    assert (found["a"], rest.items) == (Const(1), [Const(2), Const(3)])


@pytest.mark.parametrize(
    ("cases", "value"),
    [
        ("case (a,): x = 1\n    case (a, b): x = 2\n    case _: x = 3", 2),
        ("case (a, b, c): x = 1\n    case (a, *b): x = 2", 2),
        ("case (a, b, c, *_): x = 1\n    case whole: x = 2\n    case _: x = 3", 2),
        ("case (a, b) if a: x = 1\n    case _: x = 1", 1),
        ("case ((a, b) as c): x = 1\n    case _: x = 2", 1),
    ],
)
def test_which_case_of_a_pair_is_taken(cases: str, value: int) -> None:
    program = read_program(f"x = 0\nmatch (1, 2):\n    {cases}\n")
    assert value_of(program, "x") == Const(value)


def test_a_case_that_may_match_leaves_both() -> None:
    for case in ("case (1, b): x = 1", "case 1: x = 1", "case (a, b) if a: x = 1", "case {'k': a}: x = 1"):
        program = read_program(f"x = 0\nmatch (1, 2):\n    {case}\n")
        assert not isinstance(value_of(program, "x"), Const), case

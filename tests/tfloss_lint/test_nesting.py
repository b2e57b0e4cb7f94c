from __future__ import annotations

import ast

import pytest

from tfloss_lint.nesting import MOST_LEVELS, deeper_than
from tfloss_lint.source import split_lines


def deep(code: str, levels: int = MOST_LEVELS) -> bool:
    return deeper_than(ast.parse(code).body, split_lines(code), levels)


@pytest.mark.parametrize(
    ("code", "levels", "expected"),
    [
        ("", 1, False),
        ("pass", 0, True),
        ("pass", 1, False),
        ("x = 1 + 2", 3, False),
        ("x = 1 + 2", 2, True),
        ("x = [\n  1 +\n  2]", 4, False),
        ("x = [\n  1 +\n  2]", 3, True),
        ("@f(1 + 2)\ndef g(): pass", 4, False),
        ("@f(1 + 2)\ndef g(): pass", 3, True),
        ("x = 1\n" * 5_000, 4, False),
    ],
)
def test_levels_are_counted(code: str, levels: int, expected: bool) -> None:
    assert deep(code, levels) is expected


def test_a_long_chain_is_deep_and_a_long_program_is_not() -> None:
    assert deep("x = " + "+".join(["y"] * 1_200))
    assert not deep("x = " + "+".join(["y"] * 900))

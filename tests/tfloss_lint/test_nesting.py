from __future__ import annotations

import ast

import pytest

from tfloss_lint.nesting import deeper_than


@pytest.mark.parametrize(
    ("code", "levels", "expected"),
    [
        ("", 1, False),
        ("pass", 1, True),
        ("pass", 2, False),
        ("x = 1 + 2", 4, False),
        ("x = 1 + 2", 3, True),
        ("x = 1\n" * 5_000, 5, False),
    ],
)
def test_levels_are_counted(code: str, levels: int, expected: bool) -> None:
    assert deeper_than([ast.parse(code)], levels) is expected


def test_a_long_chain_is_deep_and_a_long_program_is_not() -> None:
    assert deeper_than([ast.parse("x = " + "+".join(["y"] * 1_200))])
    assert not deeper_than([ast.parse("x = " + "+".join(["y"] * 900))])

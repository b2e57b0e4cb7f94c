"""Code that is meant to fail: what a test runs under ``pytest.raises`` and its like is no mistake."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from tfloss_lint.units import statements_inside

EXPECTING = frozenset({"raises", "warns", "deprecated_call"})
"""pytest's."""
EXPECTING_BEGINNINGS = ("assertRaises", "assertWarns")
"""unittest's and TensorFlow's, such as ``assertRaisesRegex``."""


def mentions_failing(text: str) -> bool:
    """Whether the text of a file has a word for what is expected to fail."""
    return any(word in text for word in (*EXPECTING, *EXPECTING_BEGINNINGS))


def lines_meant_to_fail(statements: Iterable[ast.stmt]) -> Iterator[int]:
    """The lines in the body of every ``with`` that expects an error or a warning, from 1 on."""
    for statement in statements:
        inside = list(statements_inside(statement))
        if isinstance(statement, (ast.With, ast.AsyncWith)) and any(_expects(i.context_expr) for i in statement.items):
            yield from range(inside[0].lineno, (inside[-1].end_lineno or inside[-1].lineno) + 1)
        else:
            yield from lines_meant_to_fail(inside)


def _expects(manager: ast.expr) -> bool:
    if not isinstance(manager, ast.Call):
        return False
    name = getattr(manager.func, "attr", getattr(manager.func, "id", ""))
    return name in EXPECTING or name.startswith(EXPECTING_BEGINNINGS)

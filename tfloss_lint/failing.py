"""Code that is meant to fail: what a test runs under ``pytest.raises`` and its like is no mistake."""

from __future__ import annotations

import ast
from collections.abc import Iterator

EXPECTING = frozenset({"raises", "warns", "deprecated_call"})
"""pytest's."""
EXPECTING_BEGINNINGS = ("assertRaises", "assertWarns")
"""unittest's and TensorFlow's, such as ``assertRaisesRegex``."""


def lines_meant_to_fail(tree: ast.Module) -> Iterator[int]:
    """The lines in the body of every ``with`` that expects an error or a warning, from 1 on."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.With, ast.AsyncWith)) and any(_expects(item.context_expr) for item in node.items):
            for statement in node.body:
                yield from range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)


def _expects(manager: ast.expr) -> bool:
    if not isinstance(manager, ast.Call):
        return False
    name = getattr(manager.func, "attr", getattr(manager.func, "id", ""))
    return name in EXPECTING or name.startswith(EXPECTING_BEGINNINGS)

"""How deep a program is nested: the parsers written in C and Rust die of what Python's own limits let pass."""

from __future__ import annotations

import ast
from collections.abc import Iterable

MOST_LEVELS = 1_000
"""People write a few dozen; LibCST overflows the stack at some thousand, and needs minutes long before that."""


def deeper_than(trees: Iterable[ast.AST], levels: int = MOST_LEVELS) -> bool:
    """Whether any tree has more than so many levels of nodes."""
    level = list(trees)
    for _ in range(levels):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True

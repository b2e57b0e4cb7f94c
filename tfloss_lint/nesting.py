"""How deep a program is nested: the parsers written in C and Rust die of what Python's own limits let pass."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable

MOST_LEVELS = 1_000
"""People write a few dozen; LibCST overflows the stack at some thousand, and needs minutes long before that."""


def deeper_than(trees: Iterable[ast.AST], levels: int = MOST_LEVELS) -> bool:
    """Whether any tree has more than so many levels of nodes."""
    waiting = [(tree, 1) for tree in trees]
    while waiting:
        node, level = waiting.pop()
        if level > levels:
            return True
        if level + _most_levels_below(node) > levels:
            waiting += [(child, level + 1) for child in ast.iter_child_nodes(node)]
    return False


def _most_levels_below(node: ast.AST) -> int:
    """A bound that costs nothing: every level takes a character, besides the last two (``x`` is a name, and read)."""
    first, last = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
    if first is None or first != last or getattr(node, "decorator_list", ()):
        return sys.maxsize
    length: int = getattr(node, "end_col_offset", 0) - getattr(node, "col_offset", 0)
    return length + 2

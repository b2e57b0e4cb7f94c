"""How deep a program is nested: the parsers written in C and Rust die of what Python's own limits let pass."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from itertools import accumulate

MOST_LEVELS = 1_000
"""People write a few dozen; LibCST overflows the stack at some thousand, and needs minutes long before that."""


def deeper_than(statements: Iterable[ast.stmt], lines: Sequence[str], levels: int = MOST_LEVELS) -> bool:
    """Whether any statement has more than so many levels of nodes; ``lines`` are those of the whole file.

    Every level takes a character, besides the last two (``x`` is a name, and read): what is shorter is not walked.
    """
    ends = [0, *accumulate(map(len, lines))]
    if ends[-1] + 2 < levels:
        return False
    waiting: list[tuple[ast.AST, int]] = [(statement, 1) for statement in statements]
    while waiting:
        node, level = waiting.pop()
        if level > levels:
            return True
        if level + _length(node, ends) + 2 > levels:
            waiting += [(child, level + 1) for child in ast.iter_child_nodes(node)]
    return False


def _length(node: ast.AST, ends: Sequence[int]) -> int:
    """No fewer characters than the node takes; of one without a place, as many as the file has."""
    first: int | None = getattr(node, "lineno", None)
    last: int | None = getattr(node, "end_lineno", None)
    if first is None or last is None:
        return ends[-1]
    decorators: Sequence[ast.expr] = getattr(node, "decorator_list", ())
    if first == last and not decorators:
        length: int = getattr(node, "end_col_offset", 0) - getattr(node, "col_offset", 0)
        return length
    return ends[last] - ends[min([first, *(each.lineno for each in decorators)]) - 1]

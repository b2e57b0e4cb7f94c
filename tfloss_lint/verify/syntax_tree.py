"""A program's ``ast`` and what it lacks: parents, places that count characters, and the expression at a place."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from tfloss_lint.span import Span

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class SyntaxTree:
    """The tree of one file. Raises ``SyntaxError`` if it does not parse."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.module = ast.parse(text)
        self.parents: dict[ast.AST, ast.AST] = {
            child: parent for parent in ast.walk(self.module) for child in ast.iter_child_nodes(parent)
        }
        self._expressions = [node for node in ast.walk(self.module) if isinstance(node, ast.expr)]

    # --- places

    def span(self, node: ast.expr | ast.stmt) -> Span:
        """The place of a node."""
        end_line, end = node.end_lineno or node.lineno, node.end_col_offset or 0
        return Span(
            node.lineno, self._column(node.lineno, node.col_offset) + 1, end_line, self._column(end_line, end) + 1
        )

    def _column(self, line: int, offset: int) -> int:
        """The 0-based column in characters; ``ast`` counts bytes."""
        text = self.lines[line - 1]
        return offset if text.isascii() else len(text.encode("utf-8")[:offset].decode("utf-8"))

    def find(self, span: Span) -> ast.expr | None:
        """The expression at a place; parentheses around it may or may not belong to the place."""
        inside = [node for node in self._expressions if _within(self.span(node), span)]
        return min(inside, key=lambda node: (self.span(node).line, self.span(node).column, -_size(node)), default=None)

    def text_of(self, node: ast.expr) -> str:
        """An expression as it is written, on one line."""
        span = self.span(node)
        if span.line == span.end_line:
            return self.lines[span.line - 1][span.column - 1 : span.end_column - 1]
        return " ".join(ast.unparse(node).split("\n"))

    def text_before(self, statement: ast.stmt) -> str:
        """What stands before a statement on its line: its indentation, where it begins the line."""
        return self.lines[statement.lineno - 1][: self._column(statement.lineno, statement.col_offset)]

    def begins_line(self, statement: ast.stmt) -> bool:
        """Whether nothing stands before a statement, so that lines can be put there."""
        return not self.text_before(statement).strip()

    # --- what is around a node

    def enclosing(self, node: ast.AST, kinds: tuple[type, ...]) -> ast.AST | None:
        """The innermost node of some kinds around a node."""
        current = self.parents.get(node)
        while current is not None and not isinstance(current, kinds):
            current = self.parents.get(current)
        return current

    def chain(self, node: ast.AST) -> Iterator[ast.expr]:
        """The expression and those around it, up to its statement or to a function of its own."""
        current: ast.AST | None = node
        while current is not None and not isinstance(current, (ast.stmt, ast.Lambda, ast.comprehension)):
            if isinstance(current, ast.expr):
                yield current
            current = self.parents.get(current)

    def around(self, anchor: ast.expr, operands: Iterable[ast.expr]) -> ast.expr:
        """The smallest expression that holds the anchor and those operands that stand in its statement."""
        statement = self.enclosing(anchor, (ast.stmt,))
        near = [node for node in operands if self.enclosing(node, (ast.stmt,)) is statement]
        return self._common([anchor, *near]) or anchor

    def _common(self, nodes: Sequence[ast.expr]) -> ast.expr | None:
        """The smallest expression that holds all of these; ``None`` if they stand in several statements."""
        chains = [list(self.chain(node)) for node in nodes]
        return next((node for node in chains[0] if all(node in chain for chain in chains)), None)

    def loops(self, node: ast.AST, least: int) -> list[ast.For | ast.While]:
        """The loops around a node, the innermost first; where they are fewer, those around calls of its function."""
        loops = self._loops_around(node)
        function = self.enclosing(node, FUNCTIONS)
        if len(loops) < least and isinstance(function, ast.FunctionDef):
            return max(map(self._loops_around, self._calls_of(function.name)), key=len, default=[])
        return loops

    def _loops_around(self, node: ast.AST) -> list[ast.For | ast.While]:
        """The loops of the same function around a node, the innermost first."""
        loops: list[ast.For | ast.While] = []
        current = self.parents.get(node)
        while current is not None and not isinstance(current, (*FUNCTIONS, ast.ClassDef)):
            if isinstance(current, (ast.For, ast.While)):
                loops.append(current)
            current = self.parents.get(current)
        return loops

    def _calls_of(self, name: str) -> list[ast.Call]:
        return [
            call
            for call in self._expressions
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == name
        ]


def own_nodes(nodes: Iterable[ast.AST | None]) -> Iterator[ast.AST]:
    """These nodes and those inside them, without the bodies of functions and classes in there."""
    waiting = [node for node in nodes if node is not None]
    first = list(waiting)
    while waiting:
        node = waiting.pop(0)
        yield node
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and not any(node is one for one in first):
            continue
        waiting = list(ast.iter_child_nodes(node)) + waiting


def _within(inner: Span, outer: Span) -> bool:
    return (outer.line, outer.column) <= (inner.line, inner.column) and (inner.end_line, inner.end_column) <= (
        outer.end_line,
        outer.end_column,
    )


def _size(node: ast.expr) -> int:
    """How much text a node takes, coarsely: enough to tell a node from its own parts."""
    return ((node.end_lineno or node.lineno) - node.lineno) * 10_000 + (node.end_col_offset or 0) - node.col_offset

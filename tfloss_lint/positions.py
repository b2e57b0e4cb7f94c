"""From a LibCST node to its line and column, for the few nodes that a finding points at.

LibCST computes positions by writing out the whole module, which costs more than parsing it. Here the statements of
``ast`` and LibCST are walked side by side, and of the one statement that holds the node the header alone is written
out: ``ast`` knows where that begins.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import Any

import libcst as cst
from libcst._nodes.internal import CodegenState

from tfloss_lint.span import Span

HEADER_ONLY = (cst.If, cst.For, cst.While, cst.With, cst.FunctionDef, cst.ClassDef)
"""Compound statements whose own expressions all stand before their body."""
UNRECORDED: AbstractContextManager[None] = nullcontext()


@dataclass(slots=True)
class _Counterpart:
    """A LibCST statement's twin in ``ast``, and how the block is indented that it stands in."""

    statement: ast.stmt
    module: cst.Module
    indents: tuple[str, ...]
    is_elif: bool = False


class Positions:
    """Where the nodes of one file stand."""

    def __init__(self, parts: Iterable[tuple[cst.Module, Sequence[ast.stmt]]], lines: Sequence[str]) -> None:
        """``parts`` are pieces of the file, parsed, with the same statements as ``ast`` has them."""
        self._lines = lines
        self._counterparts: dict[cst.CSTNode, _Counterpart] = {}
        self._others = (pair for module, body in parts for pair in _pairs(module.body, body, module, ()))
        """The statements that nobody has asked for so far, in order."""

    def __contains__(self, statement: cst.CSTNode) -> bool:
        """Whether the file has that statement."""
        while statement not in self._counterparts:
            pair = next(self._others, None)
            if pair is None:
                return False
            self._counterparts.update([pair])
        return True

    def span(self, node: cst.CSTNode, statement: cst.CSTNode) -> Span:
        """The place of ``node``. ``statement`` is the innermost one around it. Raises ``LookupError``."""
        if statement not in self:
            raise LookupError(f"the file has no such {type(statement).__name__}")
        counterpart = self._counterparts[statement]
        writer = _Writer(counterpart.module.default_indent, "\n", indent_tokens=list(counterpart.indents), wanted=node)
        head = _header(statement)
        writer.head = head
        if node is statement:
            writer.wanted = head
        options = {"is_elif": True} if counterpart.is_elif else {}
        with suppress(_Written):
            head._codegen(writer, **options)
        if writer.found is None:
            raise LookupError(f"a {type(node).__name__} stands outside the {type(statement).__name__} it belongs to")
        first_line, first_column = writer.start
        line_shift = counterpart.statement.lineno - first_line
        column_shift = self._column(counterpart.statement) - first_column

        def place(line: int, column: int) -> tuple[int, int]:
            # Only the statement's first line may begin elsewhere than the writer thinks.
            return line + line_shift, column + 1 + (column_shift if line == first_line else 0)

        (line, column), (end_line, end_column) = (place(*end) for end in writer.found)
        return Span(line, column, end_line, end_column)

    def _column(self, statement: ast.stmt) -> int:
        """The statement's 0-based column in characters; ``ast`` counts bytes."""
        line = self._lines[statement.lineno - 1]
        if line.isascii():
            return statement.col_offset
        before = line.encode("utf-8", "surrogatepass")[: statement.col_offset]
        return len(before.decode("utf-8", "surrogatepass"))


class _Written(Exception):  # noqa: N818
    """All that is asked for is written: what stands behind it does not matter."""


@dataclass(frozen=False)
class _Writer(CodegenState):
    """Writes code out, keeps none of it, and notes where the header and the wanted node begin and end."""

    wanted: cst.CSTNode | None = None
    head: cst.CSTNode | None = None
    line: int = 0
    column: int = 0
    start: tuple[int, int] = (0, 0)
    end_of_header: tuple[int, int] | None = None
    found: tuple[tuple[int, int], tuple[int, int]] | None = None

    def add_token(self, value: str) -> None:
        newlines = value.count("\n")
        if newlines:
            self.line += newlines
            self.column = len(value) - value.rfind("\n") - 1
        else:
            self.column += len(value)

    def add_indent_tokens(self) -> None:
        self.column += sum(map(len, self.indent_tokens))

    def record_syntactic_position(  # type: ignore[override]  # any context manager does
        self,
        node: cst.CSTNode,
        *,
        start_node: Any = None,  # noqa: ARG002 (the ends of statements, which are not asked for)
        end_node: Any = None,  # noqa: ARG002
    ) -> AbstractContextManager[None]:
        return self._record(node) if node is self.wanted or node is self.head else UNRECORDED

    @contextmanager
    def _record(self, node: cst.CSTNode) -> Iterator[None]:
        start = (self.line, self.column)
        if node is self.head:
            self.start = start
        yield
        if node is self.wanted:
            self.found = (start, self.end_of_header or (self.line, self.column))
            raise _Written

    def before_codegen(self, node: cst.CSTNode) -> None:
        if type(node) is _NoBody:
            self.end_of_header = (self.line, self.column)


class _NoBody(cst.SimpleStatementSuite):
    """Stands where a body was left out."""


def _header(statement: cst.CSTNode) -> cst.CSTNode:
    """The statement without its body, where nothing of its own stands behind that."""
    if not isinstance(statement, HEADER_ONLY):
        return statement
    changes: dict[str, Any] = {"leading_lines": (), "body": _NoBody(())}
    if isinstance(statement, (cst.If, cst.For, cst.While)):
        changes["orelse"] = None
    return statement.with_changes(**changes)


def _pairs(
    body: Iterable[cst.CSTNode], statements: Sequence[ast.stmt], module: cst.Module, indents: tuple[str, ...]
) -> Iterator[tuple[cst.CSTNode, _Counterpart]]:
    """All statements of a block and of the blocks inside it, with their twins."""
    twins = iter(statements)
    for statement in body:
        if isinstance(statement, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
            for small in statement.body:
                yield small, _Counterpart(next(twins), module, indents)
            continue
        twin = next(twins)
        yield statement, _Counterpart(twin, module, indents)
        yield from _pairs_inside(statement, twin, module, indents)


def _pairs_inside(
    statement: Any, twin: Any, module: cst.Module, indents: tuple[str, ...]
) -> Iterator[tuple[cst.CSTNode, _Counterpart]]:
    """The statements in the blocks of a compound statement."""

    def block(suite: cst.BaseSuite, statements: Sequence[ast.stmt], outer: tuple[str, ...] = indents) -> Any:
        if isinstance(suite, cst.SimpleStatementSuite):
            return _pairs((suite,), statements, module, outer)
        return _pairs(suite.body, statements, module, (*outer, _indent(suite, module)))

    if isinstance(statement, cst.Match):
        for case, matching in zip(statement.cases, twin.cases):
            yield from block(case.body, matching.body, (*indents, _indent(statement, module)))
        return
    yield from block(statement.body, twin.body)
    for handler, matching in zip(getattr(statement, "handlers", ()), getattr(twin, "handlers", ())):
        yield from block(handler.body, matching.body)
    orelse = getattr(statement, "orelse", None)
    if isinstance(orelse, cst.If):
        yield orelse, _Counterpart(twin.orelse[0], module, indents, is_elif=True)
        yield from _pairs_inside(orelse, twin.orelse[0], module, indents)
    elif orelse is not None:
        yield from block(orelse.body, twin.orelse)
    final = getattr(statement, "finalbody", None)
    if final is not None:
        yield from block(final.body, twin.finalbody)


def _indent(block: Any, module: cst.Module) -> str:
    indent: str | None = block.indent
    return module.default_indent if indent is None else indent

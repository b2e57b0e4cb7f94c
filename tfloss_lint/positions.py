"""From a LibCST node to its line and column, for the few nodes that a finding points at.

LibCST computes positions by writing out the whole module, which costs more than parsing it. Here the statements of
``ast`` and LibCST are walked side by side to the one that holds the node, and only that statement is written out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import libcst as cst
from libcst._nodes.internal import CodegenState


@dataclass(frozen=True, slots=True)
class Span:
    """1-based lines and columns in characters; the end column is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=False)
class _Writer(CodegenState):
    """Writes code out and notes where the wanted node begins and ends."""

    wanted: cst.CSTNode | None = None
    line: int = 0
    column: int = 0
    found: list[tuple[int, int, int, int]] = field(default_factory=list)

    def add_token(self, value: str) -> None:
        self._advance(value)

    def add_indent_tokens(self) -> None:
        for token in self.indent_tokens:
            self._advance(token)

    def _advance(self, value: str) -> None:
        newlines = value.count("\n") or value.count("\r")
        if newlines:
            self.line += newlines
            self.column = len(value) - max(value.rfind("\n"), value.rfind("\r")) - 1
        else:
            self.column += len(value)

    @contextmanager
    def record_syntactic_position(
        self, node: cst.CSTNode, *, start_node: Any = None, end_node: Any = None
    ) -> Iterator[None]:
        start = (self.line, self.column)
        try:
            yield
        finally:
            if node is self.wanted:
                self.found.append((*start, self.line, self.column))


def locate(
    node: cst.CSTNode, statement: cst.CSTNode, module: cst.Module, statements: Sequence[ast.stmt], lines: Sequence[str]
) -> Span | None:
    """Where ``node``, which stands in ``statement``, is; ``statements`` are those of ``module`` as ``ast`` has them."""
    pair = _find(statement, module.body, statements)
    if pair is None:
        return None
    start = pair.lineno
    text = lines[start - 1]
    offset = len(text.encode("utf-8", "surrogatepass")[: pair.col_offset].decode("utf-8", "surrogatepass"))
    indent = text[: len(text) - len(text.lstrip(" \t\f"))]
    writer = _Writer(
        default_indent=module.default_indent, default_newline=module.default_newline, provider=None, wanted=node
    )
    writer.indent_tokens.append(indent)
    head = _without_body(statement)
    is_elif = isinstance(statement, cst.If) and text[offset : offset + 4] == "elif"
    writer.column = offset + (2 if is_elif else 0) - (len(indent) if isinstance(head, cst.BaseCompoundStatement) else 0)
    head._codegen(writer)
    if not writer.found:
        return None
    line, column, end_line, end_column = writer.found[0]
    return Span(start + line, column + 1, start + end_line, end_column + 1)


def _without_body(statement: cst.CSTNode) -> cst.CSTNode:
    """A compound statement's header alone."""
    if not isinstance(statement, cst.BaseCompoundStatement):
        return statement
    changes: dict[str, Any] = {"leading_lines": ()}
    if not isinstance(statement, cst.Match):
        changes["body"] = cst.SimpleStatementSuite([cst.Pass()])
    if isinstance(statement, (cst.If, cst.For, cst.While)):
        changes["orelse"] = None
    if isinstance(statement, (cst.FunctionDef, cst.ClassDef)):
        changes |= {"decorators": (), "lines_after_decorators": ()}
    return statement.with_changes(**changes)


def _find(wanted: cst.CSTNode, body: Sequence[cst.CSTNode], statements: Sequence[ast.stmt]) -> ast.stmt | None:
    """The ``ast`` statement that corresponds to a LibCST statement somewhere below ``body``."""
    at = 0
    for statement in body:
        if isinstance(statement, cst.SimpleStatementLine):
            for small in statement.body:
                if small is wanted:
                    return statements[at]
                at += 1
            continue
        if at >= len(statements):
            return None
        counterpart = statements[at]
        at += 1
        if statement is wanted:
            return counterpart
        if not isinstance(statement, cst.BaseCompoundStatement):
            continue
        for inner, matching in _blocks(statement, counterpart):
            found = _find(wanted, inner, matching)
            if found is not None:
                return found
    return None


def _blocks(statement: Any, counterpart: Any) -> Iterator[tuple[Sequence[cst.CSTNode], Sequence[ast.stmt]]]:
    """The blocks below a compound statement, from both trees."""
    if isinstance(statement, cst.Match):
        for case, matching in zip(statement.cases, counterpart.cases):
            yield _body(case.body), matching.body
        return
    yield _body(statement.body), counterpart.body
    for handler, matching in zip(getattr(statement, "handlers", ()), getattr(counterpart, "handlers", ())):
        yield _body(handler.body), matching.body
    orelse = getattr(statement, "orelse", None)
    if isinstance(orelse, cst.If):
        yield (orelse,), counterpart.orelse
    elif orelse is not None:
        yield _body(orelse.body), counterpart.orelse
    final = getattr(statement, "finalbody", None)
    if final is not None:
        yield _body(final.body), counterpart.finalbody


def _body(suite: cst.BaseSuite) -> Sequence[cst.CSTNode]:
    if isinstance(suite, cst.SimpleStatementSuite):
        # Its small statements count one by one, as those of a line do.
        return (cst.SimpleStatementLine(suite.body),)
    return suite.body

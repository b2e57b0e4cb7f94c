"""Which files, and which of their top-level statements, are worth reading.

A file without a training word costs a substring test. Of a file that remains, only those top-level statements are
parsed that a training word stands in, and those that define what they use.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

FRAMEWORK = re.compile(r"\b(?:keras|tensorflow|tf_keras)\b")
TRAINING = re.compile(
    r"GradientTape|\b(?:train_step|test_step|update_state|y_true|y_pred|minimize)\b"
    r"|\blosses\.(?:MSE|MAE|KLD|mse|mae|mean_[a-z_]+|[a-z_]*crossentropy|huber|kl_divergence)\("
)
"""Every mistake that a rule can see stands in a statement with one of these words."""
LINE_END = re.compile(r"\r\n|\r|\n")


def concerns(text: str) -> bool:
    """Whether the text can hold training code at all."""
    return TRAINING.search(text) is not None and FRAMEWORK.search(text) is not None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive top-level statements that are read: their text, and the line it begins on."""

    text: str
    first_line: int
    statements: tuple[ast.stmt, ...]


def split_lines(text: str) -> list[str]:
    """The lines as Python counts them, with their ends (``str.splitlines`` also cuts at form feeds)."""
    lines, start = [], 0
    for end in LINE_END.finditer(text):
        lines.append(text[start : end.end()])
        start = end.end()
    if start < len(text):
        lines.append(text[start:])
    return lines


def first_line(statement: ast.stmt) -> int:
    """The line of the statement's first decorator, or its own."""
    decorators = getattr(statement, "decorator_list", ())
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def chunks(tree: ast.Module, lines: Sequence[str]) -> list[Chunk]:
    """The statements worth reading, neighbours together."""
    body = tree.body
    texts = ["".join(lines[first_line(s) - 1 : s.end_lineno]) for s in body]
    wanted = _wanted(body, texts)
    found: list[Chunk] = []
    at = 0
    while at < len(body):
        if not wanted[at]:
            at += 1
            continue
        start = at
        while at + 1 < len(body) and (wanted[at + 1] or first_line(body[at + 1]) <= (body[at].end_lineno or 0)):
            at += 1
        # Statements that share a line with a wanted one are read with it.
        while start > 0 and (body[start - 1].end_lineno or 0) >= first_line(body[start]):
            start -= 1
        first = first_line(body[start])
        text = "".join(lines[first - 1 : body[at].end_lineno])
        found.append(Chunk(text, first, tuple(body[start : at + 1])))
        at += 1
    return found


def _wanted(body: Sequence[ast.stmt], texts: Sequence[str]) -> list[bool]:
    """Statements with a training word, what they use, and what uses the names that these define."""
    wanted = [TRAINING.search(text) is not None for text in texts]
    words = [frozenset(WORD.findall(text)) for text in texts]
    bound = [frozenset(_bound(statement)) for statement in body]
    imported = frozenset().union(*(names for names, statement in zip(bound, body) if not _defines(statement)))
    changed_objects = [frozenset(CHANGES.findall(text)) - imported for text in texts]
    # A class with a train_step is compiled and fitted further down: what mentions it belongs to it.
    defined = {name for at, names in enumerate(bound) if wanted[at] and _defines(body[at]) for name in names}
    for at in range(len(body)):
        if not wanted[at] and words[at] & defined:
            wanted[at] = True
            defined |= bound[at]
    uses = frozenset().union(*(words[at] for at in range(len(body)) if wanted[at]))
    changed = True
    while changed:
        changed = False
        for at in range(len(body)):
            if not wanted[at] and ((bound[at] | changed_objects[at]) & uses):
                wanted[at] = changed = True
                uses |= words[at]
    return wanted


WORD = re.compile(r"[^\W\d]\w*")
CHANGES = re.compile(
    r"\b([^\W\d]\w*)\.(?:compile|fit|evaluate|train_on_batch|test_on_batch|add|append|extend|update|pop|reset_states?)\("
)
"""An object that is used further up or down is changed, or trained: ``history = model.fit(...)``."""


def _defines(statement: ast.stmt) -> bool:
    return not isinstance(statement, (ast.Import, ast.ImportFrom))


def _bound(statement: ast.stmt) -> set[str]:
    """The names that a top-level statement binds."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {statement.name}
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).split(".", 1)[0] for alias in statement.names}
    return {
        node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }

"""Patterns of ``match`` statements: the names that they bind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from tfloss_lint.reading import expressions
from tfloss_lint.reading.iteration import unpack
from tfloss_lint.reading.scope import Scope
from tfloss_lint.reading.values import UNKNOWN, Sequence, Value

if TYPE_CHECKING:
    from tfloss_lint.reading.interpreter import Interpreter


def matches(pattern: cst.CSTNode, subject: Value) -> bool | None:
    """Whether the subject matches; ``None`` where the file does not settle it. ``case _`` takes all."""
    if isinstance(pattern, cst.MatchAs):
        return True if pattern.pattern is None else matches(pattern.pattern, subject)
    if isinstance(pattern, cst.MatchSequence) and isinstance(subject, Sequence) and not subject.open:
        stars = sum(isinstance(element, cst.MatchStar) for element in pattern.patterns)
        if len(subject.items) != len(pattern.patterns) if not stars else len(subject.items) < len(pattern.patterns) - 1:
            return False
        inner = [getattr(element, "value", None) for element in pattern.patterns]
        plain = all(part is None or (isinstance(part, cst.MatchAs) and part.pattern is None) for part in inner)
        return True if plain else None
    return None


def capture(interpreter: Interpreter, pattern: cst.CSTNode, subject: Value, scope: Scope) -> None:
    """Bind the names of a pattern that matches the subject."""
    if isinstance(pattern, cst.MatchAs):
        if pattern.pattern is not None:
            capture(interpreter, pattern.pattern, subject, scope)
        if pattern.name is not None:
            expressions.assign(interpreter, pattern.name, subject, scope)
    elif isinstance(pattern, cst.MatchStar):
        if pattern.name is not None:
            expressions.assign(interpreter, pattern.name, subject, scope)
    elif isinstance(pattern, cst.MatchSequence):
        _capture_items(interpreter, pattern, subject, scope)
    else:
        _capture_unknown(interpreter, pattern, scope)


def _capture_items(interpreter: Interpreter, pattern: cst.MatchSequence, subject: Value, scope: Scope) -> None:
    elements = pattern.patterns
    star = next((at for at, element in enumerate(elements) if isinstance(element, cst.MatchStar)), None)
    for element, part in zip(elements, unpack(interpreter, subject, len(elements), star)):
        capture(interpreter, element.value if isinstance(element, cst.MatchSequenceElement) else element, part, scope)


def _capture_unknown(interpreter: Interpreter, pattern: cst.CSTNode, scope: Scope) -> None:
    """Mappings, classes and alternatives: what they bind may be anything."""
    if isinstance(pattern, cst.MatchMapping) and pattern.rest is not None:
        expressions.assign(interpreter, pattern.rest, UNKNOWN, scope)
    for child in pattern.children:
        if isinstance(child, (cst.MatchAs, cst.MatchStar)):
            capture(interpreter, child, UNKNOWN, scope)
        elif not isinstance(child, cst.BaseExpression):
            _capture_unknown(interpreter, child, scope)

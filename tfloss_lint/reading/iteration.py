"""Iterating and unpacking: what a loop over a value binds, and the parts that a pattern of targets takes from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from tfloss_lint.reading.library import data
from tfloss_lint.reading.values import (
    NONE,
    UNKNOWN,
    Choice,
    Const,
    Dataset,
    Mapping,
    Object,
    Role,
    Sequence,
    Tensor,
    Value,
    join_all,
)

if TYPE_CHECKING:
    from tfloss_lint.reading.interpreter import Interpreter


def iterate(interpreter: Interpreter, value: Value, node: cst.CSTNode) -> Value:
    """What a loop over the value binds on each round."""
    if isinstance(value, Dataset):
        samples = value.batched or value.element is UNKNOWN or _is_pair(value.element)
        drawn = data.with_roles(value.element) if samples else value.element
        for part in drawn.items if isinstance(drawn, Sequence) else [drawn]:
            if isinstance(part, Tensor):
                interpreter.drawn_from[part] = value
        return drawn
    if isinstance(value, Sequence):
        return value.element() if value.items else UNKNOWN
    if isinstance(value, Object) and value.kind == "enumerate":
        return Sequence([UNKNOWN, iterate(interpreter, value.args[0], node)])
    if isinstance(value, Object) and value.kind == "zip":
        if all(isinstance(part, Dataset) for part in value.args):
            return data.with_roles(Sequence([part.element for part in value.args if isinstance(part, Dataset)]))
        return Sequence([iterate(interpreter, part, node) for part in value.args])
    if isinstance(value, Tensor):
        shape = value.shape[1:] if value.shape else None
        return Tensor(shape, value.sources, "select", (value,), node)
    if isinstance(value, Choice):
        return join_all(iterate(interpreter, option, node) for option in value.options)
    if isinstance(value, Mapping) and not value.open:
        return join_all(Const(key) for key in value.items)
    return UNKNOWN


def _is_pair(element: Value) -> bool:
    return isinstance(element, Sequence) and len(element.items) in (2, 3)


def unpack(interpreter: Interpreter, value: Value, count: int, star: int | None) -> list[Value]:
    """The parts that a pattern of ``count`` targets takes from the value."""
    if isinstance(value, Choice):
        parts = [unpack(interpreter, option, count, star) for option in value.options]
        return [join_all(column) for column in zip(*parts)]
    if isinstance(value, Sequence) and not value.open:
        if star is None and len(value.items) == count:
            return list(value.items)
        if star is not None and len(value.items) >= count - 1:
            after = count - star - 1
            end = len(value.items) - after
            middle = Sequence(value.items[star:end], True)
            return [*value.items[:star], middle, *value.items[end:]]
        return [UNKNOWN] * count
    if isinstance(value, Sequence) and value.items:
        if not value.ordered or star is not None:
            return [value.element() if not value.ordered else UNKNOWN] * count
        return [*value.items, *[UNKNOWN] * count][:count]
    if isinstance(value, Tensor):
        if value.op == "step data" and count in (2, 3):
            roles = (Role.FEATURES, Role.LABEL, Role.WEIGHT)
            known = count if star is None else star
            named = [Tensor(None, frozenset({role}), "input") for role in roles[:known]]
            return [*named, *[UNKNOWN] * (count - known)]
        if value.op == "shape":
            return [Tensor((), frozenset(), "dim", value.inputs, None, (axis,), NONE) for axis in range(count)]
        if value.sources:
            shape = value.shape[1:] if value.shape else None
            return [Tensor(shape, value.sources, "select", (value,), value.node)] * count
    return [UNKNOWN] * count

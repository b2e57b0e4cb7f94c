"""Subscripts: tensors, sequences, dictionaries and pandas tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from tfloss_lint.reading.library import frames
from tfloss_lint.reading.library.table import as_tensor
from tfloss_lint.reading.values import (
    UNKNOWN,
    Choice,
    Const,
    Dim,
    Mapping,
    Object,
    Role,
    Sequence,
    Slice,
    Tensor,
    Value,
    admitted,
    constant,
    integer,
    join,
    join_all,
)

if TYPE_CHECKING:
    from tfloss_lint.reading.interpreter import Interpreter


MASKS = frozenset({"equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "and", "or", "logical_not"})
"""Operations that make truth values: as an index they choose elements."""


def subscript(interpreter: Interpreter, owner: Value, index: list[Value], node: cst.CSTNode) -> Value:
    """``owner[index]``."""
    if isinstance(owner, Choice):
        return join_all(subscript(interpreter, option, index, node) for option in owner.options)
    if isinstance(owner, Sequence):
        return _item(owner, index[0]) if len(index) == 1 else UNKNOWN
    if isinstance(owner, Mapping):
        key = constant(index[0])
        return owner.items.get(key, UNKNOWN) if isinstance(key, (str, int)) else UNKNOWN
    if isinstance(owner, Object) and frames.is_table(owner):
        return frames.columns(owner, index[0], node) if len(index) == 1 else UNKNOWN
    if isinstance(owner, Object) and owner.kind == "pandas.iloc":
        return frames.iloc(owner, index, node)
    if isinstance(owner, Object) and owner.kind == "sklearn.utils.Bunch":
        key = constant(index[0])
        return owner.attrs.get(key, UNKNOWN) if isinstance(key, str) else UNKNOWN
    at = integer(index[0]) if len(index) == 1 else None
    if isinstance(owner, Tensor) and owner.op == "shape" and at is not None and at >= 0:
        return Tensor((), frozenset(), "dim", owner.inputs, node, (at,))
    if isinstance(owner, Tensor) and owner.op == "step data":
        return _part_of_step_data(index, node)
    if isinstance(owner, Tensor):
        interpreter.mark(node)
        return _select(owner, index, node)
    return UNKNOWN


def _part_of_step_data(index: list[Value], node: cst.CSTNode) -> Value:
    """``data[1]``: features, labels and sample weights have their places."""
    at = integer(index[0]) if len(index) == 1 else None
    roles = (Role.FEATURES, Role.LABEL, Role.WEIGHT)
    return Tensor(None, frozenset({roles[at]}), "input", (), node) if at is not None and 0 <= at < 3 else UNKNOWN


def _item(owner: Sequence, index: Value) -> Value:
    at = integer(index)
    known = range(0 if owner.open else -len(owner.items), len(owner.items) if owner.ordered else 0)
    if at is not None and at in known:
        return owner.items[at]
    if isinstance(index, Slice) and not owner.open:
        chosen = _slice(index)
        if chosen is not None:
            return Sequence(owner.items[chosen], owner.is_list)
    if isinstance(index, Slice):
        return Sequence(list(owner.items), owner.is_list, open=True, ordered=False)
    return owner.element() if owner.is_list and owner.items else UNKNOWN


def _select(owner: Tensor, index: list[Value], node: cst.CSTNode) -> Tensor:
    """A tensor's elements. A new axis keeps the values, so it does not hide what the tensor is made of."""
    dims = _selected_dims(owner, index)
    shape = None if dims is None else tuple(dims)
    new_axes = [at for at, part in enumerate(index) if constant(part) is None]
    only_whole = all(constant(part) is None or _whole(part) for part in index)
    op = "expand" if new_axes and only_whole else "select"
    return Tensor(shape, owner.sources, op, (owner,), node, tuple(new_axes) if op == "expand" else None)


def _whole(part: Value) -> bool:
    return _is_ellipsis(part) or (
        isinstance(part, Slice) and all(constant(p) is None for p in (part.lower, part.upper, part.step))
    )


def _selected_dims(owner: Tensor, index: list[Value]) -> list[Dim] | None:
    if owner.shape is None:
        return None
    consumed = sum(_consumed(part) for part in index)
    arrays_given = sum(1 for part in index if not isinstance(part, (Const, Slice)))
    missing = len(owner.shape) - consumed
    if missing < 0:
        return None
    rest = list(owner.shape)
    dims: list[Dim] = []
    for part in index:
        if constant(part) is None:
            dims.append(1)
        elif _is_ellipsis(part):
            dims.extend(rest[:missing])
            del rest[:missing]
        elif isinstance(part, Slice):
            dims.append(_sliced(rest.pop(0), part))
        elif integer(part) is not None:
            rest.pop(0)
        elif arrays_given == 1 and (rank := _array_rank(part)) is not None and rank <= len(rest):
            # A mask of several axes makes one of them, a list of places keeps one axis: its length is open.
            del rest[: rank or 1]
            dims += [None] if rank else []
        else:
            return None
    return dims + rest


def _array_rank(part: Value) -> int | None:
    """How many axes a mask takes, 1 for a list of places, 0 for a single place."""
    tensor = as_tensor(part)
    if tensor is None or tensor.rank is None:
        return None
    if tensor.op in MASKS:
        return tensor.rank or None
    return tensor.rank if tensor.rank < 2 else None


def _consumed(part: Value) -> int:
    """How many axes of the owner a part of the subscript takes."""
    if constant(part) is None or _is_ellipsis(part):
        return 0
    rank = None if isinstance(part, Slice) else _array_rank(part)
    return rank if rank is not None and rank > 1 else 1


def _is_ellipsis(part: Value) -> bool:
    return isinstance(part, Const) and part.value is Ellipsis


def _sliced(length: Dim, part: Slice) -> Dim:
    chosen = _slice(part)
    if chosen == slice(None, None, None):
        return length
    return len(range(length)[chosen]) if isinstance(length, int) and chosen is not None else None


def _slice(part: Slice) -> slice | None:
    """The slice, where the file spells out all of it."""
    bounds = (part.lower, part.upper, part.step)
    lower, upper, step = map(integer, bounds)
    spelled_out = all(integer(bound) is not None or constant(bound) is None for bound in bounds)
    return slice(lower, upper, step) if spelled_out and step != 0 else None


def store(owner: Value, index: list[Value], value: Value, node: cst.CSTNode | None, *, uncertain: bool) -> None:
    """``owner[index] = value``. Where it is ``uncertain`` whether that happens, the old value stays possible."""
    if isinstance(owner, Sequence):
        _store_item(owner, index[0], value, uncertain=uncertain)
    if not isinstance(owner, Mapping) or len(index) != 1:
        return
    key = constant(index[0])
    if isinstance(key, (str, int)):
        owner.put(key, join(owner.items[key], value) if uncertain and key in owner.items else value)
        if node is not None:
            owner.nodes[key] = node
    else:
        owner.forget()


def _store_item(owner: Sequence, index: Value, value: Value, *, uncertain: bool) -> None:
    at = integer(index)
    if at is None or not owner.ordered or not (0 if owner.open else -len(owner.items)) <= at < len(owner.items):
        owner.include([UNKNOWN if isinstance(index, Slice) else value])
        return
    owner.items[at] = admitted(join(owner.items[at], value) if uncertain else value, owner)

"""Arithmetic of symbolic shapes. Every function answers ``None`` where the file does not settle the answer."""

from __future__ import annotations

import math

from tfloss_lint.reading.values import Dim, Shape


def broadcast_dim(a: Dim, b: Dim) -> Dim:
    """The length of an axis where two axes meet elementwise."""
    if a == 1:
        return b
    if b == 1 or a == b:
        return a
    if isinstance(a, int) and isinstance(b, int):
        return None
    # One of them is open: it is 1 or equal to the other, so a known length above 1 is the answer.
    return next((dim for kind in (int, str) for dim in (a, b) if isinstance(dim, kind)), None)


def broadcast(a: Shape, b: Shape) -> Shape:
    """The shape of ``a + b``."""
    if a is None or b is None:
        return None
    width = max(len(a), len(b))
    padded_a, padded_b = (1,) * (width - len(a)) + a, (1,) * (width - len(b)) + b
    return tuple(broadcast_dim(x, y) for x, y in zip(padded_a, padded_b))


def normalize_axes(axes: tuple[int, ...] | None, rank: int) -> tuple[int, ...] | None:
    """Non-negative axes in order; all of them for ``None``; ``None`` when one is out of range."""
    if axes is None:
        return tuple(range(rank))
    positive = tuple(sorted({axis + rank if axis < 0 else axis for axis in axes}))
    return positive if all(0 <= axis < rank for axis in positive) else None


def reduce(shape: Shape, axes: tuple[int, ...] | None, keepdims: bool) -> Shape:
    """The shape after a reduction over ``axes`` (``None``: all)."""
    if shape is None:
        return () if axes is None and not keepdims else None
    reduced = normalize_axes(axes, len(shape))
    if reduced is None:
        return None
    if keepdims:
        return tuple(1 if axis in reduced else dim for axis, dim in enumerate(shape))
    return tuple(dim for axis, dim in enumerate(shape) if axis not in reduced)


def expand(shape: Shape, axis: int, length: Dim = 1) -> Shape:
    """The shape with a new axis."""
    if shape is None:
        return None
    axis = axis + len(shape) + 1 if axis < 0 else axis
    return (*shape[:axis], length, *shape[axis:]) if 0 <= axis <= len(shape) else None


def squeeze(shape: Shape, axes: tuple[int, ...] | None) -> Shape:
    """The shape without the given axes, or without all axes of length 1 when no length is open."""
    if shape is None:
        return None
    if axes is None:
        # A symbol stands for more than one sample; an unknown length could be 1.
        return None if None in shape else tuple(dim for dim in shape if dim != 1)
    dropped = normalize_axes(axes, len(shape))
    return None if dropped is None else tuple(dim for axis, dim in enumerate(shape) if axis not in dropped)


def size(dims: tuple[Dim, ...]) -> int | None:
    """The product of the lengths, if all are numbers."""
    numbers = [dim for dim in dims if isinstance(dim, int)]
    return math.prod(numbers) if len(numbers) == len(dims) else None


def reshape(shape: Shape, target: tuple[Dim, ...]) -> Shape:
    """The shape after ``reshape(target)``, with one ``-1`` worked out where possible."""
    if -1 not in target:
        return target
    at = target.index(-1)
    others = target[:at] + target[at + 1 :]
    return (*target[:at], _inferred(shape, others), *target[at + 1 :])


def _inferred(shape: Shape, others: tuple[Dim, ...]) -> Dim:
    if shape is None:
        return None
    rest = list(shape)
    for dim in others:
        if dim in rest and dim is not None:
            rest.remove(dim)
        elif dim != 1:
            break
    else:
        rest = [dim for dim in rest if dim != 1]
        if len(rest) <= 1:
            return rest[0] if rest else 1
        return size(tuple(rest))
    total, known = size(shape), size(others)
    if total is not None and known and total % known == 0:
        return total // known
    # (batch, 28, 28) -> (-1, 784): the samples stay where the other axes multiply out.
    symbols = [dim for dim in shape if isinstance(dim, str)]
    numbers = size(tuple(dim for dim in shape if not isinstance(dim, str)))
    return symbols[0] if len(symbols) == 1 and known and numbers == known else None


def concatenate(shapes: list[Shape], axis: int) -> Shape:
    """The shape of ``concat(shapes, axis)``."""
    if not shapes or any(shape is None or len(shape) != len(shapes[0] or ()) for shape in shapes):
        return None
    known = [shape for shape in shapes if shape is not None]
    rank = len(known[0])
    axis = axis + rank if axis < 0 else axis
    if not 0 <= axis < rank:
        return None
    total = size(tuple(shape[axis] for shape in known))
    lengths = [shape[axis] for shape in known]
    joined = None if total is None else sum(length for length in lengths if isinstance(length, int))
    return tuple(
        joined if at == axis else dims[0] if all(dim == dims[0] for dim in dims) else None
        for at, dims in enumerate(zip(*known))
    )


def matmul(a: Shape, b: Shape) -> Shape:
    """The shape of ``a @ b`` for operands of rank 1 or more."""
    if not a or not b:
        return None
    if len(b) == 1:
        return a[:-1]
    if len(a) == 1:
        return (*b[:-2], b[-1])
    stacks = broadcast(a[:-2], b[:-2])
    return None if stacks is None else (*stacks, a[-2], b[-1])


def describe(shape: Shape) -> str:
    """The shape as messages show it: ``(batch, 1)``."""
    if shape is None:
        return "(unknown shape)"
    dims = ["?" if dim is None else str(dim) for dim in shape]
    return f"({dims[0]},)" if len(dims) == 1 else f"({', '.join(dims)})"

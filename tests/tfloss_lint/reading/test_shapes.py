"""Arithmetic of symbolic shapes."""

from __future__ import annotations

import pytest

from tfloss_lint.reading import shapes
from tfloss_lint.reading.values import BATCH, Dim, Shape, join_shapes

B = BATCH


@pytest.mark.parametrize(
    ("a", "b", "result"),
    [
        ((3,), (3,), (3,)),
        ((3,), (3, 1), (3, 3)),
        ((B,), (B, 1), (B, B)),
        ((B, 1), (B, 10), (B, 10)),
        ((), (B, 1), (B, 1)),
        ((3,), (4,), (None,)),
        ((None,), (4,), (4,)),
        ((None,), (1,), (None,)),
        ((None,), (B,), (B,)),
        ((None,), (B, 1), (B, None)),
        ((None, 1), (B,), (None, B)),
        ((None,), (None,), (None,)),
        ((B,), (5,), (5,)),
        (None, (3,), None),
        ((3,), None, None),
    ],
)
def test_broadcasting(a: Shape, b: Shape, result: Shape) -> None:
    assert shapes.broadcast(a, b) == result


def test_broadcasting_has_no_order() -> None:
    some: list[Shape] = [None, (), (1,), (3,), (B,), (None,), (3, 1), (B, 1), (None, 1), (B, None), (1, B)]
    assert all(shapes.broadcast(a, b) == shapes.broadcast(b, a) for a in some for b in some)


@pytest.mark.parametrize(
    ("axes", "rank", "result"),
    [
        (None, 2, (0, 1)),
        ((-1,), 2, (1,)),
        ((1, 0), 2, (0, 1)),
        ((0, -2), 2, (0,)),
        ((2,), 2, None),
        ((-3,), 2, None),
        ((), 2, ()),
        (None, 0, ()),
    ],
)
def test_axes(axes: tuple[int, ...] | None, rank: int, result: tuple[int, ...] | None) -> None:
    assert shapes.normalize_axes(axes, rank) == result


@pytest.mark.parametrize(
    ("shape", "axes", "keepdims", "result"),
    [
        ((B, 4), None, False, ()),
        ((B, 4), None, True, (1, 1)),
        ((B, 4), (-1,), False, (B,)),
        ((B, 4), (-1,), True, (B, 1)),
        ((B, 4), (0,), False, (4,)),
        ((B, 4, 3), (1, 2), False, (B,)),
        ((B, 4), (2,), False, None),
        (None, None, False, ()),
        (None, None, True, None),
        (None, (0,), False, None),
        ((), None, False, ()),
    ],
)
def test_reducing(shape: Shape, axes: tuple[int, ...] | None, keepdims: bool, result: Shape) -> None:
    assert shapes.reduce(shape, axes, keepdims) == result


@pytest.mark.parametrize(
    ("shape", "axis", "length", "result"),
    [
        ((B,), -1, 1, (B, 1)),
        ((B,), 0, 1, (1, B)),
        ((B, 4), 1, 1, (B, 1, 4)),
        ((B, 4), -2, 1, (B, 1, 4)),
        ((B, 4), 2, 7, (B, 4, 7)),
        ((B,), 2, 1, None),
        ((B,), -3, 1, None),
        ((), 0, 1, (1,)),
        (None, 0, 1, None),
    ],
)
def test_expanding(shape: Shape, axis: int, length: Dim, result: Shape) -> None:
    assert shapes.expand(shape, axis, length) == result


@pytest.mark.parametrize(
    ("shape", "axes", "result"),
    [
        ((B, 1), None, (B,)),
        ((1, 3, 1), None, (3,)),
        ((B, 1), (-1,), (B,)),
        ((B, 1, 1), (1,), (B, 1)),
        ((B, None), None, None),
        ((B, None), (1,), (B,)),
        ((B, 1), (4,), None),
        (None, None, None),
        ((B,), None, (B,)),
    ],
)
def test_squeezing(shape: Shape, axes: tuple[int, ...] | None, result: Shape) -> None:
    assert shapes.squeeze(shape, axes) == result


@pytest.mark.parametrize(
    ("shape", "target", "result"),
    [
        ((12,), (3, 4), (3, 4)),
        ((12,), (-1, 4), (3, 4)),
        ((B,), (-1, 1), (B, 1)),
        ((B, 1), (-1,), (B,)),
        ((B, 1, 1), (-1,), (B,)),
        ((B, 28, 28), (-1, 784), (B, 784)),
        ((B, 28, 28), (B, -1), (B, 784)),
        ((B, 10), (-1,), (None,)),
        ((B, 10), (-1, 10), (B, 10)),
        ((B, 10), (-1, 5), (None, 5)),
        ((None, 28, 28), (-1, 784), (None, 784)),
        ((None,), (-1, 1), (None, 1)),
        ((3, 4, 3), (-1, 3), (12, 3)),
        ((7,), (-1, 4), (None, 4)),
        (None, (-1, 4), (None, 4)),
        (None, (3, 4), (3, 4)),
        ((), (-1,), (1,)),
        ((B, None), (-1, 1), (None, 1)),
        ((B, 4), (-1, None), (None, None)),
    ],
)
def test_reshaping(shape: Shape, target: tuple[Dim, ...], result: Shape) -> None:
    assert shapes.reshape(shape, target) == result


@pytest.mark.parametrize(
    ("parts", "axis", "result"),
    [
        ([(B, 4), (B, 3)], 1, (B, 7)),
        ([(B, 4), (B, 3)], -1, (B, 7)),
        ([(2, 4), (3, 4)], 0, (5, 4)),
        ([(B, 4), (B, 4)], 0, (None, 4)),
        ([(B, 4), (None, 4)], 1, (None, 8)),
        ([(B, 4), None], 1, None),
        ([(B, 4), (B,)], 0, None),
        ([(B, 4)], 2, None),
        ([(B, None), (B, 3)], 1, (B, None)),
        ([], 0, None),
    ],
)
def test_concatenating(parts: list[Shape], axis: int, result: Shape) -> None:
    assert shapes.concatenate(parts, axis) == result


@pytest.mark.parametrize(
    ("a", "b", "result"),
    [
        ((B, 4), (4, 1), (B, 1)),
        ((B, 4), (4,), (B,)),
        ((4,), (4, 3), (3,)),
        ((4,), (4,), ()),
        ((B, 7, 4), (4, 3), (B, 7, 3)),
        ((7, 4), (B, 4, 3), (B, 7, 3)),
        ((B, 7, 4), (B, 4, 3), (B, 7, 3)),
        ((4,), (B, 4, 3), (B, 3)),
        (None, (4, 1), None),
        ((B, 4), None, None),
        ((), (4,), None),
    ],
)
def test_matrix_products(a: Shape, b: Shape, result: Shape) -> None:
    assert shapes.matmul(a, b) == result


@pytest.mark.parametrize(
    ("a", "b", "result"),
    [
        ((B, 4), (B, 4), (B, 4)),
        ((B, 4), (B, 3), (B, None)),
        ((B,), (B, 1), None),
        (None, (B,), None),
        ((), (), ()),
    ],
)
def test_joining(a: Shape, b: Shape, result: Shape) -> None:
    assert join_shapes(a, b) == join_shapes(b, a) == result


@pytest.mark.parametrize(("dims", "product"), [((3, 4), 12), ((), 1), ((3, None), None), ((B,), None), ((0, 3), 0)])
def test_sizes(dims: tuple[Dim, ...], product: int | None) -> None:
    assert shapes.size(dims) == product


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (None, "(unknown shape)"),
        ((), "()"),
        ((B,), "(batch,)"),
        ((B, 1), "(batch, 1)"),
        ((None, 10), "(?, 10)"),
    ],
)
def test_descriptions(shape: Shape, text: str) -> None:
    assert shapes.describe(shape) == text

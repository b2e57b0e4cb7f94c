"""The call that handlers are given, and values as tensors."""

from __future__ import annotations

import libcst as cst
import pytest

from tfloss_lint.reading.interpreter import Interpreter
from tfloss_lint.reading.library.table import FRAME, Call, UnknownAxesError, as_tensor, axes_of, everywhere, opaque
from tfloss_lint.reading.values import (
    MORE,
    NONE,
    UNKNOWN,
    Choice,
    Const,
    Object,
    Role,
    Sequence,
    Shape,
    Tensor,
    Value,
)

ROW = Tensor((3,), frozenset({Role.LABEL}), "input")


def call(*args: Value, **kwargs: Value) -> Call:
    interpreter = Interpreter()
    return Call(interpreter, cst.Name("f"), interpreter.module, list(args), kwargs, {})


def test_arguments_by_position_and_keyword() -> None:
    given = call(Const(1), Const(2), axis=Const(3))
    assert (given.argument(0, "x"), given.argument(1, "axis"), given.argument(5, "y")) == (Const(1), Const(3), UNKNOWN)
    assert (given.given(0, "x"), given.given(None, "axis"), given.given(2, "y"), given.given(None, "z")) == (
        True,
        True,
        False,
        False,
    )
    assert (given.argument_node(0, "x"), given.argument_node(None, "axis")) == (None, None)


def test_nodes_of_arguments() -> None:
    given, first, named = call(Const(1), a=Const(2)), cst.Name("x"), cst.Name("y")
    given.nodes = {0: first, "a": named}
    assert (given.argument_node(0, "v"), given.argument_node(3, "a"), given.argument_node(1, "b")) == (
        first,
        named,
        None,
    )


def test_further_arguments_may_be_any() -> None:
    given = call(Const(1), **{MORE: UNKNOWN})
    assert (given.given(5, "anything"), given.argument(5, "anything")) == (True, UNKNOWN)


def test_what_a_call_makes() -> None:
    given = call()
    value = given.tensor((3,), "mean", ROW, axes=(0,), detail=Const(1))
    assert (value.shape, value.op, value.sources, value.inputs) == ((3,), "mean", {Role.LABEL}, (ROW,))
    assert (value.node, value.axes, value.detail) == (given.node, (0,), Const(1))


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (ROW, (3,)),
        (Const(1), ()),
        (Const(0.5), ()),
        (Const(True), ()),
        (Sequence([Const(1), Const(2)]), (2,)),
        (Sequence([ROW, ROW]), (2, 3)),
        (Sequence([Sequence([Const(1)]), Sequence([Const(2)])]), (2, 1)),
        (Choice((ROW, NONE)), (3,)),
        (Object(FRAME, attrs={"width": Const(2)}), (None, 2)),
        (Object(FRAME), (None, None)),
    ],
)
def test_values_as_tensors(value: Value, shape: Shape) -> None:
    tensor = as_tensor(value)
    assert tensor is not None
    assert tensor.shape == shape


@pytest.mark.parametrize(
    "value",
    [
        UNKNOWN,
        NONE,
        Const("text"),
        Sequence([]),
        Sequence([Const(1)], open=True),
        Sequence([Const(1), ROW]),
        Sequence([UNKNOWN]),
        Choice((ROW, Const("text"))),
        Choice((ROW, Tensor((4,), frozenset(), "input"))),
        Object("keras.layers.Dense"),
    ],
)
def test_values_that_are_no_tensors(value: Value) -> None:
    assert as_tensor(value) is None


def test_the_result_of_something_unknown() -> None:
    result = opaque(call(), ROW, UNKNOWN)
    assert isinstance(result, Tensor)
    assert (result.shape, result.op, result.role) == (None, "opaque", Role.LABEL)
    assert opaque(call(), Const(1), UNKNOWN) is UNKNOWN


@pytest.mark.parametrize(
    ("value", "given", "axes"),
    [
        (UNKNOWN, False, None),
        (NONE, True, None),
        (Const(-1), True, (-1,)),
        (Sequence([Const(0), Const(1)]), True, (0, 1)),
        (Sequence([]), True, ()),
    ],
)
def test_axes(value: Value, given: bool, axes: tuple[int, ...] | None) -> None:
    assert axes_of(value, given) == axes


@pytest.mark.parametrize(
    "value", [UNKNOWN, Sequence([UNKNOWN]), Sequence([Const(0)], open=True), Const("axis"), Const(0.5)]
)
def test_axes_that_are_not_spelled_out(value: Value) -> None:
    with pytest.raises(UnknownAxesError):
        axes_of(value, given=True)


def test_homes_of_a_name() -> None:
    assert set(everywhere("mean")) == {"tf.mean", "tf.math.mean", "keras.ops.mean", "keras.backend.mean", "numpy.mean"}

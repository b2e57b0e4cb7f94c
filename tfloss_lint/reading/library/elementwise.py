"""Elementwise operations, and the place where labels and predictions meet in one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from tfloss_lint.reading.events import Meeting
from tfloss_lint.reading.library import frames
from tfloss_lint.reading.library.arrays import as_framework_tensor
from tfloss_lint.reading.library.table import Call, as_tensor, everywhere, function, method, opaque
from tfloss_lint.reading.shapes import broadcast, matmul
from tfloss_lint.reading.values import UNKNOWN, Const, Ref, Role, Tensor, Value, constant, integer, sources_of

if TYPE_CHECKING:
    from tfloss_lint.reading.interpreter import Interpreter

UNARY = {
    "square": "square",
    "abs": "abs",
    "absolute": "abs",
    "fabs": "abs",
    "sqrt": "sqrt",
    "log": "log",
    "log1p": "log",
    "exp": "exp",
    "negative": "negative",
    "sigmoid": "sigmoid",
    "softplus": "softplus",
    "tanh": "tanh",
    "relu": "relu",
    "round": "round",
    "sign": "sign",
    "stop_gradient": "same",
    "identity": "same",
    "clip": "clip",
    "clip_by_value": "clip",
    "nan_to_num": "same",
    # Nothing more is said of these than that they keep the shape.
    **{
        name: name
        for name in (
            "sin cos tan asin acos atan arcsin arccos arctan sinh cosh asinh acosh atanh erf erfc expm1 log2 log10 "
            "lgamma digamma floor ceil rint rsqrt reciprocal log_sigmoid elu selu gelu silu swish leaky_relu softsign "
            "is_nan is_inf is_finite isnan isinf isfinite logical_not"
        ).split()
    },
}
BINARY = {
    "add": "add",
    "subtract": "subtract",
    "multiply": "multiply",
    "divide": "divide",
    "truediv": "divide",
    "true_divide": "divide",
    "divide_no_nan": "divide",
    "divide_safe": "divide",
    "multiply_no_nan": "multiply",
    "maximum": "maximum",
    "minimum": "minimum",
    "pow": "power",
    "power": "power",
    "squared_difference": "squared_difference",
    "equal": "equal",
    "not_equal": "not_equal",
    "less": "less",
    "less_equal": "less_equal",
    "greater": "greater",
    "greater_equal": "greater_equal",
    "logical_and": "and",
    "logical_or": "or",
}


def unary(interpreter: Interpreter, op: str, value: Value, node: cst.CSTNode) -> Value:
    """An operation on every element."""
    tensor = as_tensor(value)
    if tensor is None or op == "same":
        return value if op == "same" else _opaque(node, value)
    if tensor.op == "constant":
        return Tensor((), frozenset(), op, (value,), node)
    interpreter.mark(node)
    return Tensor(tensor.shape, tensor.sources, op, (tensor,), node)


def binary(interpreter: Interpreter, op: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """An operation on every pair of elements, after broadcasting."""
    tables = [side for side in (left, right) if frames.is_table(side)]
    if tables and isinstance(node, frames.OPERATORS):
        return frames.table(node, frames.width_of(tables[0]))
    a, b = as_tensor(left), as_tensor(right)
    if a is None and b is None:
        return _opaque(node, left, right)
    interpreter.mark(node)
    if op == "matmul":
        shape = None if a is None or b is None else matmul(a.shape, b.shape)
        return Tensor(shape, sources_of(left, right), op, (left, right), node)
    if a is None or b is None:
        # One operand may be anything, so the shape is open; what is known of the other is kept.
        return Tensor(None, sources_of(left, right), op, (left, right), node)
    result = Tensor(broadcast(a.shape, b.shape), a.sources | b.sources, op, (a, b), node)
    for label, prediction in ((a, b), (b, a)):
        if is_target(label) and is_prediction(prediction):
            interpreter.record(
                Meeting(
                    node,
                    *interpreter.place(),
                    label=label,
                    prediction=prediction,
                    result=result,
                    loss=None,
                    compiled_as=interpreter.compiled_as,
                    call=interpreter.frame.call,
                )
            )
    return result


def is_prediction(tensor: Tensor) -> bool:
    """Whether a prediction flows in and no label does."""
    return Role.PREDICTION in tensor.sources and Role.LABEL not in tensor.sources


def is_target(tensor: Tensor) -> bool:
    """Whether it is made of labels, or of data that may serve as labels, and of no prediction."""
    return bool(tensor.sources & {Role.LABEL, Role.DATA}) and Role.PREDICTION not in tensor.sources


def _opaque(node: cst.CSTNode, *values: Value) -> Value:
    sources = sources_of(*values)
    return Tensor(None, sources, "opaque", values, node) if sources else UNKNOWN


def _register() -> None:
    for name, op in UNARY.items():
        names = [*everywhere(name), f"tf.nn.{name}", f"keras.activations.{name}", f"math.{name}"]
        if name == "abs":
            names.append(name)
        function(*names)(lambda call, op=op: unary(call.interpreter, op, call.argument(0, "x", "input"), call.node))  # type: ignore[misc]
    for name, op in BINARY.items():
        function(*everywhere(name))(
            lambda call, op=op: binary(  # type: ignore[misc]
                call.interpreter, op, call.argument(0, "x", "x1"), call.argument(1, "y", "x2"), call.node
            )
        )


_register()


@function("tf.matmul", "tf.linalg.matmul", "keras.ops.matmul", "numpy.matmul")
def _matmul(call: Call) -> Value:
    a = _transposed(call, call.argument(0, "a", "x1"), call.argument(2, "transpose_a"), call.given(2, "transpose_a"))
    b = _transposed(call, call.argument(1, "b", "x2"), call.argument(3, "transpose_b"), call.given(3, "transpose_b"))
    return binary(call.interpreter, "matmul", a, b, call.node)


def _transposed(call: Call, value: Value, flag: Value, given: bool) -> Value:
    """An operand of ``tf.matmul(..., transpose_b=True)``."""
    tensor = as_tensor(value)
    if tensor is None or not given or constant(flag) is False:
        return value
    known = constant(flag) is True and tensor.rank is not None and tensor.rank > 1
    shape = (*tensor.shape[:-2], tensor.shape[-1], tensor.shape[-2]) if known and tensor.shape is not None else None
    return call.tensor(shape, "transpose", tensor)


@function("tf.linalg.matvec")
def _matvec(call: Call) -> Value:
    matrix, vector = as_tensor(call.argument(0, "a")), as_tensor(call.argument(1, "b"))
    plain = len(call.args) + len(call.kwargs) == 2
    if matrix is None or vector is None or not matrix.shape or not vector.shape or not plain:
        return opaque(call, *call.args)
    stacks = broadcast(matrix.shape[:-2], vector.shape[:-1])
    return call.tensor(None if stacks is None else (*stacks, matrix.shape[-2]), "matmul", matrix, vector)


@function("numpy.dot", "keras.ops.dot", "keras.backend.dot")
def _dot_function(call: Call) -> Value:
    return _dot(call, call.argument(0, "a", "x1", "x"), call.argument(1, "b", "x2", "y"))


@method("dot")
def _dot_method(call: Call, tensor: Tensor) -> Value:
    return _dot(call, tensor, call.argument(0, "b"))


def _dot(call: Call, left: Value, right: Value) -> Value:
    a, b = as_tensor(left), as_tensor(right)
    if (a is not None and a.shape == ()) or (b is not None and b.shape == ()):
        return binary(call.interpreter, "multiply", left, right, call.node)
    if b is None or b.rank is None or b.rank > 2:
        # Where matmul multiplies stacks of matrices, dot multiplies every one with every other.
        return opaque(call, left, right)
    return binary(call.interpreter, "matmul", left, right, call.node)


@function(*everywhere("cast", "astype"), "tf.identity", "tf.debugging.check_numerics")
def _same(call: Call) -> Value:
    value = call.argument(0, "x", "value", "input")
    tensor = as_tensor(value)
    if isinstance(value, Const) or tensor is None:
        return value if tensor is not None else opaque(call, value)
    return as_framework_tensor(tensor)


@function("tf.nn.log_softmax", "keras.ops.log_softmax", "keras.activations.log_softmax")
def _log_softmax(call: Call) -> Value:
    return unary(call.interpreter, "log_softmax", call.argument(0, "logits", "x"), call.node)


def _probabilities(call: Call, name: str) -> Value:
    """An activation, with the function that computes it: Keras knows some of them again."""
    result = unary(call.interpreter, name.rpartition(".")[2], call.argument(0, "logits", "x"), call.node)
    if name.endswith("softmax") and call.given(1, "axis") and integer(call.argument(1, "axis")) != -1:
        return result  # Of another axis than that of the classes it makes no probabilities of classes.
    return replace(result, detail=Ref(name)) if isinstance(result, Tensor) and result.op != "opaque" else result


for _name in (
    *(f"{home}.softmax" for home in ("tf.nn", "keras.ops", "keras.activations", "keras.backend")),
    *(f"{home}.sigmoid" for home in ("tf", "keras.ops", "keras.activations", "keras.backend")),
):
    function(_name)(lambda call, name=_name: _probabilities(call, name))  # type: ignore[misc]


@function(*everywhere("where", "select"))
def _where(call: Call) -> Value:
    condition, a, b = call.argument(0, "condition"), call.argument(1, "x", "x1"), call.argument(2, "y", "x2")
    first, second = as_tensor(a), as_tensor(b)
    if first is None or second is None:
        return opaque(call, condition, a, b)
    test = as_tensor(condition)
    shape = broadcast(broadcast(first.shape, second.shape), None if test is None else test.shape)
    return call.tensor(shape, "where", first, second, *([test] if test is not None else []))


@function(*everywhere("zeros_like", "ones_like", "full_like"))
def _like(call: Call) -> Value:
    tensor = as_tensor(call.argument(0, "x", "input", "a"))
    return UNKNOWN if tensor is None else Tensor(tensor.shape, frozenset(), "fill", (), call.node)


def constant_factor(value: Value) -> float | None:
    """The number that a scalar factor stands for."""
    tensor = as_tensor(value)
    if tensor is not None and tensor.op == "constant" and isinstance(tensor.detail, Const):
        number = tensor.detail.value
        return float(number) if isinstance(number, (int, float)) else None
    return None

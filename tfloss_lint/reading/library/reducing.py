"""Reductions: mean, sum, root mean, argmax and their like."""

from __future__ import annotations

from tfloss_lint.reading.library.table import (
    Call,
    UnknownAxesError,
    as_tensor,
    axes_of,
    function,
    method,
    opaque,
)
from tfloss_lint.reading.shapes import reduce
from tfloss_lint.reading.values import Const, Method, Sequence, Tensor, Value, constant

REDUCTIONS = {
    "reduce_mean": "mean",
    "mean": "mean",
    "average": "mean",
    "reduce_sum": "sum",
    "sum": "sum",
    "reduce_max": "max",
    "max": "max",
    "amax": "max",
    "reduce_min": "min",
    "min": "min",
    "amin": "min",
    "reduce_prod": "prod",
    "prod": "prod",
    "reduce_std": "std",
    "std": "std",
    "reduce_variance": "var",
    "var": "var",
    "reduce_logsumexp": "logsumexp",
    "logsumexp": "logsumexp",
    "reduce_any": "any",
    "any": "any",
    "reduce_all": "all",
    "all": "all",
    "median": "median",
    "count_nonzero": "count",
    "norm": "norm",
    "reduce_euclidean_norm": "norm",
}


def reduction(call: Call, op: str, value: Value, axis_at: int, keepdims_at: int | None = None) -> Value:
    """``op`` over some axes of a tensor; its axis and ``keepdims`` arguments stand at these positions."""
    tensor = as_tensor(value)
    try:
        axes = axes_of(call.argument(axis_at, "axis"), call.given(axis_at, "axis"))
    except UnknownAxesError:
        return opaque(call, value)
    keepdims = False
    if call.given(keepdims_at, "keepdims", "keep_dims"):
        flag = constant(call.argument(keepdims_at, "keepdims", "keep_dims"))
        if not isinstance(flag, bool):
            return opaque(call, value)
        keepdims = flag
    if tensor is not None and tensor.op == "frame":
        # NumPy and pandas reduce tables in ways of their own.
        return opaque(call, value)
    if tensor is None:
        # Whatever it is, a reduction over all axes leaves a scalar: tf.reduce_sum(model.losses).
        inputs = value.items if isinstance(value, Sequence) else [value]
        return call.tensor(reduce(None, axes, keepdims), op, *inputs, axes=axes)
    return call.tensor(reduce(tensor.shape, axes, keepdims), op, tensor, axes=axes)


def _register() -> None:
    for name, op in REDUCTIONS.items():
        axis_at = 2 if op == "norm" else 1
        for home in ("tf", "tf.math", "tf.linalg", "keras.ops", "keras.backend", "numpy", "numpy.linalg"):
            # Positions after NumPy's axis hold a type and an output, not keepdims.
            keepdims_at = None if home.startswith("numpy") else axis_at + 1
            function(f"{home}.{name}")(
                lambda call, op=op, axis_at=axis_at, keepdims_at=keepdims_at: reduction(  # type: ignore[misc]
                    call, op, call.argument(0, "input_tensor", "x", "a", "tensor", "input"), axis_at, keepdims_at
                )
            )
        method(name)(lambda call, tensor, op=op: reduction(call, op, tensor, 0))  # type: ignore[misc]


_register()


def _arg_extreme(call: Call, value: Value, axis: Value, given: bool, default: tuple[int, ...] | None) -> Value:
    tensor = as_tensor(value)
    if tensor is None:
        return opaque(call, value)
    try:
        axes = axes_of(axis, given) if given else default
    except UnknownAxesError:
        return opaque(call, tensor)
    return call.tensor(reduce(tensor.shape, axes, False), "argmax", tensor, axes=axes)


@function("tf.argmax", "tf.math.argmax", "tf.argmin", "tf.math.argmin")
def _tf_argmax(call: Call) -> Value:
    # tf.argmax reduces the first axis unless told otherwise.
    return _arg_extreme(call, call.argument(0, "input"), call.argument(1, "axis"), call.given(1, "axis"), (0,))


@function("keras.backend.argmax", "keras.backend.argmin")
def _backend_argmax(call: Call) -> Value:
    return _arg_extreme(call, call.argument(0, "x"), call.argument(1, "axis"), call.given(1, "axis"), (-1,))


@function("numpy.argmax", "keras.ops.argmax", "numpy.argmin", "keras.ops.argmin")
def _flat_argmax(call: Call) -> Value:
    return _arg_extreme(call, call.argument(0, "a", "x"), call.argument(1, "axis"), call.given(1, "axis"), None)


@method("argmax", "argmin")
def _method_argmax(call: Call, tensor: Tensor) -> Value:
    return _arg_extreme(call, tensor, call.argument(0, "axis"), call.given(0, "axis"), None)


@function("tf.nn.l2_loss")
def _l2_loss(call: Call) -> Value:
    tensor = as_tensor(call.argument(0, "t"))
    if tensor is None:
        return opaque(call, call.argument(0, "t"))
    squared = call.tensor(tensor.shape, "square", tensor)
    return call.tensor((), "divide", call.tensor((), "sum", squared), Const(2))


@function("tf.nn.compute_average_loss")
def _average_loss(call: Call) -> Value:
    # The sum of the per-sample losses over the global batch size: what a strategy asks for.
    tensor = as_tensor(call.argument(0, "per_example_loss"))
    return opaque(call, *call.args) if tensor is None else call.tensor((), "average_loss", tensor)


@function("tf.add_n", "sum", "keras.ops.add_n")
def _total(call: Call) -> Value:
    value = call.argument(0, "inputs")
    if isinstance(value, Sequence):
        tensors = [as_tensor(item) for item in value.items]
        shapes = {tensor.shape for tensor in tensors if tensor is not None}
        shape = shapes.pop() if len(shapes) == 1 and None not in tensors else None
        return call.tensor(shape, "add", *value.items)
    if isinstance(value, Method) and value.name == "losses":
        return call.tensor((), "sum", value)
    tensor = as_tensor(value)
    if tensor is None:
        return opaque(call, value)
    return call.tensor(reduce(tensor.shape, (0,), False), "sum", tensor, axes=(0,))

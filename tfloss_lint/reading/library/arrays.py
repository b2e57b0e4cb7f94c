"""Making and reshaping tensors and arrays, in TensorFlow, Keras and NumPy."""

from __future__ import annotations

import math
from collections.abc import Callable

from tfloss_lint.reading import shapes
from tfloss_lint.reading.library.table import (
    Call,
    UnknownAxesError,
    as_tensor,
    axes_of,
    everywhere,
    function,
    method,
    opaque,
)
from tfloss_lint.reading.values import (
    NONE,
    UNKNOWN,
    Const,
    Dataset,
    Dim,
    Object,
    Role,
    Sequence,
    Shape,
    Tensor,
    Value,
    constant,
    integer,
)

DATA = frozenset({Role.DATA})


def dim_of(value: Value) -> Dim:
    """A length given as an argument: a number, or the symbol of the axis it was read from."""
    number = integer(value)
    if number is not None:
        return number
    if isinstance(value, Tensor) and value.op == "dim" and isinstance(value.detail, Const):
        symbol = value.detail.value
        return symbol if isinstance(symbol, str) else None
    return None


def shape_argument(value: Value) -> Shape:
    """A shape given as a tuple, list or single number; ``None`` where it is not spelled out."""
    if isinstance(value, Sequence):
        return None if value.open else tuple(dim_of(item) for item in value.items)
    number = integer(value)
    return None if number is None else (number,)


def dims(tensor: Tensor) -> Value:
    """``x.shape``: lengths that are numbers stay numbers, the others remember their axis."""
    if tensor.shape is None:
        return Tensor(None, frozenset(), "shape", (tensor,))
    return Sequence(
        [
            Const(dim) if isinstance(dim, int) else Tensor((), frozenset(), "dim", (tensor,), None, (axis,), Const(dim))
            for axis, dim in enumerate(tensor.shape)
        ]
    )


@function("tf.shape", "keras.ops.shape", "numpy.shape", "keras.backend.shape", "keras.backend.int_shape")
def _shape(call: Call) -> Value:
    tensor = as_tensor(call.argument(0, "input", "x", "a"))
    return UNKNOWN if tensor is None else dims(tensor)


@function("len")
def _length(call: Call) -> Value:
    value = call.argument(0)
    if isinstance(value, Sequence):
        return UNKNOWN if value.open else Const(len(value.items))
    if isinstance(value, Dataset):
        return Tensor((), frozenset(), "batches", (), call.node, None, value)
    tensor = as_tensor(value)
    if tensor is None or tensor.op in ("step data", "opaque"):
        return UNKNOWN
    sizes = dims(tensor)
    if isinstance(sizes, Sequence):
        return sizes.items[0] if sizes.items else UNKNOWN
    return Tensor((), frozenset(), "dim", (tensor,), call.node, (0,))


@function("tf.size", "keras.ops.size", "numpy.size")
def _size(call: Call) -> Value:
    tensor = as_tensor(call.argument(0, "input", "x", "a"))
    return UNKNOWN if tensor is None else number_of_elements(tensor)


def number_of_elements(tensor: Tensor) -> Value:
    """``x.size``: a number, or the length of the only axis."""
    sizes = dims(tensor)
    if not isinstance(sizes, Sequence):
        return UNKNOWN
    if len(sizes.items) == 1:
        return sizes.items[0]
    product = None if tensor.shape is None else shapes.size(tensor.shape)
    return UNKNOWN if product is None else Const(product)


@function("tf.rank", "numpy.ndim", "keras.ops.ndim", "keras.backend.ndim")
def _rank(call: Call) -> Value:
    tensor = as_tensor(call.argument(0, "input", "x", "a"))
    return UNKNOWN if tensor is None or tensor.rank is None else Const(tensor.rank)


@method("get_shape")
def _shape_method(call: Call, tensor: Tensor) -> Value:
    return dims(tensor)


# Making


@function("numpy.array", "numpy.asarray", "numpy.float32", "numpy.float64", "keras.ops.convert_to_numpy")
def _to_numpy(call: Call) -> Value:
    return _from_values(call)


@function(
    "tf.constant",
    "tf.convert_to_tensor",
    "tf.Variable",
    "keras.Variable",
    "keras.ops.convert_to_tensor",
    "keras.ops.array",
    "keras.backend.constant",
    "keras.backend.variable",
)
def _to_tensor(call: Call) -> Value:
    return as_framework_tensor(_from_values(call))


def is_numpy(value: Value) -> bool:
    """Whether it is known to be a NumPy array or a pandas column, which Keras 2's Loss objects do not align."""
    if not isinstance(value, Tensor):
        return False
    if value.op in ("select", "reshape", "expand"):
        return is_numpy(value.inputs[0])
    return value.op in ("array", "series", "scaled")


def as_framework_tensor(value: Value) -> Value:
    """The value after a conversion to a tensor."""
    if isinstance(value, Tensor) and is_numpy(value):
        return Tensor(value.shape, value.sources, "tensor", (value,), value.node)
    return value


def _from_values(call: Call) -> Value:
    value = call.argument(0, "value", "object", "initial_value", "x", "a")
    shape = call.argument(None, "shape")
    tensor = as_tensor(value)
    if tensor is None:
        if isinstance(value, Sequence) and not value.open:
            return Tensor(None, DATA, "array", (), call.node)
        return value if isinstance(value, Object) else opaque(call, value)
    if isinstance(shape, Sequence):
        return call.tensor(shape_argument(shape), "fill", tensor)
    if tensor.op == "constant":
        return tensor
    if tensor.op in ("stack", "series", "frame"):
        return Tensor(tensor.shape, tensor.sources or DATA, "array", (tensor,), call.node)
    return tensor


@function(*everywhere("zeros", "ones", "empty", "full", "fill"))
def _filled(call: Call) -> Value:
    return Tensor(shape_argument(call.argument(0, "shape", "dims")), DATA, "fill", (), call.node)


@function(
    "tf.random.normal",
    "tf.random.uniform",
    "tf.random.truncated_normal",
    "keras.random.normal",
    "keras.random.uniform",
    "keras.backend.random_normal",
)
def _random(call: Call) -> Value:
    return Tensor(shape_argument(call.argument(0, "shape")), DATA, "random", (), call.node)


@function("numpy.random.random", "numpy.random.random_sample")
def _random_array(call: Call) -> Value:
    return _sized(call, 0)


@function("numpy.random.rand", "numpy.random.randn")
def _random_dims(call: Call) -> Value:
    return Tensor(tuple(dim_of(arg) for arg in call.args), DATA, "array", (), call.node)


@function("numpy.random.normal", "numpy.random.uniform")
def _random_size(call: Call) -> Value:
    return _sized(call, 2)


@function("numpy.random.randint", "numpy.random.binomial")
def _random_integers(call: Call) -> Value:
    return _sized(call, 2)


@function("numpy.random.choice", "numpy.random.poisson", "numpy.random.exponential")
def _random_choice(call: Call) -> Value:
    return _sized(call, 1)


def _sized(call: Call, position: int) -> Value:
    if not call.given(position, "size"):
        # Without a size the parameters give the shape.
        shape: Shape = ()
        for value in call.args[:position]:
            tensor = as_tensor(value)
            shape = shapes.broadcast(shape, None if tensor is None else tensor.shape)
        return Tensor(shape, DATA if shape else frozenset(), "array", (), call.node)
    return Tensor(shape_argument(call.argument(position, "size")), DATA, "array", (), call.node)


@function("numpy.random.default_rng", "numpy.random.RandomState")
def _generator(call: Call) -> Value:
    return Object("numpy.random.Generator", node=call.node)


@function("numpy.linspace", "tf.linspace", "keras.ops.linspace", "numpy.logspace")
def _linspace(call: Call) -> Value:
    number = dim_of(call.argument(2, "num")) if call.given(2, "num") else 50
    scalar = all(as_tensor(arg) is not None and as_tensor(arg).shape == () for arg in call.args[:2])  # type: ignore[union-attr]
    return Tensor((number,) if scalar else None, DATA, "range", (), call.node)


@function("numpy.arange", "tf.range", "keras.ops.arange")
def _arange(call: Call) -> Value:
    bounds = [integer(arg) for arg in call.args]
    spelled_out = (
        bounds
        and all(isinstance(b, int) for b in bounds)
        and 0 not in bounds[2:]
        and not call.kwargs.keys() - {"dtype"}
    )
    length = len(range(*bounds)) if spelled_out else None  # type: ignore[arg-type]
    return Tensor((length,), DATA, "range", (), call.node)


@function("numpy.eye", "numpy.identity", "tf.eye", "keras.ops.eye", "keras.ops.identity", "keras.backend.eye")
def _identity_matrix(call: Call) -> Value:
    rows = dim_of(call.argument(0, "N", "n", "num_rows", "size"))
    # A second size, a batch shape or a NumPy-style offset may follow: only the plain square is read.
    square = len(call.args) + len(call.kwargs) == 1
    return Tensor((rows, rows) if square else None, frozenset(), "fill", (), call.node)


@function("numpy.random.permutation")
def _permutation(call: Call) -> Value:
    value = call.argument(0, "x")
    tensor = as_tensor(value)
    if tensor is None or tensor.shape == ():
        return Tensor(None if tensor is None else (dim_of(value),), DATA, "array", (), call.node)
    return call.tensor(tensor.shape, "array", tensor)


@function(
    "tf.random.shuffle", "numpy.flip", "numpy.sort", "tf.sort", "numpy.roll", "numpy.ascontiguousarray", "numpy.copy"
)
def _rearranged(call: Call) -> Value:
    # np.flip and np.roll keep the shape whatever the axis; np.sort(axis=None) flattens.
    tensor = as_tensor(call.argument(0, "value", "values", "m", "a"))
    if tensor is None or constant(call.argument(1, "axis")) is None:
        return opaque(call, *call.args)
    return call.tensor(tensor.shape, "array" if is_numpy(tensor) else "tensor", tensor)


@function("numpy.load", "numpy.loadtxt", "numpy.genfromtxt")
def _loaded(call: Call) -> Value:
    return Tensor(None, DATA, "array", (), call.node)


# Reshaping


@function(*everywhere("reshape"))
def _reshape_function(call: Call) -> Value:
    return _reshape(call, call.argument(0, "tensor", "x", "a"), call.argument(1, "shape", "newshape"))


@method("reshape")
def _reshape_method(call: Call, tensor: Tensor) -> Value:
    target = call.args[0] if len(call.args) == 1 else Sequence(list(call.args))
    return _reshape(call, tensor, target)


def _reshape(call: Call, value: Value, target: Value) -> Value:
    tensor = as_tensor(value)
    wanted = shape_argument(target)
    if tensor is None:
        return opaque(call, value)
    shape = None if wanted is None else shapes.reshape(tensor.shape, wanted)
    return call.tensor(shape, "reshape", tensor)


@method("flatten", "ravel")
def _flatten_method(call: Call, tensor: Tensor) -> Value:
    return call.tensor(shapes.reshape(tensor.shape, (-1,)), "reshape", tensor)


@function("numpy.ravel", "keras.ops.ravel", "keras.backend.flatten")
def _flatten(call: Call) -> Value:
    return _reshape(call, call.argument(0, "a", "x"), Const(-1))


@function("keras.backend.batch_flatten")
def _batch_flatten(call: Call) -> Value:
    tensor = as_tensor(call.argument(0, "x"))
    if tensor is None:
        return opaque(call, *call.args)
    return call.tensor(
        None if not tensor.shape else (tensor.shape[0], shapes.size(tensor.shape[1:])), "reshape", tensor
    )


@function(*everywhere("expand_dims"))
def _expand(call: Call) -> Value:
    tensor = as_tensor(call.argument(0, "input", "x", "a"))
    axis = integer(call.argument(1, "axis")) if call.given(1, "axis") else -1
    if tensor is None or axis is None:
        return opaque(call, *call.args)
    return call.tensor(shapes.expand(tensor.shape, axis), "expand", tensor, axes=(axis,))


@function(*everywhere("squeeze"))
def _squeeze_function(call: Call) -> Value:
    return _squeeze(call, call.argument(0, "input", "x", "a"), call.argument(1, "axis"), call.given(1, "axis"))


@method("squeeze")
def _squeeze_method(call: Call, tensor: Tensor) -> Value:
    return _squeeze(call, tensor, call.argument(0, "axis"), call.given(0, "axis"))


def _squeeze(call: Call, value: Value, axis: Value, given: bool) -> Value:
    tensor = as_tensor(value)
    if tensor is None:
        return opaque(call, value)
    try:
        axes = axes_of(axis, given)
    except UnknownAxesError:
        return opaque(call, tensor)
    # keras.backend.squeeze asks for an axis, the others drop every axis of length 1.
    return call.tensor(shapes.squeeze(tensor.shape, axes), "squeeze", tensor, axes=axes)


@function(*everywhere("transpose"), "keras.backend.permute_dimensions")
def _transpose(call: Call) -> Value:
    tensor = as_tensor(call.argument(0, "a", "x"))
    order = call.argument(1, "perm", "axes", "pattern") if call.given(1, "perm", "axes", "pattern") else NONE
    if tensor is None:
        return opaque(call, *call.args)
    return call.tensor(_transposed(tensor.shape, order), "transpose", tensor)


@method("transpose")
def _transpose_method(call: Call, tensor: Tensor) -> Value:
    order = call.args[0] if len(call.args) == 1 else Sequence(list(call.args)) if call.args else NONE
    return call.tensor(_transposed(tensor.shape, order), "transpose", tensor)


def _transposed(shape: Shape, order: Value) -> Shape:
    if shape is None:
        return None
    if constant(order) is None:
        return tuple(reversed(shape))
    wanted = shape_argument(order)
    if wanted is None or sorted(axis for axis in wanted if isinstance(axis, int)) != list(range(len(shape))):
        return None
    return tuple(shape[axis] for axis in wanted if isinstance(axis, int))


@function("tf.concat", "numpy.concatenate", "keras.ops.concatenate")
def _concat_first(call: Call) -> Value:
    return _concat(call, 0)


@function("keras.backend.concatenate")
def _concat_last(call: Call) -> Value:
    return _concat(call, -1)


def _concat(call: Call, default: int) -> Value:
    values = call.argument(0, "values", "xs", "tensors", "arrays")
    axis = integer(call.argument(1, "axis")) if call.given(1, "axis") else default
    inputs = _shapes_of(values)
    if inputs is None or not isinstance(values, Sequence):
        return opaque(call, values)
    return call.tensor(None if axis is None else shapes.concatenate(inputs, axis), "concat", *values.items)


def _shapes_of(values: Value) -> list[Shape] | None:
    """The shapes of the tensors in a list; ``None`` where the file does not show which they are."""
    if not isinstance(values, Sequence) or values.open:
        return None
    tensors = map(as_tensor, values.items)
    return [None if tensor is None else tensor.shape for tensor in tensors]


def _vertical(inputs: list[Shape]) -> Shape:
    return shapes.concatenate([(1, *shape) if shape is not None and len(shape) == 1 else shape for shape in inputs], 0)


def _horizontal(inputs: list[Shape]) -> Shape:
    return shapes.concatenate(inputs, 0 if any(shape is not None and len(shape) == 1 for shape in inputs) else 1)


def _as_columns(inputs: list[Shape]) -> Shape:
    return shapes.concatenate([(*shape, 1) if shape is not None and len(shape) == 1 else shape for shape in inputs], 1)


STACKINGS: dict[str, Callable[[list[Shape]], Shape]] = {
    # What each makes of the shapes of its arrays, those of rank 1 as rows or as columns.
    "vstack": _vertical,
    "hstack": _horizontal,
    "column_stack": _as_columns,
}


def _stacking(call: Call, joined: Callable[[list[Shape]], Shape]) -> Value:
    values = call.argument(0, "tup", "xs")
    inputs = _shapes_of(values)
    if inputs is None or not isinstance(values, Sequence):
        return opaque(call, values)
    return call.tensor(joined(inputs), "concat", *values.items)


for _name, _joined in STACKINGS.items():
    function(f"numpy.{_name}", f"keras.ops.{_name}")(lambda call, joined=_joined: _stacking(call, joined))  # type: ignore[misc]


@function(*everywhere("stack"))
def _stack(call: Call) -> Value:
    values = call.argument(0, "values", "x", "arrays")
    tensor = as_tensor(values)
    axis = integer(call.argument(1, "axis")) if call.given(1, "axis") else 0
    if tensor is None or not tensor.shape or axis is None or not isinstance(values, Sequence):
        return opaque(call, values)
    return call.tensor(shapes.expand(tensor.shape[1:], axis, tensor.shape[0]), "stack", *values.items)


@function("tf.one_hot", "keras.ops.one_hot", "keras.backend.one_hot")
def _one_hot(call: Call) -> Value:
    value = call.argument(0, "indices", "x")
    last = not call.given(None, "axis") or constant(call.argument(None, "axis")) == -1
    return _with_classes(call, value, call.argument(1, "depth", "num_classes") if last else None)


@function("keras.utils.to_categorical")
def _to_categorical(call: Call) -> Value:
    value = call.argument(0, "y", "x")
    tensor = as_tensor(value)
    if tensor is not None and tensor.shape is not None and len(tensor.shape) > 1 and tensor.shape[-1] == 1:
        # It drops a trailing axis of length 1, which tf.one_hot keeps.
        value = call.tensor(tensor.shape[:-1], "squeeze", tensor)
    return _with_classes(call, value, call.argument(1, "num_classes"))


def _with_classes(call: Call, value: Value, depth: Value | None) -> Value:
    tensor = as_tensor(value)
    if tensor is None:
        return opaque(call, value)
    known = tensor.shape is not None and depth is not None
    return call.tensor((*(tensor.shape or ()), dim_of(depth or UNKNOWN)) if known else None, "one_hot", tensor)


@method("copy", "astype", "read_value", "value", "float", "to", "fillna")
def _unchanged(call: Call, tensor: Tensor) -> Value:
    return tensor


NUMBERS: dict[str, Callable[[float], float]] = {"float": float, "int": int, "round": round}


def _number(call: Call, convert: Callable[[float], float]) -> Value:
    value = call.argument(0)
    number = constant(value)
    if isinstance(number, (int, float)) and math.isfinite(number) and len(call.args) == 1:
        return Const(convert(number))
    return value if isinstance(value, Tensor) else opaque(call, value)


for _name, _convert in NUMBERS.items():
    function(_name)(lambda call, convert=_convert: _number(call, convert))  # type: ignore[misc]


@function("tf.stop_gradient", "keras.ops.stop_gradient", "keras.backend.stop_gradient")
def _detached(call: Call) -> Value:
    return call.argument(0, "input", "variable", "x")


@function(
    "tf.gather",
    "numpy.take",
    "keras.ops.take",
    "tf.gather_nd",
    "tf.boolean_mask",
    "tf.tile",
    "keras.ops.tile",
    "numpy.tile",
)
def _gathered(call: Call) -> Value:
    tensor = as_tensor(call.argument(0, "params", "a", "x", "tensor", "input"))
    return opaque(call, *call.args) if tensor is None else call.tensor(None, "select", tensor)


@function("tf.tensordot", "numpy.tensordot", "keras.ops.tensordot", "tf.einsum", "keras.ops.einsum", "numpy.einsum")
def _contracted(call: Call) -> Value:
    return opaque(call, *call.args)

"""What shape a Keras layer gives to its input."""

from __future__ import annotations

from collections.abc import Callable

from tfloss_lint.reading import shapes
from tfloss_lint.reading.library.arrays import shape_argument
from tfloss_lint.reading.values import BATCH, Const, Dim, Object, Shape, Tensor, Value, constant, integer

SAME = frozenset(
    "Activation ActivityRegularization AlphaDropout BatchNormalization Dropout ELU GaussianDropout GaussianNoise "
    "LayerNormalization GroupNormalization UnitNormalization LeakyReLU Masking Normalization "
    "PReLU ReLU Rescaling Softmax SpatialDropout1D "
    "SpatialDropout2D SpatialDropout3D ThresholdedReLU Identity RandomFlip RandomRotation RandomZoom "
    "RandomContrast RandomBrightness".split()
)
CHANNELS_LAST = frozenset(
    f"{kind}{rank}D{suffix}"
    for kind in ("Conv", "SeparableConv", "Convolution")
    for rank in (1, 2, 3)
    for suffix in ("", "Transpose")
)
POOLING = frozenset(
    f"{kind}{rank}D"
    for kind in (
        "MaxPooling",
        "AveragePooling",
        "MaxPool",
        "AvgPool",
        "UpSampling",
        "ZeroPadding",
        "Cropping",
        "DepthwiseConv",
    )
    for rank in (1, 2, 3)
)
GLOBAL_POOLING = frozenset(
    f"Global{kind}{rank}D" for kind in ("MaxPooling", "AveragePooling", "MaxPool", "AvgPool") for rank in (1, 2, 3)
)
MERGING = frozenset({"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"})


def short_name(kind: str) -> str:
    """``Dense`` of ``keras.layers.Dense``."""
    return kind.rsplit(".", 1)[-1]


def units(layer: Object) -> Dim:
    """The width that ``Dense(units)`` and its like give to the last axis."""
    return integer(layer.config("units", 0)) if layer.given("units", 0) else None


class LastAxis(tuple[Dim, ...]):
    """``(batch, units)`` for an output of unknown rank: what is said of it holds of its first and last axis alone."""

    __slots__ = ()


def output_shape(layer: Object, shape: Shape) -> Shape:
    """The shape of ``layer(x)`` for ``x`` of this shape."""
    name = short_name(layer.kind)
    if name in SAME:
        return shape
    if isinstance(shape, LastAxis) and name != "Dense":
        shape = None
    handler = HANDLERS.get(name)
    if handler is not None:
        return handler(layer, shape)
    if shape is None:
        return None
    if name not in CHANNELS_LAST | POOLING | GLOBAL_POOLING or len(shape) < 2:
        return None
    channels_last = not layer.given("data_format") or constant(layer.config("data_format")) == "channels_last"
    if name in GLOBAL_POOLING:
        return (shape[0], shape[-1] if channels_last else None) if not layer.given("keepdims") else None
    channels = integer(layer.config("filters", 0)) if name in CHANNELS_LAST else shape[-1]
    if not channels_last or name.startswith("Depthwise"):
        channels = None
    keeps = name in CHANNELS_LAST and constant(layer.config("padding", 3)) == "same" and not layer.given("strides", 2)
    places = shape[1:-1] if keeps and channels_last else (None,) * (len(shape) - 2)
    return (shape[0], *places, channels)


def _dense(layer: Object, shape: Shape) -> Shape:
    if shape is None or isinstance(shape, LastAxis):
        # Dense asks for rank 2 or more.
        return LastAxis((BATCH, units(layer)))
    return (*shape[:-1], units(layer)) if len(shape) > 1 else None


def _flatten(layer: Object, shape: Shape) -> Shape:
    return None if not shape else (shape[0], shapes.size(shape[1:]))


def _reshape(layer: Object, shape: Shape) -> Shape:
    target = shape_argument(layer.config("target_shape", 0))
    if target is None:
        return None
    inner = shapes.reshape(None if shape is None else shape[1:], target)
    return None if inner is None else (BATCH if not shape else shape[0], *inner)


def _embedding(layer: Object, shape: Shape) -> Shape:
    return None if shape is None else (*shape, integer(layer.config("output_dim", 1)))


def _recurrent(layer: Object, shape: Shape) -> Shape:
    if constant(layer.config("return_state")) is True:
        return None
    width, first = units(layer), BATCH if not shape else shape[0]
    if constant(layer.config("return_sequences")) is True:
        return (first, shape[1] if shape is not None and len(shape) > 1 else None, width)
    sequences = layer.config("return_sequences")
    return (first, width) if isinstance(sequences, Const) or not layer.given("return_sequences") else None


def _repeat(layer: Object, shape: Shape) -> Shape:
    return None if not shape else (shape[0], integer(layer.config("n", 0)), shape[-1])


def _permute(layer: Object, shape: Shape) -> Shape:
    order = shape_argument(layer.config("dims", 0))
    if not shape or order is None or sorted(map(str, order)) != sorted(map(str, range(1, len(shape)))):
        return None
    # The samples stay first, so the other axes count from 1.
    return (shape[0], *(shape[axis] for axis in order if isinstance(axis, int)))


def _inner(layer: Object) -> Object | None:
    """The layer that a wrapping layer is given."""
    inner = layer.config("layer", 0)
    return inner if isinstance(inner, Object) and inner.cls is None else None


def _wrapping(layer: Object, shape: Shape) -> Shape:
    inner = _inner(layer)
    return None if inner is None else output_shape(inner, shape)


def _time_distributed(layer: Object, shape: Shape) -> Shape:
    inner = _inner(layer)
    if inner is None or shape is None or len(shape) < 3:
        return None
    step = output_shape(inner, (shape[0], *shape[2:]))
    return None if not step else (step[0], shape[1], *step[1:])


def _bidirectional(layer: Object, shape: Shape) -> Shape:
    one_way = _wrapping(layer, shape)
    mode = constant(layer.config("merge_mode", 1)) if layer.given("merge_mode", 1) else "concat"
    if not one_way or mode not in ("concat", "sum", "mul", "ave"):
        return None
    width = one_way[-1]
    return (*one_way[:-1], width * 2 if mode == "concat" and isinstance(width, int) else width)


HANDLERS: dict[str, Callable[[Object, Shape], Shape]] = {
    "Dense": _dense,
    "Permute": _permute,
    "SpectralNormalization": _wrapping,
    "TimeDistributed": _time_distributed,
    "Bidirectional": _bidirectional,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Embedding": _embedding,
    "LSTM": _recurrent,
    "GRU": _recurrent,
    "SimpleRNN": _recurrent,
    "RepeatVector": _repeat,
    "InputLayer": lambda layer, shape: input_shape(layer) or shape,
}


KNOWN = (
    SAME | CHANNELS_LAST | POOLING | GLOBAL_POOLING | MERGING | frozenset(HANDLERS) | {"Concatenate", "Layer", "Lambda"}
)
"""Layers that the reader knows by name."""


def merged_shape(layer: Object, values: list[Value]) -> Shape:
    """The shape of ``Add()([a, b])`` and ``Concatenate()([a, b])``."""
    inputs = [value.shape if isinstance(value, Tensor) else None for value in values]
    name = short_name(layer.kind)
    if name == "Concatenate":
        axis = integer(layer.config("axis", 0)) if layer.given("axis", 0) else -1
        return None if axis is None else shapes.concatenate(inputs, axis)
    if name in MERGING and inputs:
        merged = inputs[0]
        for other in inputs[1:]:
            merged = shapes.broadcast(merged, other)
        return merged
    return None


def input_shape(layer: Object) -> Shape:
    """The shape that ``input_shape=``, ``Input(shape)`` or ``batch_shape=`` declares, batch axis first."""
    for name in ("input_shape", "shape"):
        if layer.given(name):
            inner = shape_argument(layer.config(name))
            return None if inner is None else (BATCH, *inner)
    for name in ("batch_shape", "batch_input_shape"):
        if layer.given(name):
            whole = shape_argument(layer.config(name))
            return None if not whole else (BATCH, *whole[1:])
    if layer.given("input_dim"):
        return (BATCH, integer(layer.config("input_dim")))
    if short_name(layer.kind) in ("Input", "InputLayer") and layer.args:
        inner = shape_argument(layer.args[0])
        return None if inner is None else (BATCH, *inner)
    return None

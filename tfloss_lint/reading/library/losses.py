"""Library losses: functions, Loss objects and what a string given to ``compile`` stands for."""

from __future__ import annotations

from tfloss_lint.names import loss_from_string
from tfloss_lint.reading.events import Meeting
from tfloss_lint.reading.library.table import Call, UnknownAxesError, as_tensor, axes_of, function
from tfloss_lint.reading.shapes import broadcast, reduce
from tfloss_lint.reading.values import (
    UNKNOWN,
    Choice,
    Class,
    Const,
    Function,
    Mapping,
    Object,
    Ref,
    Role,
    Sequence,
    Shape,
    Tensor,
    Value,
    constant,
)

FAMILIES: dict[str, str] = {
    # Keras's functional losses, each a mean over the last axis of an elementwise error.
    "mean_squared_error": "squared error",
    "mean_absolute_error": "absolute error",
    "mean_absolute_percentage_error": "percentage error",
    "mean_squared_logarithmic_error": "squared logarithmic error",
    "huber": "Huber loss",
    "log_cosh": "log-cosh",
    "binary_crossentropy": "binary cross-entropy",
    "binary_focal_crossentropy": "binary focal cross-entropy",
    "categorical_crossentropy": "cross-entropy",
    "categorical_focal_crossentropy": "focal cross-entropy",
    "sparse_categorical_crossentropy": "cross-entropy",
    "kl_divergence": "KL divergence",
    "poisson": "Poisson loss",
    "hinge": "hinge loss",
    "squared_hinge": "squared hinge loss",
    "categorical_hinge": "categorical hinge loss",
    "cosine_similarity": "cosine similarity",
}
FUNCTIONS_OF_FAMILIES: dict[str, str] = {family: name for name, family in reversed(FAMILIES.items())}
"""The plainest function of each family."""
CLASSES: dict[str, str] = {
    "MeanSquaredError": "mean_squared_error",
    "MeanAbsoluteError": "mean_absolute_error",
    "MeanAbsolutePercentageError": "mean_absolute_percentage_error",
    "MeanSquaredLogarithmicError": "mean_squared_logarithmic_error",
    "Huber": "huber",
    "LogCosh": "log_cosh",
    "BinaryCrossentropy": "binary_crossentropy",
    "BinaryFocalCrossentropy": "binary_focal_crossentropy",
    "CategoricalCrossentropy": "categorical_crossentropy",
    "CategoricalFocalCrossentropy": "categorical_focal_crossentropy",
    "SparseCategoricalCrossentropy": "sparse_categorical_crossentropy",
    "KLDivergence": "kl_divergence",
    "Poisson": "poisson",
    "Hinge": "hinge",
    "SquaredHinge": "squared_hinge",
    "CategoricalHinge": "categorical_hinge",
    "CosineSimilarity": "cosine_similarity",
}
SUMS_CLASSES = frozenset(
    {"categorical_crossentropy", "categorical_focal_crossentropy", "kl_divergence", "cosine_similarity"}
)
"""Losses that sum over the last axis where the others take its mean."""
CLASS_PER_SAMPLE = SUMS_CLASSES | {"sparse_categorical_crossentropy"}
"""Losses whose prediction always has a class axis, so that their functional form is never a scalar."""


def function_of(value: Value) -> str | None:
    """The short name of the functional loss that a library loss value computes: ``mean_squared_error``."""
    if isinstance(value, Const) and isinstance(value.value, str):
        resolved = loss_from_string(value.value)
        value = Ref(resolved) if resolved is not None else value
    if isinstance(value, Object) and value.cls is None and value.kind.startswith(("keras.losses.", "keras.metrics.")):
        return CLASSES.get(value.kind.rsplit(".", 1)[-1])
    if isinstance(value, Ref) and value.name.startswith(("keras.losses.", "keras.metrics.")):
        short = value.name.rsplit(".", 1)[-1]
        return short if short in FAMILIES else CLASSES.get(short)
    return None


def reduction_of(loss: Object) -> str | None:
    """The reduction of a Loss object: ``mean``, ``sum``, ``none``, or ``None`` where the file does not show it."""
    position = REDUCTION_AT.get(loss.kind.rsplit(".", 1)[-1])
    if not loss.given("reduction", position):
        return "mean"
    value = loss.config("reduction", position)
    name = value.name.rsplit(".", 1)[-1] if isinstance(value, Ref) else constant(value)
    if name is None:
        return "none"
    return REDUCTION_NAMES.get(name.lower()) if isinstance(name, str) else None


REDUCTION_AT: dict[str, int] = {
    # The position of ``reduction`` among the arguments, where the generations agree.
    **dict.fromkeys(CLASSES, 0),
    "Huber": 1,
    "CosineSimilarity": 1,
    "SparseCategoricalCrossentropy": 2,
    "BinaryCrossentropy": 3,
    "CategoricalCrossentropy": 3,
    "CategoricalFocalCrossentropy": 5,
    "BinaryFocalCrossentropy": 6,
}


REDUCTION_NAMES = {
    "auto": "mean",
    "sum_over_batch_size": "mean",
    "mean": "mean",
    "mean_with_sample_weight": "mean",
    "sum": "sum",
    "none": "none",
}


AXIS_AT = {"binary_crossentropy": 4, "categorical_crossentropy": 4, "cosine_similarity": 2}
"""The position of ``axis`` among a functional loss's arguments, where the generations agree."""
MOST_ARGUMENTS = 4
"""Past these the arguments of the other functions differ from one generation to the next."""


def axes_reduced(call: Call, short: str) -> tuple[int, ...] | None:
    """The axes that a functional loss reduces; ``None`` where the file does not show them."""
    position = AXIS_AT.get(short)
    if position is None and len(call.args) > MOST_ARGUMENTS:
        return None
    if not call.given(position, "axis"):
        return (-1,)
    try:
        return axes_of(call.argument(position, "axis"), given=True)
    except UnknownAxesError:
        return None


def per_sample_shape(short: str, label: Shape, prediction: Shape, axes: tuple[int, ...] = (-1,)) -> Shape:
    """The shape of a functional loss, labels and predictions aligned: by default the last axis is reduced."""
    if axes != (-1,):
        return reduce(broadcast(label, prediction), axes, keepdims=False)
    if short == "sparse_categorical_crossentropy":
        return None if not prediction else prediction[:-1]
    if label is None or prediction is None:
        # The loss is elementwise up to its last axis, so one known shape of rank 2 or more settles the rank.
        return prediction[:-1] if prediction is not None and len(prediction) > 1 else None
    if abs(len(label) - len(prediction)) == 1:
        longer = max(label, prediction, key=len)
        if longer[-1] == 1:
            return longer[:-1]
    whole = broadcast(label, prediction)
    return None if not whole else whole[:-1]


def leaf(value: Value) -> Tensor:
    """The value as a tensor, of unknown shape where nothing is known."""
    tensor = as_tensor(value)
    return Tensor(None, frozenset(), "unknown") if tensor is None else tensor


def library_loss(call: Call, name: str, label: Value, prediction: Value) -> Tensor:
    """A functional loss: the per-sample values."""
    short = name.rsplit(".", 1)[-1]
    true, predicted = leaf(label), leaf(prediction)
    axes = axes_reduced(call, short)
    shape = None if axes is None else per_sample_shape(short, true.shape, predicted.shape, axes)
    if shape == () and true.rank != predicted.rank:
        shape = None
    op = "opaque" if axes is None else "loss"
    result = call.tensor(shape, op, true, predicted, axes=axes, detail=Ref(name))
    meet(call, true, predicted, result, name)
    return result


def meet(
    call: Call, label: Tensor, prediction: Tensor, result: Tensor, name: str, config: Object | None = None
) -> None:
    """Record that a loss compares two tensors."""
    swapped = Role.PREDICTION in label.sources and bool(prediction.sources & {Role.LABEL})
    if swapped:
        label, prediction = prediction, label
    call.interpreter.record(
        Meeting(
            call.node,
            *call.interpreter.place(),
            label=label,
            prediction=prediction,
            result=result,
            loss=name,
            compiled_as=call.interpreter.compiled_as,
            swapped=swapped,
            call=call.interpreter.frame.call,
            config=config or Object(name, args=call.args, kwargs=call.kwargs, node=call.node),
        )
    )


def call_object(call: Call, loss: Object) -> Value:
    """A Loss object called on labels and predictions."""
    label, prediction = call.argument(0, "y_true"), call.argument(1, "y_pred")
    short = function_of(loss)
    true, predicted = leaf(label), leaf(prediction)
    reduction = reduction_of(loss)
    shape: Shape = () if reduction in ("mean", "sum") else None
    weights = weights_of(call, 2)
    if short is None:
        return call.tensor(shape, "loss_object", true, predicted, *weights, detail=loss)
    if reduction == "none" and not loss.given("axis"):
        shape = per_sample_shape(short, true.shape, predicted.shape)
    result = call.tensor(shape, "loss_object", true, predicted, *weights, detail=loss)
    meet(call, true, predicted, result, loss.kind, loss)
    return result


def weights_of(call: Call, position: int) -> list[Value]:
    """The sample weights that a loss is given."""
    weights = call.argument(position, "sample_weight")
    return [] if constant(weights) is None or not call.given(position, "sample_weight") else [weights]


def resolve(value: Value) -> Value:
    """A loss as ``compile`` takes it: a string becomes the library's function."""
    if isinstance(value, Const) and isinstance(value.value, str):
        name = loss_from_string(value.value)
        return UNKNOWN if name is None else Ref(name)
    return value


def is_loss(value: Value) -> bool:
    """Whether it is, or may be, a loss given to ``compile``: anything but ``None``."""
    if isinstance(value, Choice):
        return all(is_loss(option) for option in value.options)
    if isinstance(value, Const):
        return isinstance(value.value, str) and bool(value.value)
    if isinstance(value, (Sequence, Mapping)):
        items = value.items if isinstance(value, Sequence) else list(value.items.values())
        return bool(items) and all(map(is_loss, items))
    return isinstance(value, (Ref, Object, Function, Class))


def _register() -> None:
    for short in FAMILIES:
        name = f"keras.losses.{short}"
        function(name)(
            lambda call, name=name: library_loss(  # type: ignore[misc]
                call, name, call.argument(0, "y_true"), call.argument(1, "y_pred")
            )
        )


_register()


@function("keras.losses.get", "keras.losses.deserialize")
def _get(call: Call) -> Value:
    return resolve(call.argument(0, "identifier", "name"))


NN_LOSSES = {
    # TensorFlow's own: name, what it computes, whether the class axis is consumed
    "tf.nn.softmax_cross_entropy_with_logits": ("categorical_crossentropy", True),
    "tf.nn.sparse_softmax_cross_entropy_with_logits": ("sparse_categorical_crossentropy", True),
    "tf.nn.sigmoid_cross_entropy_with_logits": ("binary_crossentropy", False),
}


def _nn_loss(call: Call, name: str) -> Value:
    short, reduces = NN_LOSSES[name]
    label, prediction = leaf(call.argument(0, "labels")), leaf(call.argument(1, "logits"))
    shape = (
        per_sample_shape(short, label.shape, prediction.shape) if reduces else broadcast(label.shape, prediction.shape)
    )
    op = "loss" if reduces else "elementwise_loss"
    result = call.tensor(shape, op, label, prediction, detail=Ref(f"keras.losses.{short}"))
    meet(call, label, prediction, result, name)
    return result


for _name in NN_LOSSES:
    function(_name)(lambda call, name=_name: _nn_loss(call, name))  # type: ignore[misc]


@function(
    "keras.backend.binary_crossentropy",
    "keras.ops.binary_crossentropy",
)
def _elementwise_binary(call: Call) -> Value:
    label, prediction = leaf(call.argument(0, "target")), leaf(call.argument(1, "output"))
    shape = broadcast(label.shape, prediction.shape)
    return call.tensor(shape, "elementwise_loss", label, prediction, detail=Ref("keras.losses.binary_crossentropy"))


@function(
    "keras.backend.categorical_crossentropy",
    "keras.ops.categorical_crossentropy",
    "keras.backend.sparse_categorical_crossentropy",
    "keras.ops.sparse_categorical_crossentropy",
)
def _backend_categorical(call: Call) -> Value:
    label, prediction = leaf(call.argument(0, "target")), leaf(call.argument(1, "output"))
    shape = None if not prediction.shape else prediction.shape[:-1]
    return call.tensor(shape, "loss", label, prediction, detail=Ref("keras.losses.categorical_crossentropy"))


COMPAT_V1_LOSSES = frozenset(
    f"tf.compat.v1.losses.{name}"
    for name in (
        "mean_squared_error absolute_difference huber_loss log_loss hinge_loss softmax_cross_entropy "
        "sparse_softmax_cross_entropy sigmoid_cross_entropy cosine_distance"
    ).split()
)


@function(*sorted(COMPAT_V1_LOSSES))
def _compat_v1(call: Call) -> Value:
    # These reduce to a scalar by themselves.
    return call.tensor((), "opaque", *call.args, *call.kwargs.values())

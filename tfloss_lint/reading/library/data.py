"""Pipelines of tf.data, and what fit hands to a step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tfloss_lint.reading.events import Batching
from tfloss_lint.reading.library import frames
from tfloss_lint.reading.library.table import Call, as_tensor, function, opaque
from tfloss_lint.reading.values import (
    BATCH,
    UNKNOWN,
    Const,
    Dataset,
    Dim,
    Mapping,
    Object,
    Role,
    Sequence,
    Tensor,
    Value,
    constant,
    integer,
    join,
)

DATA = frozenset({Role.DATA})


def _origin(tensor: Tensor) -> Tensor:
    """The array that a tensor was cut from, however often it was cut."""
    origin = tensor.detail if tensor.op in ("sample", "batch", "input") else None
    return origin if isinstance(origin, Tensor) else tensor


def without_first(value: Value) -> Value:
    """One sample of arrays: ``from_tensor_slices`` cuts along the first axis."""
    if isinstance(value, Sequence):
        return Sequence([without_first(item) for item in value.items], False, value.open)
    if isinstance(value, Mapping):
        return Mapping({key: without_first(item) for key, item in value.items.items()}, {}, value.open)
    tensor = as_tensor(value)
    if tensor is None:
        return UNKNOWN
    shape = tensor.shape[1:] if tensor.shape else None
    return Tensor(shape, tensor.sources, "sample", (), tensor.node, None, _origin(tensor))


def with_first(value: Value, length: Dim) -> Value:
    """A batch of samples."""
    if isinstance(value, Sequence):
        return Sequence([with_first(item, length) for item in value.items], False, value.open)
    if isinstance(value, Mapping):
        return Mapping({key: with_first(item, length) for key, item in value.items.items()}, {}, value.open)
    tensor = as_tensor(value)
    if tensor is None:
        return UNKNOWN
    shape = None if tensor.shape is None else (length, *tensor.shape)
    return Tensor(shape, tensor.sources or DATA, "batch", (), tensor.node, None, _origin(tensor))


def first_length(value: Value) -> int | None:
    """How many samples arrays hold."""
    if isinstance(value, Sequence):
        return next((n for n in map(first_length, value.items) if n is not None), None)
    tensor = as_tensor(value)
    length = tensor.shape[0] if tensor is not None and tensor.shape else None
    return length if isinstance(length, int) else None


@function("tf.data.Dataset.from_tensor_slices")
def _from_slices(call: Call) -> Value:
    value = call.argument(0, "tensors")
    return Dataset(without_first(value), size=first_length(value))


@function("tf.data.Dataset.from_tensors")
def _from_tensors(call: Call) -> Value:
    return Dataset(call.argument(0, "tensors"), size=1)


@function("tf.data.Dataset.zip")
def _zip(call: Call) -> Value:
    given = call.args[0] if len(call.args) == 1 else Sequence(list(call.args))
    if not isinstance(given, Sequence) or given.open:
        return Dataset(UNKNOWN)
    parts = [item for item in given.items if isinstance(item, Dataset)]
    if len(parts) != len(given.items) or not parts:
        return Dataset(UNKNOWN)
    sizes = {part.size for part in parts}
    return Dataset(
        Sequence([part.element for part in parts]),
        parts[0].batch_size,
        parts[0].batched,
        parts[0].drops_remainder,
        sizes.pop() if len(sizes) == 1 else None,
    )


@function(
    "tf.data.Dataset.range",
    "tf.data.Dataset.list_files",
    "tf.data.TFRecordDataset",
    "tf.data.TextLineDataset",
    "keras.utils.image_dataset_from_directory",
    "keras.preprocessing.image_dataset_from_directory",
    "keras.utils.text_dataset_from_directory",
    "keras.utils.timeseries_dataset_from_array",
)
def _other(call: Call) -> Value:
    return Dataset(UNKNOWN)


@function("tf.data.Dataset.from_generator")
def _from_generator(call: Call) -> Value:
    from tfloss_lint.reading import calls

    generator = call.argument(0, "generator")
    if call.given(None, "args"):
        return Dataset(UNKNOWN)
    generated = calls.call_value(call.interpreter, generator, [], {}, call.node)
    return Dataset(generated.element() if isinstance(generated, Sequence) else UNKNOWN)


KEEPING = frozenset("shuffle prefetch cache with_options ignore_errors".split())
RESIZING = frozenset("take skip filter shard repeat".split())
REMAKING = frozenset(
    "window interleave flat_map group_by_window bucket_by_sequence_length scan snapshot rebatch ragged_batch unique "
    "rejection_resample".split()
)
"""Methods that leave nothing known of the elements."""


def dataset_method(call: Call, dataset: Dataset, name: str) -> Value:
    """A method of a ``tf.data`` pipeline."""
    if name in KEEPING:
        return dataset
    if name in RESIZING:
        size = dataset.size if name == "repeat" and not call.args and not call.kwargs else None
        return replace(dataset, size=size)
    if name in REMAKING:
        return Dataset(UNKNOWN)
    handler = METHODS.get(name)
    return UNKNOWN if handler is None else handler(call, dataset)


def _batch(call: Call, dataset: Dataset, drop_at: int = 1) -> Value:
    size = call.argument(0, "batch_size")
    number = integer(size)
    drops = constant(call.argument(drop_at, "drop_remainder")) is True
    call.interpreter.record(
        Batching(
            call.node,
            *call.interpreter.place(),
            size=number,
            size_node=call.argument_node(0, "batch_size"),
            samples=dataset.size,
            drops_remainder=drops,
        )
    )
    length: Dim = 1 if number == 1 else BATCH
    if dataset.size is not None and number is not None and dataset.size <= number:
        # A batch that holds the whole data set is no batch of unknown length.
        length = dataset.size
    return Dataset(with_first(dataset.element, length), size, True, drops, dataset.size)


def _map(call: Call, dataset: Dataset) -> Value:
    from tfloss_lint.reading import calls

    element = dataset.element
    args = list(element.items) if isinstance(element, Sequence) and not element.is_list else [element]
    mapped = calls.call_value(call.interpreter, call.argument(0, "map_func"), args, {}, call.node)
    return replace(dataset, element=mapped)


def _apply(call: Call, dataset: Dataset) -> Value:
    from tfloss_lint.reading import calls

    result = calls.call_value(call.interpreter, call.argument(0, "transformation_func"), [dataset], {}, call.node)
    return result if isinstance(result, Dataset) else Dataset(UNKNOWN)


def _concatenate(call: Call, dataset: Dataset) -> Value:
    other = call.argument(0, "dataset")
    element = join(dataset.element, other.element) if isinstance(other, Dataset) else UNKNOWN
    return replace(dataset, element=element, size=None)


METHODS: dict[str, Callable[[Call, Dataset], Value]] = {
    "batch": _batch,
    "padded_batch": lambda call, dataset: _batch(call, dataset, drop_at=3),
    "unbatch": lambda call, dataset: Dataset(without_first(dataset.element)),
    "map": _map,
    "apply": _apply,
    "concatenate": _concatenate,
    "enumerate": lambda call, dataset: Object("enumerate", args=[dataset], node=call.node),
    "as_numpy_iterator": lambda call, dataset: dataset,
    "reduce": lambda call, dataset: opaque(call, dataset.element),
}


def is_over_batches(iterable: Value) -> bool:
    """Whether a loop goes over a data set, be it counted or zipped."""
    if isinstance(iterable, Object) and iterable.kind in ("enumerate", "zip"):
        return any(map(is_over_batches, iterable.args))
    return isinstance(iterable, Dataset)


def with_roles(element: Value) -> Value:
    """A data set's element with Keras's convention: features, label, sample weight by position in a tuple."""
    roles = (Role.FEATURES, Role.LABEL, Role.WEIGHT)
    if isinstance(element, Sequence) and not element.open and len(element.items) in (2, 3):
        return Sequence([as_role(item, role) for item, role in zip(element.items, roles)])
    if isinstance(element, Tensor):
        return as_role(element, Role.FEATURES)
    # Nothing is known of it, but by convention it holds features and labels.
    return Tensor(None, frozenset(), "step data") if element is UNKNOWN else element


def as_role(value: Value, role: Role) -> Value:
    """The value as a leaf of that role."""
    if isinstance(value, Sequence):
        return Sequence([as_role(item, role) for item in value.items], value.is_list, value.open)
    if isinstance(value, Mapping):
        return Mapping({key: as_role(item, role) for key, item in value.items.items()}, {}, value.open)
    tensor = as_tensor(value)
    if tensor is None:
        return Tensor(None, frozenset({role}), "input") if not isinstance(value, Const) else value
    return Tensor(tensor.shape, frozenset({role}), "input", (), tensor.node, None, _origin(tensor))


def fit_element(call: Call, x: Value, y: Value, weight: Value) -> Value:
    """What one batch of ``fit(x, y)`` hands to a step."""
    if isinstance(x, Dataset):
        element = x.element
        if constant(weight) is not None and isinstance(element, Sequence) and len(element.items) == 2:
            # Class weights become sample weights.
            element = Sequence([*element.items, with_first(without_first(weight), BATCH)])
        return with_roles(element)
    given = [part for part in (x, y, weight) if constant(part) is not None]
    parts: list[Value] = []
    for part in given:
        sample = without_first(part)
        batch = with_first(sample, BATCH)
        tensor = as_tensor(part)
        is_column = tensor is not None and frames.is_column(tensor)
        if tensor is not None and is_column is not False:
            # fit() turns a pandas column into (batch, 1), on Keras 2 and 3.
            batch = Tensor((BATCH, 1) if is_column else None, DATA, "batch", (), tensor.node, None, _origin(tensor))
        parts.append(batch)
    if len(parts) == 1:
        return with_roles(parts[0])
    return with_roles(Sequence(parts))

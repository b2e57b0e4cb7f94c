"""Where data come from: keras.datasets, scikit-learn, pandas and tf.data pipelines."""

from __future__ import annotations

from tfloss_lint.reading.events import Batching
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
    Shape,
    Tensor,
    Value,
    constant,
    integer,
)

DATA = frozenset({Role.DATA})

KERAS_DATASETS: dict[str, tuple[tuple[int, ...], tuple[int, ...], int, int]] = {
    # name: shape of one feature, shape of one label, training samples, test samples
    # (https://keras.io/api/datasets: the loaders' documented return values)
    "mnist": ((28, 28), (), 60000, 10000),
    "fashion_mnist": ((28, 28), (), 60000, 10000),
    "cifar10": ((32, 32, 3), (1,), 50000, 10000),
    "cifar100": ((32, 32, 3), (1,), 50000, 10000),
    "boston_housing": ((13,), (), 404, 102),
    "california_housing": ((8,), (), 16512, 4128),
    "imdb": ((), (), 25000, 25000),
    "reuters": ((), (), 8982, 2246),
}
SKLEARN_DATASETS: dict[str, tuple[int, int]] = {
    # name: samples and features (https://scikit-learn.org/stable/datasets/toy_dataset.html)
    "load_diabetes": (442, 10),
    "load_digits": (1797, 64),
    "load_iris": (150, 4),
    "load_wine": (178, 13),
    "load_breast_cancer": (569, 30),
    "fetch_california_housing": (20640, 8),
    "load_boston": (506, 13),
    "load_linnerud": (20, 3),
}
SKLEARN_TARGETS: dict[str, int] = {"load_linnerud": 3}
"""The width of the labels where they are not rank 1."""


def array(shape: Shape, call: Call) -> Tensor:
    return Tensor(shape, DATA, "array", (), call.node)


def _register() -> None:
    for name, (features, label, train, test) in KERAS_DATASETS.items():
        function(f"keras.datasets.{name}.load_data")(
            lambda call, features=features, label=label, train=train, test=test: _load_data(  # type: ignore[misc]
                call, features, label, train, test
            )
        )
    for name, (samples, width) in SKLEARN_DATASETS.items():
        function(f"sklearn.datasets.{name}")(
            lambda call, name=name, samples=samples, width=width: _bunch(  # type: ignore[misc]
                call, samples, width, SKLEARN_TARGETS.get(name)
            )
        )


def _load_data(call: Call, features: tuple[int, ...], label: tuple[int, ...], train: int, test: int) -> Value:
    # A test_split or num_words of the user's changes how many samples there are, never their rank.
    if call.given(None, "test_split"):
        return Sequence([Sequence([array((None, *features), call), array((None, *label), call)]) for _ in range(2)])
    return Sequence([Sequence([array((size, *features), call), array((size, *label), call)]) for size in (train, test)])


def _bunch(call: Call, samples: int, width: int, targets: int | None) -> Value:
    data = array((samples, width), call)
    target = array((samples,) if targets is None else (samples, targets), call)
    if constant(call.argument(None, "return_X_y")) is True:
        return Sequence([data, target])
    return Object("sklearn.utils.Bunch", attrs={"data": data, "target": target}, node=call.node)


_register()


@function(
    "sklearn.datasets.make_regression",
    "sklearn.datasets.make_classification",
    "sklearn.datasets.make_moons",
    "sklearn.datasets.make_circles",
    "sklearn.datasets.make_blobs",
    "sklearn.datasets.make_friedman1",
)
def _made(call: Call) -> Value:
    samples = integer(call.argument(0, "n_samples")) if call.given(0, "n_samples") else 100
    width = integer(call.argument(1, "n_features"))
    targets = call.argument(None, "n_targets")
    several = call.given(None, "n_targets") and integer(targets) != 1
    label: Shape = (samples, integer(targets)) if several else (samples,)
    if several and integer(targets) is None:
        label = None
    return Sequence([array((samples, width), call), array(label, call)])


@function("sklearn.model_selection.train_test_split")
def _split(call: Call) -> Value:
    parts: list[Value] = []
    for value in call.args:
        tensor = as_tensor(value)
        if tensor is not None and tensor.shape:
            part: Value = Tensor((None, *tensor.shape[1:]), tensor.sources, tensor.op, (), tensor.node or call.node)
        else:
            part = value if isinstance(value, Object) else UNKNOWN
        parts += [part, part]
    return Sequence(parts)


@function("sklearn.preprocessing.scale", "sklearn.preprocessing.normalize", "sklearn.preprocessing.minmax_scale")
def _scaled(call: Call) -> Value:
    tensor = as_tensor(call.argument(0, "X"))
    return opaque(call, *call.args) if tensor is None else array(tensor.shape, call)


# pandas


@function(
    "pandas.read_csv",
    "pandas.DataFrame",
    "pandas.read_excel",
    "pandas.get_dummies",
    "pandas.concat",
    "pandas.read_table",
)
def _frame(call: Call) -> Value:
    return Object("pandas.DataFrame", node=call.node)


@function("pandas.Series")
def _series(call: Call) -> Value:
    return Tensor((None,), DATA, "series", (), call.node)


FRAME_METHODS = frozenset(
    "drop dropna fillna copy head tail sample reset_index sort_values astype replace iloc loc query join merge "
    "select_dtypes apply set_index rename".split()
)


def frame_method(call: Call, frame: Object, name: str) -> Value:
    """A method of a pandas table."""
    if name == "pop":
        return Tensor((None,), DATA, "series", (), call.node)
    if name in ("to_numpy",):
        return array((None, None), call)
    return Object("pandas.DataFrame", node=call.node) if name in FRAME_METHODS else UNKNOWN


# tf.data


def without_first(value: Value) -> Value:
    """One sample of arrays: ``from_tensor_slices`` cuts along the first axis."""
    if isinstance(value, Sequence):
        return Sequence([without_first(item) for item in value.items], False, value.open)
    if isinstance(value, Mapping):
        return Mapping({key: without_first(item) for key, item in value.items.items()}, {}, value.open)
    tensor = as_tensor(value)
    if tensor is None:
        return Tensor(None, DATA, "sample") if isinstance(value, Object) else UNKNOWN
    shape = tensor.shape[1:] if tensor.shape else None
    return Tensor(shape, tensor.sources, "sample", (), tensor.node)


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
    return Tensor(shape, tensor.sources or DATA, "batch", (), tensor.node)


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
    "tf.data.Dataset.from_generator",
    "tf.data.Dataset.list_files",
    "tfds.load",
    "tensorflow_datasets.load",
)
def _other(call: Call) -> Value:
    return Dataset(UNKNOWN)


KEEPING = frozenset("shuffle prefetch cache with_options ignore_errors apply".split())
RESIZING = frozenset("take skip filter shard repeat".split())


def dataset_method(call: Call, dataset: Dataset, name: str) -> Value:
    """A method of a ``tf.data`` pipeline."""
    if name in KEEPING:
        return dataset
    if name in RESIZING:
        size = dataset.size if name == "repeat" and not call.args and not call.kwargs else None
        return Dataset(dataset.element, dataset.batch_size, dataset.batched, dataset.drops_remainder, size)
    if name in ("batch", "padded_batch"):
        size = call.argument(0, "batch_size")
        dropped = call.argument(2 if name == "padded_batch" else 1, "drop_remainder")
        drops = constant(dropped) is True
        length: Dim = BATCH if integer(size) != 1 else 1
        call.interpreter.record(
            Batching(
                call.node,
                *call.interpreter.place(),
                size=integer(size),
                size_node=call.argument_node(0, "batch_size"),
                samples=dataset.size,
                drops_remainder=drops,
            )
        )
        if length == BATCH and dataset.size is not None and integer(size) is not None:
            # A batch that holds the whole data set is no batch of unknown length.
            length = dataset.size if dataset.size <= (integer(size) or 0) else BATCH
        return Dataset(with_first(dataset.element, length), size, True, drops, dataset.size)
    if name == "unbatch":
        return Dataset(without_first(dataset.element), size=dataset.size)
    if name == "map":
        from tfloss_lint.reading import calls

        function_value = call.argument(0, "map_func")
        element = dataset.element
        args = list(element.items) if isinstance(element, Sequence) and not element.is_list else [element]
        mapped = calls.call_value(call.interpreter, function_value, args, {}, call.node)
        return Dataset(mapped, dataset.batch_size, dataset.batched, dataset.drops_remainder, dataset.size)
    if name == "enumerate":
        return Dataset(Sequence([UNKNOWN, dataset.element]), dataset.batch_size, dataset.batched)
    if name in ("as_numpy_iterator", "make_one_shot_iterator", "__iter__"):
        return dataset
    if name == "cardinality":
        return UNKNOWN
    return opaque(call, dataset.element) if name == "reduce" else UNKNOWN


def with_roles(element: Value) -> Value:
    """A data set's element with Keras's convention: features, label, sample weight by position in a tuple."""
    roles = (Role.FEATURES, Role.LABEL, Role.WEIGHT)
    if isinstance(element, Sequence) and not element.open and len(element.items) in (2, 3):
        return Sequence([as_role(item, role) for item, role in zip(element.items, roles)])
    if isinstance(element, Tensor):
        return as_role(element, Role.FEATURES)
    return element


def as_role(value: Value, role: Role) -> Value:
    """The value as a leaf of that role."""
    if isinstance(value, Sequence):
        return Sequence([as_role(item, role) for item in value.items], value.is_list, value.open)
    if isinstance(value, Mapping):
        return Mapping({key: as_role(item, role) for key, item in value.items.items()}, {}, value.open)
    tensor = as_tensor(value)
    if tensor is None:
        return Tensor(None, frozenset({role}), "input") if not isinstance(value, Const) else value
    return Tensor(tensor.shape, frozenset({role}), "series" if tensor.op == "series" else "input", (), tensor.node)


def fit_element(call: Call, x: Value, y: Value, weight: Value) -> Value:
    """What one batch of ``fit(x, y)`` hands to a step."""
    if isinstance(x, Dataset):
        return with_roles(x.element)
    given = [part for part in (x, y, weight) if constant(part) is not None]
    parts: list[Value] = []
    for part in given:
        sample = without_first(part)
        batch = with_first(sample, BATCH)
        tensor = as_tensor(part)
        if tensor is not None and tensor.op == "series":
            # fit() turns a pandas column into (batch, 1): measured on Keras 2 and 3.
            batch = Tensor((BATCH, 1), DATA, "batch", (), tensor.node)
        parts.append(batch)
    if len(parts) == 1:
        return with_roles(parts[0])
    return with_roles(Sequence(parts))

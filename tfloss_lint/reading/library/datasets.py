"""Data sets of keras.datasets, scikit-learn and TensorFlow Datasets, and how scikit-learn splits and scales them."""

from __future__ import annotations

from dataclasses import dataclass

from tfloss_lint.reading.encoding import IDS, Encoding
from tfloss_lint.reading.library import frames
from tfloss_lint.reading.library.table import Call, as_tensor, function, opaque
from tfloss_lint.reading.values import (
    NONE,
    UNKNOWN,
    Dataset,
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

KERAS_DATASETS: dict[str, tuple[tuple[int, ...], tuple[int, ...], int, int, int | None]] = {
    # name: shape of one feature, shape of one label, training samples, test samples, classes
    # (https://keras.io/api/datasets: the loaders' documented return values)
    "mnist": ((28, 28), (), 60000, 10000, 10),
    "fashion_mnist": ((28, 28), (), 60000, 10000, 10),
    "cifar10": ((32, 32, 3), (1,), 50000, 10000, 10),
    "cifar100": ((32, 32, 3), (1,), 50000, 10000, 100),
    "boston_housing": ((13,), (), 404, 102, None),
    "california_housing": ((8,), (), 16512, 4128, None),
    "imdb": ((), (), 25000, 25000, 2),
    "reuters": ((), (), 8982, 2246, 46),
}


@dataclass(frozen=True, slots=True)
class Toy:
    """A data set of scikit-learn's. ``targets`` is the width of the labels where they are not rank 1."""

    samples: int
    width: int
    classes: int | None = None
    targets: int | None = None
    image: tuple[int, ...] | None = None


TOYS: dict[str, Toy] = {
    # (https://scikit-learn.org/stable/datasets/toy_dataset.html)
    "load_diabetes": Toy(442, 10),
    "load_digits": Toy(1797, 64, 10, image=(8, 8)),
    "load_iris": Toy(150, 4, 3),
    "load_wine": Toy(178, 13, 3),
    "load_breast_cancer": Toy(569, 30, 2),
    "load_linnerud": Toy(20, 3, targets=3),
    "load_boston": Toy(506, 13),
    "fetch_california_housing": Toy(20640, 8),
}
GENERATORS: dict[str, tuple[int | None, int]] = {
    # name: the position of n_features among the arguments, the number of features by default
    "make_regression": (1, 100),
    "make_classification": (1, 20),
    "make_blobs": (1, 2),
    "make_friedman1": (1, 10),
    "make_moons": (None, 2),
    "make_circles": (None, 2),
}
CLASSIFIED = frozenset({"make_classification", "make_blobs", "make_moons", "make_circles"})
SCALERS = frozenset(
    f"sklearn.preprocessing.{name}"
    for name in (
        "StandardScaler MinMaxScaler MaxAbsScaler RobustScaler Normalizer QuantileTransformer PowerTransformer "
        "LabelEncoder"
    ).split()
)
"""Transformers whose result has the shape of what they are given."""


def array(shape: Shape, call: Call, encoding: Value = NONE) -> Tensor:
    """An array of data whose part in training is not said yet."""
    return Tensor(shape, DATA, "array", (), call.node, None, encoding)


def classes_of(number: int | None) -> Value:
    """What labels are that number so many classes."""
    return NONE if number is None else Encoding("class ids", number)


def _load_data(call: Call, name: str) -> Value:
    features, label, train, test, classes = KERAS_DATASETS[name]
    # A test_split or num_words of the user's changes how many samples there are, never their rank.
    sizes = (None, None) if call.given(None, "test_split") else (train, test)
    encoding = classes_of(classes)
    return Sequence(
        [Sequence([array((size, *features), call), array((size, *label), call, encoding)]) for size in sizes]
    )


def _bunch(call: Call, toy: Toy) -> Value:
    as_frame = constant(call.argument(None, "as_frame")) if call.given(None, "as_frame") else False
    alone = constant(call.argument(None, "return_X_y")) if call.given(None, "return_X_y") else False
    if not isinstance(as_frame, bool) or not isinstance(alone, bool):
        return UNKNOWN
    data: Value = frames.table(call.node, toy.width) if as_frame else array((toy.samples, toy.width), call)
    shape = (toy.samples,) if toy.targets is None else (toy.samples, toy.targets)
    target: Value = array(shape, call, classes_of(toy.classes))
    if as_frame:
        target = frames.column(call.node) if toy.targets is None else frames.table(call.node, toy.targets)
    if alone:
        return Sequence([data, target])
    attrs = {"data": data, "target": target}
    if toy.image is not None:
        attrs["images"] = array((toy.samples, *toy.image), call)
    if as_frame:
        attrs["frame"] = frames.table(call.node, toy.width + (toy.targets or 1))
    return Object("sklearn.utils.Bunch", attrs=attrs, node=call.node)


def _made(call: Call, name: str) -> Value:
    position, default = GENERATORS[name]
    samples = integer(call.argument(0, "n_samples")) if call.given(0, "n_samples") else 100
    width = integer(call.argument(position, "n_features")) if call.given(position, "n_features") else default
    label: Shape = (samples,)
    if call.given(None, "n_targets"):
        targets = integer(call.argument(None, "n_targets"))
        label = None if targets is None else (samples,) if targets == 1 else (samples, targets)
    further = [UNKNOWN] if any(call.given(None, flag) for flag in ("coef", "return_centers")) else []
    encoding = IDS if name in CLASSIFIED else NONE
    return Sequence([array((samples, width), call), array(label, call, encoding), *further])


def _register() -> None:
    for name in KERAS_DATASETS:
        function(f"keras.datasets.{name}.load_data")(lambda call, name=name: _load_data(call, name))  # type: ignore[misc]
    for name, toy in TOYS.items():
        function(f"sklearn.datasets.{name}")(lambda call, toy=toy: _bunch(call, toy))  # type: ignore[misc]
    for name in GENERATORS:
        function(f"sklearn.datasets.{name}")(lambda call, name=name: _made(call, name))  # type: ignore[misc]
    for name in SCALERS:
        function(name)(lambda call, name=name: Object(name, node=call.node))  # type: ignore[misc]


_register()


@function("sklearn.model_selection.train_test_split")
def _split(call: Call) -> Value:
    return Sequence([part for value in call.args for part in 2 * [_some_of(call, value, None)]])


@function("sklearn.utils.shuffle")
def _shuffled(call: Call) -> Value:
    parts = [_some_of(call, value, ...) for value in call.args]
    if call.given(None, "n_samples"):
        parts = [_some_of(call, value, None) for value in call.args]
    return parts[0] if len(parts) == 1 else Sequence(parts)


def _some_of(call: Call, value: Value, samples: object) -> Value:
    """Rows of an array, column or table: all of them (``...``), or an unknown number."""
    if isinstance(value, Object):
        return value
    tensor = as_tensor(value)
    if tensor is None or not tensor.shape:
        return UNKNOWN
    first = tensor.shape[0] if samples is ... else None
    op = "series" if frames.is_column(tensor) else "array"
    return Tensor((first, *tensor.shape[1:]), tensor.sources, op, (), tensor.node or call.node, None, tensor)


@function("sklearn.preprocessing.scale", "sklearn.preprocessing.normalize", "sklearn.preprocessing.minmax_scale")
def _scaled(call: Call) -> Value:
    tensor = as_tensor(call.argument(0, "X"))
    return opaque(call, *call.args) if tensor is None else call.tensor(tensor.shape, "scaled", tensor)


def scaler_method(call: Call, scaler: Object, name: str) -> Value:
    """A method of a transformer that keeps the shape."""
    if name == "fit":
        return scaler
    tensor = as_tensor(call.argument(0, "X", "y"))
    if name not in ("fit_transform", "transform", "inverse_transform") or tensor is None:
        return opaque(call, *call.args, *call.kwargs.values())
    if scaler.kind.endswith(".LabelEncoder") and name != "inverse_transform":
        return call.tensor(tensor.shape, "array", tensor, detail=IDS)
    return call.tensor(tensor.shape, "scaled", tensor)


@function("tfds.load", "tensorflow_datasets.load")
def _tensorflow_dataset(call: Call) -> Value:
    splits = call.argument(1, "split")
    if not call.given(1, "split"):
        loaded: Value = Mapping({}, open=True)
    elif isinstance(splits, Sequence):
        loaded = Sequence([Dataset(UNKNOWN) for _ in splits.items], True, splits.open)
    else:
        loaded = Dataset(UNKNOWN)
    with_info = constant(call.argument(None, "with_info")) if call.given(None, "with_info") else False
    if with_info is False:
        return loaded
    return Sequence([loaded, UNKNOWN]) if with_info is True else UNKNOWN

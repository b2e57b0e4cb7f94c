"""Data sets of Keras and scikit-learn, split and scaled: their shapes, as read and as they are."""

from __future__ import annotations

import pytest
from readings import misread, read_program, read_shapes, shape_of, tensor_of, value_of
from stacks import Stack

from tfloss_lint.reading.values import Role, Shape

SETUP = """\
import pandas as pd
import sklearn.datasets
import sklearn.preprocessing
from sklearn.datasets import load_diabetes, load_digits, load_iris, make_regression, make_classification
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler, MinMaxScaler, OneHotEncoder, LabelEncoder
from sklearn.decomposition import PCA

x, y = load_diabetes(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2)
bunch = load_digits()
frame = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [0.5, 1.5, 2.5], "y": [0.0, 1.0, 1.0]})
labels = frame.pop("y")
scaler = StandardScaler().fit(x)
name = frame.columns[0]
"""

SHAPES: dict[str, Shape] = {
    "x": (442, 10),
    "y": (442,),
    "x_train": (None, 10),
    "x_test": (None, 10),
    "y_train": (None,),
    "y_test": (None,),
    "bunch.data": (1797, 64),
    "bunch.target": (1797,),
    "bunch['target']": (1797,),
    "bunch.images": (1797, 8, 8),
    "sklearn.datasets.load_wine(return_X_y=True)[0]": (178, 13),
    "load_iris().data[:, :2]": (150, 2),
    "load_iris(return_X_y=True)[1][:, None]": (150, 1),
    "sklearn.datasets.load_linnerud(return_X_y=True)[1]": (20, 3),
    "sklearn.datasets.load_breast_cancer().target": (569,),
    "load_diabetes(as_frame=True).target": (None,),
    "make_regression(n_samples=50, n_features=3)[0]": (50, 3),
    "make_regression(n_samples=50, n_features=3)[1]": (50,),
    "make_regression(50, 3, n_targets=2)[1]": (50, 2),
    "make_regression(50, 3, n_targets=1)[1]": (50,),
    "make_regression(50, 3, coef=True)[1]": (50,),
    "make_classification(50)[0]": (50, 20),
    "make_classification(50)[1]": (50,),
    "sklearn.datasets.make_moons(60)[0]": (60, 2),
    "sklearn.datasets.make_moons(60)[1]": (60,),
    "sklearn.datasets.make_blobs(n_samples=60, centers=3)[1]": (60,),
    "train_test_split(x)[1]": (None, 10),
    "train_test_split(x, y)[3]": (None,),
    "train_test_split(frame, labels)[3]": (None,),
    "StandardScaler().fit_transform(x)": (442, 10),
    "scaler.transform(x_test)": (None, 10),
    "MinMaxScaler().fit_transform(y.reshape(-1, 1))": (442, 1),
    "MinMaxScaler().fit_transform(frame[['a']])": (None, 1),
    "sklearn.preprocessing.StandardScaler().fit_transform(x)": (442, 10),
    "LabelEncoder().fit_transform(y)": (442,),
    "PCA(n_components=2).fit_transform(x)": None,
    "OneHotEncoder().fit_transform(y.reshape(-1, 1)).toarray()": None,
    "sklearn.utils.shuffle(x, y)[1]": (442,),
}


def test_shapes_as_read() -> None:
    assert read_shapes(SHAPES, SETUP) == SHAPES


def test_shapes_as_they_are(stack: Stack) -> None:
    assert misread(stack, SHAPES, SETUP) == {}


@pytest.mark.parametrize(
    ("name", "shapes"),
    [
        ("mnist", ((60000, 28, 28), (60000,), (10000, 28, 28), (10000,))),
        ("fashion_mnist", ((60000, 28, 28), (60000,), (10000, 28, 28), (10000,))),
        ("cifar10", ((50000, 32, 32, 3), (50000, 1), (10000, 32, 32, 3), (10000, 1))),
        ("boston_housing", ((404, 13), (404,), (102, 13), (102,))),
        ("imdb", ((25000,), (25000,), (25000,), (25000,))),
    ],
)
def test_keras_datasets(name: str, shapes: tuple[Shape, ...]) -> None:
    program = read_program(
        f"""
        from tensorflow import keras
        (x_train, y_train), (x_test, y_test) = keras.datasets.{name}.load_data()
        """
    )
    assert tuple(shape_of(program, n) for n in ("x_train", "y_train", "x_test", "y_test")) == shapes
    assert tensor_of(program, "y_train").role is Role.DATA


@pytest.mark.parametrize(
    "text",
    [
        "from tensorflow.keras.datasets import mnist\ntrain, test = mnist.load_data()\nx, y = train\n",
        "import tensorflow as tf\n(x, y), _ = tf.keras.datasets.mnist.load_data(path='mnist.npz')\n",
        "import keras\nd = keras.datasets.mnist.load_data()\nx = d[0][0]\ny = d[0][1]\n",
        "from keras.datasets.mnist import load_data\n((x, y), (a, b)) = load_data()\n",
        "from tensorflow import keras\nmnist = keras.datasets.mnist\n[(x, y), test] = mnist.load_data()\n",
    ],
)
def test_ways_to_load_one(text: str) -> None:
    program = read_program(text)
    assert (shape_of(program, "x"), shape_of(program, "y")) == ((60000, 28, 28), (60000,))


def test_a_test_split_leaves_the_number_of_samples_open() -> None:
    program = read_program(
        "from tensorflow import keras\n(x, y), _ = keras.datasets.boston_housing.load_data(test_split=0.5)\n"
    )
    assert (shape_of(program, "x"), shape_of(program, "y")) == ((None, 13), (None,))


@pytest.mark.parametrize(
    "expression",
    [
        "load_diabetes(return_X_y=anything)",
        "load_diabetes(as_frame=anything).target",
        "train_test_split(anything, anything)[2]",
        "PCA(2).fit_transform(x)",
        "load_diabetes().unheard_of",
        "make_regression(n_targets=anything)[1]",
        "StandardScaler().fit_transform(anything)",
    ],
)
def test_what_the_file_does_not_show_stays_unknown(expression: str) -> None:
    assert read_shapes([expression], SETUP) == {expression: None}


def test_a_table_of_labels_is_split_into_tables() -> None:
    program = read_program(
        SETUP
        + """
data = load_diabetes(as_frame=True)
fx, _, fy, _ = train_test_split(data.data, data.target)
column = fx["age"]
width = data.frame.values
"""
    )
    assert [shape_of(program, name) for name in ("column", "fy", "width")] == [(None,), (None,), (None, 11)]


def test_tensorflow_datasets() -> None:
    program = read_program(
        """
        import tensorflow_datasets as tfds
        train, test = tfds.load("mnist", split=["train", "test"], as_supervised=True)
        (more, _), info = tfds.load("mnist", split=["train", "test"], as_supervised=True, with_info=True)
        whole = tfds.load("mnist", as_supervised=True)["train"]
        for x, y in train.batch(8):
            pass
        for a, b in more:
            pass
        """
    )
    assert [tensor_of(program, name).role for name in "xyab"] == [Role.FEATURES, Role.LABEL] * 2
    assert value_of(program, "info") is value_of(program, "nothing")

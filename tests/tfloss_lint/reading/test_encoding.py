"""How labels name classes, through everything that happens to them before a loss."""

from __future__ import annotations

import pytest
from readings import IMPORTS, read_program, tensor_of, value_of

from tfloss_lint.reading.encoding import IDS, ONE_HOT, Encoding, case_of, encoding_of

SETUP = """
import sklearn.datasets
from sklearn.datasets import load_digits, load_diabetes
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler
x, y = load_digits(return_X_y=True)
one_hot = keras.utils.to_categorical(y, 10)
encoder = LabelEncoder()
D = tf.data.Dataset
"""
DIGITS = Encoding("class ids", 10)


@pytest.mark.parametrize(
    ("expression", "encoding"),
    [
        ("y", DIGITS),
        ("load_digits().target", DIGITS),
        ("sklearn.datasets.load_iris(return_X_y=True)[1]", Encoding("class ids", 3)),
        ("keras.datasets.cifar100.load_data()[0][1]", Encoding("class ids", 100)),
        ("keras.datasets.boston_housing.load_data()[0][1]", None),
        ("load_diabetes(return_X_y=True)[1]", None),
        ("sklearn.datasets.make_moons(50)[1]", IDS),
        ("sklearn.datasets.make_regression(50)[1]", None),
        ("train_test_split(x, y)[2]", DIGITS),
        ("y.astype('float32').reshape(-1, 1)", IDS),
        ("y[:, None]", DIGITS),
        ("tf.expand_dims(tf.constant(y), -1)", DIGITS),
        ("y[:100]", IDS),
        ("y[y < 2]", IDS),
        ("y / 9", None),
        ("y == 3", None),
        ("encoder.fit_transform(unknown)", None),
        ("encoder.fit_transform(np.array(['a', 'b']))", IDS),
        ("encoder.inverse_transform(y)", None),
        ("StandardScaler().fit_transform(y[:, None])", None),
        ("one_hot", ONE_HOT),
        ("one_hot[:100]", ONE_HOT),
        ("one_hot[:, 1]", None),
        ("one_hot.reshape(-1, 5)", None),
        ("tf.one_hot(unknown_labels, 10)", None),
        ("keras.utils.to_categorical(np.load('labels.npy'))", ONE_HOT),
        ("keras.utils.to_categorical(np.load('labels.npy'))[:10]", None),
        ("tf.argmax(one_hot, -1)", IDS),
        ("np.concatenate([y, y])", IDS),
        ("np.concatenate([y, x[:, 0]])", None),
        ("y if unknown else train_test_split(x, y)[2]", DIGITS),
        ("y if unknown else one_hot[:, 0]", None),
        ("next(iter(D.from_tensor_slices((x, y)).shuffle(9).batch(8)))[1]", DIGITS),
        ("next(iter(D.from_tensor_slices((x, y)).map(lambda a, b: (a, tf.one_hot(b, 10))).batch(8)))[1]", ONE_HOT),
        ("'a string'", None),
        ("np.zeros(10)", None),
    ],
)
def test_encodings(expression: str, encoding: Encoding | None) -> None:
    program = read_program(IMPORTS + SETUP + f"labels = {expression}\n")
    assert encoding_of(value_of(program, "labels")) == encoding


@pytest.mark.parametrize(
    ("labels", "outputs", "case"),
    [
        ("np.zeros(8)", "np.zeros((8, 3))", "class ids (batch,)"),
        ("np.zeros((8, 5))", "np.zeros((8, 5, 3))", "class ids (batch,)"),
        ("np.zeros((8, 1))", "np.zeros((8, 3))", "class ids (batch, 1)"),
        ("np.zeros((8, 3))", "np.zeros((8, 3))", "one-hot"),
        ("keras.utils.to_categorical(y)", "np.zeros((1797, 10))", "one-hot"),
        ("np.zeros((8, 2))", "np.zeros((8, 3))", None),
        ("np.zeros((8, 3))", "np.zeros((8, 1))", "one output"),
        ("np.zeros(8)", "np.zeros(8)", None),
        ("np.zeros(3)", "np.zeros((1, 3))", None),
        ("np.zeros((4, 1))", "np.zeros((8, 3))", None),
        ("np.zeros((8, 3, 3))", "np.zeros((8, 3))", None),
        ("np.zeros(8)", "np.zeros((8, unknown))", None),
        ("np.zeros(8)", "np.load('outputs.npy')", None),
        ("y", "np.load('outputs.npy')", "class ids (batch,)"),
        ("y[:, None]", "np.load('outputs.npy')", None),
        ("one_hot", "np.load('outputs.npy')", "one-hot"),
    ],
)
def test_labels_next_to_outputs(labels: str, outputs: str, case: str | None) -> None:
    program = read_program(IMPORTS + SETUP + f"labels = {labels}\noutputs = {outputs}\n")
    assert case_of(tensor_of(program, "labels"), tensor_of(program, "outputs")) == case

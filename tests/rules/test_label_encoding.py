"""TFL402: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from corners import claims, confidences
from rule_programs import RuleTests

from tfloss_lint.generation import BOTH, Generation
from tfloss_lint.lint import lint_source
from tfloss_lint.settings import Settings
from tfloss_lint.source import Source


class TestLabelEncoding(RuleTests):
    rule = "label_encoding"


CALLED = """\
digits = keras.datasets.{data}.load_data()[0]
y_true = {labels}
model = keras.Sequential([keras.layers.Dense({width}, activation={activation})])
loss = keras.losses.{loss}(y_true, model(np.reshape(digits[0], (-1, 784))))
"""


@pytest.mark.parametrize(
    ("loss", "labels", "width", "activation", "found"),
    [
        ("MeanSquaredError()", "digits[1][:, None]", 10, "None", 1),
        ("MeanSquaredError()", "np.zeros((60_000, 1))", 10, "'softmax'", 1),
        ("MeanSquaredError()", "np.zeros((60_000, 1))", 10, "'sigmoid'", 0),
        ("MeanSquaredError()", "digits[1]", 10, "None", 1),
        ("MeanSquaredError()", "keras.utils.to_categorical(digits[1], 10)", 10, "None", 0),
        ("MeanSquaredError()", "keras.utils.to_categorical(digits[1])", 10, "None", 0),
        ("MeanSquaredError()", "tf.argmax(unknown, -1)", 10, "None", 0),
        ("CategoricalCrossentropy()", "tf.argmax(digits[1][:, None], -1)", "width", "None", 0),
        ("CategoricalCrossentropy(axis=1)", "digits[1]", 10, "None", 0),
        ("CategoricalCrossentropy()", "y", 1, "'sigmoid'", 1),
        ("SparseCategoricalCrossentropy()", "y", 1, "'sigmoid'", 1),
        ("SparseCategoricalCrossentropy()", "y", 10, "'softmax'", 0),
        ("SparseCategoricalCrossentropy()", "tf.one_hot(unknown, 10)", 10, "'softmax'", 0),
        ("SparseCategoricalCrossentropy()", "np.zeros((50, 7))", 10, "'softmax'", 0),
        ("SparseCategoricalCrossentropy()", "np.zeros((50, 7, 10))", 10, "'softmax'", 0),
        ("BinaryCrossentropy()", "digits[1]", 1, "'sigmoid'", 1),
        ("BinaryCrossentropy()", "y", 1, "'sigmoid'", 0),
        ("BinaryCrossentropy()", "digits[1][:, None]", 10, "'sigmoid'", 1),
        ("Dice()", "y", 10, "'sigmoid'", 0),
    ],
)
def test_losses_that_are_called(loss: str, labels: str, width: object, activation: str, found: int) -> None:
    text = CALLED.format(data="mnist", labels=labels, width=width, activation=activation, loss=loss)
    assert confidences(text, "TFL402") == ["certain"] * found


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("tf.nn.softmax_cross_entropy_with_logits(y[:, None], model(x))", ["certain"]),
        ("tf.nn.softmax_cross_entropy_with_logits(y[:, None], model(x), 0)", []),
        ("keras.losses.categorical_crossentropy(y[:, None], model(x), False, 0.0)", ["certain"]),
        ("keras.losses.categorical_crossentropy(y[:, None], model(x), False, 0.0, 0)", []),
    ],
)
def test_another_axis(call: str, found: list[str]) -> None:
    text = f"""\
    model = keras.Sequential([keras.layers.Dense(1)])
    with tf.GradientTape() as tape:
        loss = {call}
    """
    assert confidences(text, "TFL402") == found


@pytest.mark.parametrize(
    ("loss", "labels", "found"),
    [
        ("sparse_categorical_crossentropy", "tf.one_hot(y, 10)", 1),
        ("sparse_categorical_crossentropy", "tf.argmax(y, -1)", 0),
        ("categorical_crossentropy", "tf.one_hot(y, 10)", 0),
        ("categorical_crossentropy", "keras.datasets.mnist.load_data()[0][1]", 1),
        ("categorical_crossentropy", "tf.argmax(y, -1)", 0),
        ("mean_squared_error", "tf.one_hot(y, 10)", 0),
        ("mean_squared_error", "keras.datasets.mnist.load_data()[0][1]", 0),
    ],
)
def test_outputs_of_unknown_rank(loss: str, labels: str, found: int) -> None:
    text = f"def step(y, model, x):\n    return keras.losses.{loss}({labels}, model(x))\n"
    assert confidences(text, "TFL402") == ["certain"] * found


def message(target: frozenset[Generation]) -> str:
    text = """\
from tensorflow import keras
(x, y), _ = keras.datasets.cifar10.load_data()
model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")])
model.compile(loss="categorical_focal_crossentropy", metrics=["accuracy"])
model.fit(x, y)
"""
    [finding] = lint_source(Source("train.py", text), Settings(select=("TFL402",), target_keras=target))
    return finding.message


def test_what_becomes_of_the_labels_is_said_by_generation() -> None:
    raises, broadcasts = "it raises an error", "without an error, each output is compared with the class number"
    assert message(frozenset({Generation.KERAS2})).endswith(f": {raises}")
    assert message(frozenset({Generation.KERAS3})).endswith(f": {broadcasts}")
    assert message(BOTH).endswith(f": on Keras 2 {raises}; on Keras 3 {broadcasts}")


@pytest.mark.parametrize(
    "loss", ["lambda y_true, y_pred: tf.reduce_mean(y_pred)", "Own()", "None", "keras.losses.get(name)"]
)
def test_losses_that_are_the_files_own(loss: str) -> None:
    text = f"""\
    class Own(keras.losses.Loss):
        def call(self, y_true, y_pred):
            return tf.reduce_mean(y_pred)
    (x, y), _ = keras.datasets.cifar10.load_data()
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10)])
    model.compile(loss={loss}, metrics=["accuracy"])
    model.fit(x, y)
    """
    assert confidences(text, "TFL402") == []


def test_labels_that_come_second_are_another_rules() -> None:
    text = """\
    model = keras.Sequential([keras.layers.Dense(10)])
    labels = keras.datasets.mnist.load_data()[0][1]
    for images, labels in tf.data.Dataset.from_tensor_slices((x, labels)).batch(8):
        keras.losses.categorical_crossentropy(model(images), labels)
    """
    assert confidences(text, "TFL402") == []


def test_labels_by_the_name_of_the_only_output() -> None:
    text = """\
    model = keras.Sequential([keras.layers.Dense(10)])
    model.compile(loss="categorical_crossentropy")
    model.fit(x, {"dense": y})
    """
    assert confidences(text, "TFL402") == ["certain"]


def test_products_are_no_differences() -> None:
    text = """\
    model = keras.Sequential([keras.layers.Dense(10, activation="softmax")])
    for inputs, y_true in tf.data.Dataset.from_tensor_slices((x, y[:, None])).batch(8):
        weighted = y_true * model(inputs)
    """
    assert confidences(text, "TFL402") == []


@pytest.mark.parametrize(
    ("layers", "found"),
    [("keras.layers.Dense(1)", ["certain"]), ("keras.layers.Dense(2)", []), ("keras.layers.Dense(units)", [])],
)
def test_one_output_is_enough(layers: str, found: list[str]) -> None:
    text = f"""\
    def train(data):
        model = keras.Sequential([{layers}])
        model.compile(loss="categorical_crossentropy")
        model.fit(data)
    """
    assert confidences(text, "TFL402") == found


@pytest.mark.parametrize(
    ("loss", "labels", "width", "takes"),
    [
        ("MeanSquaredError()", "digits[1][:, None]", 10, "value per class"),
        ("SparseCategoricalCrossentropy()", "keras.utils.to_categorical(digits[1], 10)", 10, "class number"),
        ("CategoricalCrossentropy()", "y", 1, "several outputs"),
        ("SparseCategoricalCrossentropy()", "y", 1, "several outputs"),
        ("BinaryCrossentropy()", "digits[1]", 1, "two classes"),
    ],
)
def test_what_can_be_measured_of_a_call(loss: str, labels: str, width: int, takes: str) -> None:
    text = CALLED.format(data="mnist", loss=loss, labels=labels, width=width, activation="'softmax'")
    operands = {"label": "y_true", "prediction": "model(np.reshape(digits[0], (-1, 784)))"}
    assert claims(text, "TFL402") == [("encoding", operands, {"takes": takes})]


def test_what_can_be_measured_of_compile() -> None:
    text = """\
    model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "categorical_crossentropy")
    model.fit(x, y)
    """
    assert claims(text, "TFL402") == [("encoding", {}, {"takes": "several outputs"})]


def test_a_call_that_hides_its_arguments_cannot_be_measured() -> None:
    text = """\
    given = {"y_pred": keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])(x)}
    keras.losses.CategoricalCrossentropy()(y, **given)
    """
    assert claims(text, "TFL402") == [None]

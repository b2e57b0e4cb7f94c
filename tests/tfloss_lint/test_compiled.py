"""Which labels meet which predictions in the losses and metrics of a compiled model."""

from __future__ import annotations

import textwrap

import pytest
from readings import WholeProgram, place, read_program

from tfloss_lint.compiled import Pair
from tfloss_lint.reading.values import Shape, Tensor, constant

HEAD = """\
import numpy as np
import tensorflow as tf
from tensorflow import keras
x, y = np.zeros((50, 4)), np.zeros((50,))
inputs = keras.Input((4,))
one = keras.layers.Dense(1)(inputs)
ten = keras.layers.Dense(10)(inputs)
"""
STEP = """\
class Own(keras.Model):
    def {step}(self, data):
        x, y = data
        y_pred = self(x)
        {body}
        return {{}}
model = Own(inputs, ten)
model.compile("sgd", "mse", metrics=["mae"])
"""


def shapes(pairs: list[Pair]) -> list[tuple[Shape, Shape]]:
    return [
        (pair.label.shape, pair.prediction.shape)
        for pair in pairs
        if isinstance(pair.label, Tensor) and isinstance(pair.prediction, Tensor)
    ]


def loss_shapes(text: str) -> list[tuple[Shape, Shape]]:
    return shapes(read_program(HEAD + textwrap.dedent(text)).loss_pairs)


def metric_shapes(text: str) -> list[tuple[Shape, Shape]]:
    return shapes(read_program(HEAD + textwrap.dedent(text)).metric_pairs)


PAIR = [(("batch",), ("batch", 10))]


@pytest.mark.parametrize(
    ("run", "found"),
    [
        ("model.fit(x, y)", PAIR),
        ("model.fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(8))", PAIR),
        ("model.fit(x, y, validation_split=0.1)", [*PAIR, *PAIR]),
        ("model.fit(x, y, validation_data=(x, y[:, None]))", [*PAIR, (("batch", 1), ("batch", 10))]),
        ("model.fit(x, y, validation_data=tf.data.Dataset.from_tensor_slices((x, y)).batch(8))", [*PAIR, *PAIR]),
        ("model.evaluate(x, y)", PAIR),
        ("model.train_on_batch(x, y)", [((50,), (50, 10))]),
        ("model.fit(tf.data.Dataset.from_generator(make))", [(None, ("batch", 10))]),
        ("model.predict(x)", [(None, ("batch", 10))]),
        ("model.fit(x)", []),
    ],
)
def test_fit_and_evaluate(run: str, found: list[tuple[Shape, Shape]]) -> None:
    text = f"model = keras.Model(inputs, ten)\nmodel.compile('sgd', 'mse', metrics=['mae'])\n{run}\n"
    assert loss_shapes(text) == metric_shapes(text) == found


def test_the_last_compile_is_in_force() -> None:
    program = read_program(
        HEAD
        + "m = keras.Model(inputs, ten)\nm.compile('sgd', 'mse')\nm.fit(x, y)\nm.compile('sgd', 'mae')\nm.fit(x, y)\n"
    )
    assert [place(program, pair.node) for pair in program.loss_pairs] == [(9, 18), (11, 18)]


def test_the_labels_of_a_compile_that_depends_on_something_are_not_known() -> None:
    text = """\
    model = keras.Model(inputs, ten)
    if unknown:
        model.compile("sgd", "mse")
    else:
        model.compile("sgd", "mae")
    model.fit(x, y)
    """
    assert loss_shapes(text) == 2 * [(None, ("batch", 10))]


def test_a_model_that_nothing_compiles() -> None:
    assert loss_shapes("keras.Model(inputs, ten).fit(x, y)") == []
    assert loss_shapes("model = keras.Model(inputs, ten)\nmodel.compile('sgd')\nmodel.fit(x, y)") == []


HEADS = """\
first, second = keras.layers.Dense(3, name="first")(inputs), keras.layers.Dense(10, name="second")(inputs)
model = keras.Model(inputs, {outputs})
model.compile("sgd", {loss}, metrics={metrics})
model.fit(x, {labels})
"""
LIST, DICT = "[first, second]", "{'a': first, 'b': second}"
COLUMN, ROWS = "y[:, None]", "tf.zeros((50, 10))"
LABELS = f"[{COLUMN}, {ROWS}]"


def given(pairs: list[Pair]) -> list[tuple[str, object, Shape, Shape]]:
    """What each loss or metric is, by its string, the key of its output, and the shapes that it gets."""
    return [
        (
            str(constant(pair.given)),
            pair.head.key,
            label.shape if isinstance(label := pair.label, Tensor) else None,
            shape,
        )
        for pair in pairs
        if isinstance(pair.prediction, Tensor) and (shape := pair.prediction.shape)
    ]


def heads(outputs: str, loss: str = "None", metrics: str = "None", labels: str = LABELS) -> WholeProgram:
    return read_program(HEAD + HEADS.format(outputs=outputs, loss=loss, metrics=metrics, labels=labels))


@pytest.mark.parametrize(
    ("outputs", "loss", "labels", "found"),
    [
        (LIST, "['mse', 'mae']", LABELS, [("mse", 0), ("mae", 1)]),
        (LIST, "'mse'", LABELS, [("mse", 0), ("mse", 1)]),
        (LIST, "{'second': 'mae', 'first': 'mse'}", LABELS, [("mse", 0), ("mae", 1)]),
        (LIST, "['mse', 'mae']", f"{{'second': {ROWS}, 'first': {COLUMN}}}", [("mse", 0), ("mae", 1)]),
        (DICT, "{'b': 'mae', 'a': 'mse'}", f"{{'b': {ROWS}, 'a': {COLUMN}}}", [("mse", "a"), ("mae", "b")]),
        (DICT, "'mse'", f"{{'b': {ROWS}, 'a': {COLUMN}}}", [("mse", "a"), ("mse", "b")]),
    ],
)
def test_every_output_has_its_loss_and_labels(
    outputs: str, loss: str, labels: str, found: list[tuple[str, object]]
) -> None:
    shapes = [(("batch", 1), ("batch", 3)), (("batch", 10), ("batch", 10))]
    expected = [(*each, *shape) for each, shape in zip(found, shapes)]
    assert given(heads(outputs, loss, labels=labels).loss_pairs) == expected
    metrics = "[['mse'], ['mae']]" if loss.startswith("[") else loss
    assert given(heads(outputs, loss, metrics, labels).metric_pairs) == (expected if loss != "'mse'" else [])


@pytest.mark.parametrize(
    ("outputs", "loss", "found"),
    [
        (LIST, "['mse']", [("mse", 0, ("batch", 1))]),
        (LIST, "['mse', 'mae', 'huber']", [("mse", 0, ("batch", 1)), ("mae", 1, ("batch", 10))]),
        (LIST, "{'second': 'mae', 'third': 'mse'}", [("mae", 1, ("batch", 10))]),
        (DICT, "['mse', 'mae']", []),
        ("first", "['mse', 'mae']", [("mse", None, None)]),
        ("first", "['mse']", [("mse", None, None)]),
        ("first", "{'first': 'mse'}", [("mse", None, None)]),
        ("first", "{**unknown, 'first': 'mse', 'second': 'mae'}", []),
    ],
)
def test_lists_and_dictionaries_that_do_not_fit(
    outputs: str, loss: str, found: list[tuple[str, object, Shape]]
) -> None:
    pairs = given(heads(outputs, loss).loss_pairs)
    assert [(name, key, label) for name, key, label, _ in pairs] == found


@pytest.mark.parametrize(
    ("outputs", "metrics", "found"),
    [
        (LIST, "['mse', 'mae']", []),
        (LIST, "[['mse', 'mae'], ['mse']]", [("mse", 0), ("mae", 0), ("mse", 1)]),
        (LIST, "[['mse', 'mae'], 'mse']", []),
        (LIST, "[['mse']]", []),
        (LIST, "{'second': ['mse', 'mae']}", [("mse", 1), ("mae", 1)]),
        (DICT, "{'b': 'mse'}", [("mse", "b")]),
        (DICT, "[['mse'], ['mae']]", []),
        ("first", "{'first': 'mse'}", [("mse", None)]),
        ("first", "[['mse']]", []),
    ],
)
def test_metrics_of_outputs(outputs: str, metrics: str, found: list[tuple[str, object]]) -> None:
    pairs = given(heads(outputs, "'mse'", metrics).metric_pairs)
    assert [(name, key) for name, key, _, _ in pairs] == found


def test_the_place_is_that_of_the_one_loss_or_metric() -> None:
    program = heads(LIST, "['mse', 'mae']", "{'first': ['acc', 'mse'], 'second': 'mae'}")
    start = len('model.compile("sgd", [')
    assert [place(program, pair.node)[1] - start for pair in program.loss_pairs] == [1, 8]
    start = len("model.compile(\"sgd\", ['mse', 'mae'], metrics={'first': [")
    assert [place(program, pair.node)[1] - start for pair in program.metric_pairs] == [1, 8, 26]
    shared = read_program(
        HEAD + "losses = ['mse', 'mae']\n" + HEADS.format(outputs=LIST, loss="losses", metrics="None", labels=LABELS)
    )
    assert [place(shared, pair.node) for pair in shared.loss_pairs] == 2 * [(11, 22)]


def test_a_model_with_several_outputs_that_nothing_fits() -> None:
    text = HEADS.format(outputs=LIST, loss="'mse'", metrics="None", labels="").rpartition("model.fit")[0]
    assert given(read_program(HEAD + text).loss_pairs) == [
        ("mse", 0, None, ("batch", 3)),
        ("mse", 1, None, ("batch", 10)),
    ]


@pytest.mark.parametrize(
    ("step", "body", "losses", "metrics"),
    [
        ("train_step", "self.compute_loss(x, y[:, None], y_pred)", [(("batch", 1), ("batch", 10))], []),
        ("train_step", "self.compiled_metrics.update_state(y, y_pred)", [], PAIR),
        ("train_step", "self.compiled_metrics.reset_state()", [], []),
        ("test_step", "self.compiled_loss(y, y_pred)", [*PAIR, (None, ("batch", 10))], PAIR),
    ],
)
def test_steps_of_the_file(
    step: str, body: str, losses: list[tuple[Shape, Shape]], metrics: list[tuple[Shape, Shape]]
) -> None:
    text = STEP.format(step=step, body=body) + "model.fit(x, y)\n"
    assert loss_shapes(text) == losses
    assert metric_shapes(text) == metrics


def test_a_loss_that_the_model_computes_itself() -> None:
    text = """\
    class Own(keras.Model):
        def compute_loss(self, x, y, y_pred, sample_weight=None):
            return tf.reduce_mean(y_pred)
    model = Own(inputs, ten)
    model.compile("sgd", "mse", metrics=["mae"])
    model.fit(x, y)
    """
    assert loss_shapes(text) == []
    assert metric_shapes(text) == PAIR


@pytest.mark.parametrize(
    ("metrics", "columns"),
    [("['mae', keras.metrics.MeanSquaredError()]", [34, 41]), ("[*few, 'mae']", [33]), ("'mae'", [33])],
)
def test_every_metric_has_its_place(metrics: str, columns: list[int]) -> None:
    text = f"few = []\nm = keras.Model(inputs, ten)\nm.compile('sgd', 'mse', metrics={metrics})\nm.fit(x, y)\n"
    program = read_program(HEAD + text)
    assert [place(program, pair.node) for pair in program.metric_pairs] == [(10, column) for column in columns]

"""Which labels meet which predictions in the losses and metrics of a compiled model."""

from __future__ import annotations

import textwrap

import pytest
from readings import place, read_program

from tfloss_lint.compiled import Pair
from tfloss_lint.reading.values import Shape, Tensor

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


def test_every_output_has_its_labels() -> None:
    text = """\
    model = keras.Model(inputs, [one, ten])
    model.compile("sgd", {loss}, metrics=["mae"])
    model.fit(x, [y, y[:, None]])
    """
    both = [(("batch",), ("batch", 1)), (("batch", 1), ("batch", 10))]
    assert loss_shapes(textwrap.dedent(text).format(loss="['mse', 'mae']")) == both
    assert loss_shapes(textwrap.dedent(text).format(loss="'mse'")) == both
    assert loss_shapes(textwrap.dedent(text).format(loss="['mse']")) == []
    assert metric_shapes(textwrap.dedent(text).format(loss="'mse'")) == []


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

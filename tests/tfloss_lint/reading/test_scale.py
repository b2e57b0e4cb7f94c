"""How large losses are next to Keras's means, as read and as they come out on real numbers."""

from __future__ import annotations

import math

import pytest
from readings import read_program, value_of
from stacks import Stack

from tfloss_lint.reading.scale import Scale, is_batch_size, last_sum, names_batch_size, scale_of
from tfloss_lint.reading.terms import terms
from tfloss_lint.reading.values import UNKNOWN, Const

HEAD = """
import tensorflow as tf
from tensorflow import keras
L = tf.keras.losses
batch_size = 8
def make(y_true, y_pred, sample_weight):
    global value
    y, p = tf.reshape(y_true, (-1, 4)), tf.reshape(y_pred, (-1, 4))
    w = sample_weight
    value = {}
"""

SCALES: dict[str, Scale | None] = {
    # the loss: how many times the mean of its family over samples and outputs
    "tf.reduce_mean(tf.square(y - p))": Scale(1.0, 0),
    "tf.reduce_mean(tf.reduce_mean(tf.square(y - p), axis=-1))": Scale(1.0, 0),
    "tf.reduce_mean(tf.reduce_sum(tf.square(y - p), axis=1))": Scale(4.0, 0),
    "tf.reduce_sum(tf.reduce_mean(tf.square(y - p), axis=-1))": Scale(1.0, 1),
    "tf.reduce_sum(tf.square(y - p))": Scale(4.0, 1),
    "tf.reduce_sum(tf.square(y - p)) / 4": Scale(1.0, 1),
    "tf.reduce_sum(tf.square(y - p)) / batch_size": Scale(4.0, 0),
    "tf.reduce_sum(tf.square(y - p)) * (1.0 / 8)": Scale(4.0, 0),
    "tf.reduce_sum(tf.square(y - p)) / tf.cast(tf.shape(y)[0], tf.float32)": Scale(4.0, 0),
    "tf.reduce_sum(tf.square(y - p)) / len(y)": Scale(4.0, 0),
    "tf.reduce_sum(tf.square(y - p)) / (batch_size * 4)": Scale(0.125, 1),
    "tf.reduce_mean(tf.square(y - p)) / 8": Scale(0.125, 0),
    "tf.reduce_mean(tf.square(y - p)) / len(y)": Scale(1.0, -1),
    "0.5 * tf.reduce_mean(tf.square(y - p))": Scale(0.5, 0),
    "tf.reduce_mean(0.5 * tf.square(y - p))": Scale(0.5, 0),
    "tf.nn.l2_loss(y - p)": Scale(2.0, 1),
    "tf.reduce_mean(L.mse(y, p))": Scale(1.0, 0),
    "tf.reduce_sum(L.mse(y, p))": Scale(1.0, 1),
    "tf.reduce_sum(L.mae(y, p)) / batch_size": Scale(1.0, 0),
    "L.MeanSquaredError()(y, p)": Scale(1.0, 0),
    "L.MeanSquaredError(reduction='sum')(y, p)": Scale(1.0, 1),
    "tf.reduce_sum(L.MeanSquaredError(reduction='none')(y, p)) / 8": Scale(1.0, 0),
    "tf.reduce_mean(L.categorical_crossentropy(y, p))": Scale(1.0, 0),
    "tf.reduce_sum(L.categorical_crossentropy(y, p))": Scale(1.0, 1),
}
"""The file's own factors; ``samples`` counts the number of samples in the batch."""

OPEN = {
    "tf.square(y - p)": "nothing is reduced",
    "tf.reduce_mean(tf.square(y - p), axis=-1)": "the samples are not reduced",
    "tf.sqrt(tf.reduce_mean(tf.square(y - p)))": "a root",
    "tf.reduce_mean(w * tf.square(y - p))": "weights",
    "tf.reduce_sum(tf.square(y - p)) / anything": "an unknown divisor",
    "tf.reduce_sum(tf.square(y - p)) / 0": "a division by zero",
    "tf.reduce_sum(tf.reduce_sum(tf.square(y_true - y_pred), axis=-1))": "an axis of unknown length",
    "tf.nn.compute_average_loss(tf.reduce_mean(tf.square(y - p), -1))": "a global batch size",
    "tf.reduce_sum(tf.square(y - p)) / tf.cast(tf.shape(y_true)[1], tf.float32)": "another axis's length",
}


def scale(expression: str, *, mean_follows: bool = False) -> Scale | None:
    [term] = terms(value_of(read_program(HEAD.format(expression)), "value"))
    return scale_of(term, {8}, mean_follows=mean_follows)


@pytest.mark.parametrize(("expression", "expected"), SCALES.items())
def test_scales(expression: str, expected: Scale) -> None:
    found = scale(expression)
    assert found is not None
    assert (found.samples, found.factor) == (expected.samples, pytest.approx(expected.factor))


@pytest.mark.parametrize("expression", OPEN, ids=OPEN.values())
def test_open_scales(expression: str) -> None:
    assert scale(expression) is None


def test_keras_takes_the_mean_of_what_a_compiled_loss_leaves() -> None:
    assert scale("tf.reduce_sum(tf.square(y - p), axis=-1)", mean_follows=True) == Scale(4.0, 0)
    assert scale("tf.reduce_sum(tf.square(y - p))", mean_follows=True) == Scale(4.0, 1)


MEASURE = """
import numpy as np
rng = np.random.default_rng(0)
ratios = {{}}
for expression in {expressions!r}:
    ratios[expression] = []
    for samples in (8, 16):
        labels = tf.nn.softmax(tf.constant(rng.normal(size=(samples, 4)), tf.float32))
        outputs = tf.nn.softmax(tf.constant(rng.normal(size=(samples, 4)), tf.float32))
        scope = dict(globals(), y=labels, p=outputs)
        loss = float(eval(expression, scope))
        family = "categorical_crossentropy" if "cross" in expression else "mae" if "mae" in expression else "mse"
        ratios[expression].append(loss / float(np.mean(getattr(L, family)(labels, outputs))))
"""


def test_scales_as_they_are(stack: Stack) -> None:
    program = HEAD.split("def make")[0] + MEASURE.format(expressions=list(SCALES))
    ratios = stack.run(program, returns=("ratios",))["ratios"]
    for expression, (at_8, at_16) in ratios.items():
        expected = SCALES[expression]
        assert expected is not None
        assert at_8 == pytest.approx(expected.factor * 8**expected.samples, rel=1e-4), expression
        # A division by the configured batch size is one by the number of samples for full batches alone.
        fixed = "batch_size" in expression or "/ 8" in expression
        power = 1 if fixed and expected.samples == 0 and "sum" in expression else expected.samples
        assert math.log2(at_16 / at_8) == pytest.approx(power, abs=1e-3), expression


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("tf.shape(y)[0]", True),
        ("tf.cast(tf.shape(y)[0], tf.float32)", True),
        ("tf.shape(y_true)[0]", True),
        ("y.shape[0]", True),
        ("len(y)", True),
        ("len(y_true)", True),
        ("float(len(y_pred))", True),
        ("K.shape(y_true)[0]", True),
        ("(n := tf.shape(y_true))[0]", True),
        ("tf.shape(y)[1]", False),
        ("tf.shape(y_true)[1]", False),
        ("tf.shape(y_true)[-1]", False),
        ("y_true.shape[1]", False),
        ("tf.size(y_true)", False),
        ("tf.reduce_sum(y)", False),
        ("8", False),
        ("anything", False),
    ],
)
def test_batch_sizes(expression: str, expected: bool) -> None:
    text = (
        HEAD.format(expression).replace("(-1, 4)", "(tf.shape(y_true)[0], 4)")
        + "from tensorflow.keras import backend as K\n"
    )
    program = read_program("from tensorflow.keras import backend as K\n" + text)
    assert is_batch_size(value_of(program, "value")) is expected


def test_no_batch_size() -> None:
    assert not is_batch_size(None)
    assert not is_batch_size(UNKNOWN)
    assert not is_batch_size(Const(8))


def test_the_last_sum_is_the_file_s_own() -> None:
    [term] = terms(value_of(read_program(HEAD.format("tf.reduce_sum(tf.reduce_sum(L.mse(y, p), axis=0))")), "value"))
    summed = last_sum(term)
    assert summed is not None
    assert summed.axes is None
    [library] = terms(value_of(read_program(HEAD.format("L.CategoricalCrossentropy(reduction='sum')(y, p)")), "value"))
    assert last_sum(library) is None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("BATCH_SIZE", True),
        ("self.batch_size", True),
        ("args.batch", True),
        ("GLOBAL_BATCH_SIZE", False),
        ("batch_size * num_replicas", False),
        ("per_replica_batch_size", False),
        ("32.", False),
        ("n", False),
    ],
)
def test_names_of_batch_sizes(source: str, expected: bool) -> None:
    assert names_batch_size(source) is expected

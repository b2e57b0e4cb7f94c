"""The losses in float64 are those of Keras."""

from __future__ import annotations

import pytest
from runtime_programs import LOAD
from stacks import ProgramError, Stack

AGAINST_KERAS = (
    LOAD
    + """
import numpy as np
import tensorflow as tf
from runtime_checks.reference import FAMILIES, canonical, canonical_gradient

losses = tf.keras.losses
random = np.random.RandomState(0)
rows, width = 12, 4
real = random.normal(size=(2, rows, width))
shares = random.dirichlet(np.ones(width), size=(2, rows))
classes = random.randint(width, size=rows)
one_hot = np.eye(width)[classes]
bits = random.randint(2, size=(rows, width)).astype(float)
weights = random.uniform(size=rows)

cases = {
    "mean_squared_error": (losses.MeanSquaredError, real[0], real[1], {}),
    "mean_absolute_error": (losses.MeanAbsoluteError, real[0], real[1], {}),
    "mean_absolute_percentage_error": (losses.MeanAbsolutePercentageError, real[0] + 5, real[1], {}),
    "mean_squared_logarithmic_error": (losses.MeanSquaredLogarithmicError, shares[0], shares[1], {}),
    "huber": (losses.Huber, 2 * real[0], real[1], {}),
    "huber delta": (losses.Huber, 2 * real[0], real[1], {"delta": 0.3}),
    "log_cosh": (losses.LogCosh, real[0], real[1], {}),
    "poisson": (losses.Poisson, shares[0], shares[1], {}),
    "hinge": (losses.Hinge, 2 * bits - 1, real[1], {}),
    "hinge bits": (losses.Hinge, bits, real[1], {}),
    "squared_hinge": (losses.SquaredHinge, 2 * bits - 1, real[1], {}),
    "kl_divergence": (losses.KLDivergence, shares[0], shares[1], {}),
    "cosine_similarity": (losses.CosineSimilarity, real[0], real[1], {}),
    "binary_crossentropy": (losses.BinaryCrossentropy, bits, shares[1], {}),
    "binary_crossentropy logits": (losses.BinaryCrossentropy, bits, 3 * real[1], {"from_logits": True}),
    "binary_crossentropy smooth": (losses.BinaryCrossentropy, bits, shares[1], {"label_smoothing": 0.2}),
    "categorical_crossentropy": (losses.CategoricalCrossentropy, one_hot, shares[1], {}),
    "categorical_crossentropy logits": (losses.CategoricalCrossentropy, one_hot, real[1], {"from_logits": True}),
    "categorical_crossentropy smooth": (losses.CategoricalCrossentropy, one_hot, shares[1], {"label_smoothing": 0.2}),
    "sparse_categorical_crossentropy": (losses.SparseCategoricalCrossentropy, classes, shares[1], {}),
    "sparse_categorical_crossentropy logits": (
        losses.SparseCategoricalCrossentropy, classes, real[1], {"from_logits": True}),
}
untested = sorted(set(FAMILIES) - {name.split()[0] for name in cases})
worst, gradients = {}, {}
for name, (made, labels, predictions, options) in cases.items():
    operands = tf.constant(labels, "int32" if labels.dtype.kind == "i" else "float32"), tf.constant(predictions, "float32")
    for reduction in ("sum_over_batch_size", "sum", "none"):
        for weight in (None, weights):
            keras = made(reduction=reduction, **options)(
                *operands, sample_weight=None if weight is None else tf.constant(weight, "float32"))
            mine = canonical(name.split()[0], labels, predictions, weight, reduction, **options)
            assert np.shape(keras) == np.shape(mine), (name, reduction)
            worst[name + " " + reduction] = max(
                worst.get(name + " " + reduction, 0.0), float(np.abs((np.asarray(keras) - mine) / mine).max()))
    with tf.GradientTape() as tape:
        tape.watch(operands[1])
        loss = made(**options)(*operands)
    slopes = np.asarray(tape.gradient(loss, operands[1]))
    mine = canonical_gradient(name.split()[0], labels, predictions, **options)
    gradients[name] = float(np.linalg.norm(slopes - mine) / np.linalg.norm(mine))
"""
)


def test_canonical_losses_are_those_of_keras(stack: Stack) -> None:
    result = stack.run(AGAINST_KERAS, returns=["untested", "worst", "gradients"])
    assert result["untested"] == []
    assert len(result["worst"]) == 21 * 3
    # float32 against float64; Keras 2 also adds 1e-7 within its logarithms.
    assert {name: value for name, value in result["worst"].items() if value > 2e-5} == {}
    assert {name: value for name, value in result["gradients"].items() if value > 1e-4} == {}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("canonical('no_such_loss', [1.0], [1.0])", "unknown loss 'no_such_loss'"),
        ("canonical('huber', [[1.0]], [[1.0]], reduction='mean')", "unknown reduction 'mean'"),
        ("canonical('huber', [1.0, 2.0], [[1.0], [2.0]])", "labels (2,) for predictions (2, 1)"),
    ],
)
def test_nothing_is_aligned_or_guessed(stack: Stack, call: str, message: str) -> None:
    with pytest.raises(ProgramError) as raised:
        stack.run(LOAD + f"from runtime_checks.reference import canonical\n{call}\n", returns=[])
    assert raised.value.exception == "ValueError"
    assert message in str(raised.value)


COMPILED = (
    LOAD
    + """
import numpy as np
import tensorflow as tf
from runtime_checks import keras_model

layers = tf.keras.layers
x = np.random.RandomState(0).normal(size=(16, 3)).astype("float32")
y = x[:, :1] - 0.5
inputs = tf.keras.Input((3,))

def made(outputs=1, **options):
    heads = [layers.Dense(1, kernel_regularizer="l2")(inputs) for _ in range(outputs)]
    model = tf.keras.Model(inputs, heads if outputs > 1 else heads[0])
    model.compile(optimizer="sgd", **options)
    return model

def state(model):
    return [np.asarray(v).tolist() for metric in model.metrics for v in metric.variables]

single, double, without = made(loss="mse", metrics=["mae"]), made(2, loss=["mse", "mae"]), made()
targets = [tf.constant(y), tf.constant(2 * y)]
values, unchanged = {}, {}
for used in (False, True):
    if used:
        single.fit(x, y, verbose=0)
        double.fit(x, [y, 2 * y], verbose=0)
    before = state(single), state(double), len(single.metrics), len(double.metrics)
    p, (a, b) = single(x), double(x)
    values["single", used] = float(keras_model.compiled_loss(single, tf.constant(y), p) / np.mean((y - p) ** 2))
    expected = np.mean((y - a) ** 2) + np.mean(np.abs(2 * y - b))
    values["double", used] = float(keras_model.compiled_loss(double, targets, [a, b]) / expected)
    after = state(single), state(double), len(single.metrics), len(double.metrics)
    unchanged[used] = before == after

weight = tf.range(16.0)
error = tf.reduce_mean(tf.square(y - single(x)), axis=-1)
weighted = float(keras_model.compiled_loss(single, tf.constant(y), single(x), weight))
expected = float(tf.reduce_mean(error * weight))
given = [keras_model.compiled_loss_object(model) is not None for model in (single, double, without)]
"""
)


def test_the_compiled_loss_without_a_trace(stack: Stack) -> None:
    result = stack.run(COMPILED, returns=["values", "unchanged", "weighted", "expected", "given"])
    assert list(result["values"].values()) == pytest.approx([1.0] * 4, rel=1e-5)
    assert list(result["unchanged"].values()) == [True, True]
    assert result["weighted"] == pytest.approx(result["expected"], rel=1e-5)
    assert result["given"] == [True, True, False]

"""TFL102: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from corners import confidences
from rule_programs import RuleTests
from stacks import Stack


class TestVectorGradient(RuleTests):
    rule = "vector_gradient"


@pytest.mark.parametrize(
    ("loss", "found"),
    [
        ("keras.losses.sparse_categorical_crossentropy(y, model(x))", ["likely"]),
        ("keras.losses.mse(y, model(x))", []),
        ("keras.losses.mse(y, model(x)) + keras.losses.mae(y, model(x))", []),
        ("keras.losses.mse(tf.zeros((4, 3)), model(x))", ["likely"]),
        ("keras.losses.mse(tf.zeros((4, 3, 1)), model(x))", ["likely"]),
        ("keras.losses.mse(tf.zeros((1, 3, 1)), model(x))", []),
        ("keras.losses.mse(tf.zeros((4, 1)), model(x))", []),
        ("keras.losses.mse(tf.zeros((4,)), model(x))", []),
    ],
)
def test_shapes_that_the_file_does_not_show(loss: str, found: list[str]) -> None:
    text = f"""\
    def train(model, x, y):
        with tf.GradientTape() as tape:
            loss = {loss}
        return tape.gradient(loss, model.trainable_variables)
    """
    assert confidences(text, "TFL102") == found


@pytest.mark.parametrize(
    ("optimizer", "found"),
    [
        ("SGD(0.1)", ["certain"]),
        ("Adam()", ["possible"]),
        ("Adam(clipnorm=1.0)", ["certain"]),
        ("AdamW(0.01, weight_decay=0.5)", ["possible"]),
        ("AdamW(0.01, weight_decay=0.5, global_clipnorm=1.0)", ["certain"]),
    ],
)
def test_optimizers_that_feel_the_scale(optimizer: str, found: list[str]) -> None:
    text = f"""\
    model = keras.Sequential([keras.layers.Dense(3)])
    optimizer = keras.optimizers.{optimizer}
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(x - model(x)), axis=-1)
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_weights), model.trainable_weights))
    """
    assert confidences(text, "TFL102") == found


DECAY = """\
import numpy as np
import tensorflow as tf

def trained(reduced):
    layer = tf.keras.layers.Dense(1, kernel_initializer="ones")
    layer.build((None, 2))
    optimizer = tf.keras.optimizers.AdamW(0.01, weight_decay=0.5)
    for _ in range(20):
        with tf.GradientTape() as tape:
            loss = reduced(tf.square(layer(tf.constant([[1.0, 2.0], [3.0, 5.0]])))[:, 0])
        optimizer.apply_gradients(zip(tape.gradient(loss, layer.trainable_weights), layer.trainable_weights))
    return layer.get_weights()[0].ravel()

summed, meant = trained(tf.reduce_sum), trained(tf.reduce_mean)
"""


def test_weight_decay_does_not_bring_the_scale_back(stack: Stack) -> None:
    if stack.name == "keras2_8":
        pytest.skip("Keras 2.8 has no AdamW")
    result = stack.run(DECAY, returns=("summed", "meant"))
    assert result["summed"] == pytest.approx(result["meant"], rel=1e-4)

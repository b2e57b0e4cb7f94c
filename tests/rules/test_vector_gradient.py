"""TFL102: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from corners import confidences
from rule_programs import RuleTests


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

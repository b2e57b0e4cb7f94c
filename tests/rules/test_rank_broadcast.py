"""TFL201: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from corners import confidences
from rule_programs import RuleTests


class TestRankBroadcast(RuleTests):
    rule = "rank_broadcast"


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("tf.reduce_mean(tf.square(labels - model(x)))", []),
        ("keras.losses.mse(labels, model(x))", ["possible"]),
        ("keras.losses.sparse_categorical_crossentropy(column, model(x)[:, 0])", []),
    ],
)
def test_what_nothing_trains_on(expression: str, found: list[str]) -> None:
    text = f"""\
    labels, column = y, y.reshape(-1, 1)
    model = keras.Sequential([keras.layers.Dense(1)])
    y_true = {expression}
    """
    assert confidences(text, "TFL201") == found


@pytest.mark.parametrize(
    ("loss", "found"),
    [
        ("tf.reduce_mean(difference)", []),
        ("3.0 - 2.0 * tf.reduce_mean(difference)", []),
        ("tf.reduce_mean(difference, axis=0)[0]", ["likely"]),
        ("tf.reduce_sum(difference)", ["likely"]),
        ("tf.reduce_mean(tf.nn.relu(difference))", ["likely"]),
        ("tf.reduce_mean(difference) + tf.reduce_mean(tf.square(difference))", ["likely"]),
    ],
)
def test_the_mean_of_a_difference(loss: str, found: list[str]) -> None:
    text = f"""\
    def criterion(y_true, y_pred):
        difference = y_true - y_pred
        return {loss}

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    with tf.GradientTape() as tape:
        loss = criterion(tf.ones((50,)), model(x))
    tape.gradient(loss, model.trainable_variables)
    """
    assert confidences(text, "TFL201") == found

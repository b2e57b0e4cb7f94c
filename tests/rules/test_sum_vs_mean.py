"""TFL203: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from corners import confidences
from rule_programs import RuleTests


class TestSumVsMean(RuleTests):
    rule = "sum_vs_mean"


@pytest.mark.parametrize(
    ("returned", "found"),
    [
        ("mse + kl, p", ["likely"]),
        ("mse - 0.5 * -kl", ["likely"]),
        ("mse + scale", []),
        ("mse + tf.reduce_mean(p)", []),
    ],
)
def test_a_mean_over_features_beside_a_plain_sum(returned: str, found: list[str]) -> None:
    text = f"""\
    def elbo(model, x, y, scale):
        p = model(x)
        mse = tf.reduce_sum(keras.losses.mse(y, p))
        kl = tf.reduce_sum(1 + p - tf.exp(p))
        return {returned}
    """
    assert confidences(text, "TFL203") == found


@pytest.mark.parametrize(
    ("loss", "found"),
    [
        ("tf.reduce_mean(tf.square(y_true - y_pred)) / batch_size", ["likely"]),
        ("keras.losses.MeanSquaredError()(y_true, y_pred) * (1.0 / batch_size)", ["likely"]),
        ("(tf.reduce_mean(y_true) + tf.reduce_mean(y_pred)) / batch_size", ["likely"]),
        ("tf.reduce_mean(tf.square(y_true - y_pred)) / global_batch_size", []),
        ("tf.reduce_sum(tf.square(y_true - y_pred)) / batch_size", []),
        ("tf.reduce_mean(y_true, axis=-1) / batch_size", []),
        ("model.loss * tf.reduce_mean(y_pred) / batch_size", []),
    ],
)
def test_a_mean_that_is_divided_again(loss: str, found: list[str]) -> None:
    text = f"def loss(y_true, y_pred, batch_size, global_batch_size, model):\n    return {loss}\n"
    assert confidences(text, "TFL203") == found


def test_a_sum_beside_a_metric_of_another_kind() -> None:
    text = """\
    model = keras.Sequential([keras.layers.Dense(1)])
    accuracy = keras.metrics.BinaryAccuracy()
    with tf.GradientTape() as tape:
        p = model(x)
        loss = tf.reduce_sum(tf.square(y[:, None] - p))
    accuracy.update_state(y, p)
    tape.gradient(loss, model.trainable_variables)
    """
    assert confidences(text, "TFL203") == ["possible"]

"""TFL204: its page, its findings and its numbers."""

from __future__ import annotations

from corners import confidences, step
from rule_programs import RuleTests


class TestRmsePerSample(RuleTests):
    rule = "rmse_per_sample"


def test_a_root_per_sample_on_the_way_to_the_gradient() -> None:
    body = """\
        p = self(x, training=True)
        loss = tf.reduce_mean(tf.sqrt(keras.losses.mse(y[:, None], p)))
    """
    assert confidences(step(body), "TFL204") == ["likely"]


def test_a_root_per_sample_that_is_only_returned() -> None:
    text = "def distance(y_true, y_pred):\n    return tf.sqrt(keras.losses.mse(y_true, y_pred))\n"
    assert confidences(text, "TFL204") == ["possible"]

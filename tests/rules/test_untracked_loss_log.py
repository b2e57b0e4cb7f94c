"""TFL303: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from corners import confidences, step
from rule_programs import RuleTests

from tfloss_lint.generation import Generation


class TestUntrackedLossLog(RuleTests):
    rule = "untracked_loss_log"


TRACKED = """\
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.tracker = keras.metrics.Mean(name="loss")
"""


def test_a_log_that_bears_a_trackers_name_is_the_trackers() -> None:
    body = """\
        loss = tf.reduce_mean(tf.square(y[:, None] - self(x, training=True)))
        self.tracker.update_state(loss)
    """
    text = step(body, result='{"loss": loss}', extra=TRACKED)
    assert confidences(text, "TFL303", frozenset({Generation.KERAS3})) == []
    assert confidences(text, "TFL303", frozenset({Generation.KERAS2})) == ["certain"]


def test_logs_that_the_step_does_not_spell_out() -> None:
    body = "loss = tf.reduce_mean(tf.square(y[:, None] - self(x['a'], training=True)))"
    text = step(body, result="x").replace("model.fit(x, y)", "model.fit({'a': x}, y)")
    assert confidences(text, "TFL303") == []


@pytest.mark.parametrize("update", ["", "self.compiled_metrics.update_state(y, p)"])
def test_compiled_metrics_beside_a_raw_loss(update: str) -> None:
    body = f"""\
        p = self(x, training=True)
        loss = tf.reduce_mean(tf.square(y[:, None] - p))
        {update}
    """
    text = step(body, "'sgd', 'mse', metrics=['mae']", '{"loss": loss}')
    assert confidences(text, "TFL303") == ["certain"]


def test_a_step_that_returns_no_logs() -> None:
    body = "loss = tf.reduce_mean(tf.square(y[:, None] - self(x, training=True)))"
    assert confidences(step(body, result="loss"), "TFL303") == []

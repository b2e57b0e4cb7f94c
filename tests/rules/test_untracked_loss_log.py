"""TFL303: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from corners import confidences, messages, step
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


@pytest.mark.parametrize(
    ("kept", "shown", "found"),
    [("loss", "loss", []), ("x[0, 0]", "loss", ["certain"]), ("loss", "2 * loss", ["certain"])],
)
def test_a_moving_average_that_the_step_keeps_itself(kept: str, shown: str, found: list[str]) -> None:
    body = f"""\
        loss = 0.9 * self.average + 0.1 * tf.reduce_mean(tf.square(y[:, None] - self(x, training=True)))
        self.average.assign({kept})
    """
    text = step(body, result=f'{{"loss": {shown}}}', extra=TRACKED.replace("tracker", "average"))
    assert confidences(text.replace('keras.metrics.Mean(name="loss")', "tf.Variable(0.0)"), "TFL303") == found


def test_a_step_that_returns_no_logs() -> None:
    body = "loss = tf.reduce_mean(tf.square(y[:, None] - self(x, training=True)))"
    assert confidences(step(body, result="loss"), "TFL303") == []


ZERO, LAST_BATCH = "and 0.0, from a loss tracker", "fit() reports the last batch alone"
MAE = """\
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.error = keras.metrics.MeanAbsoluteError(name="mae")
"""


@pytest.mark.parametrize(
    ("result", "shown"),
    [
        ('{"loss": loss, "mae": self.error.result()}', ZERO),
        ('{"loss": loss, "error": self.error.result()}', LAST_BATCH),
        ('{"loss": loss, "mae": self.error.result(), "rows": 3}', LAST_BATCH),
        ('{"loss": loss}', LAST_BATCH),
    ],
)
def test_what_keras_3_shows_depends_on_the_other_keys(result: str, shown: str) -> None:
    body = "loss = tf.reduce_mean(tf.square(y[:, None] - self(x, training=True)))"
    (message,) = messages(step(body, result=result, extra=MAE), "TFL303")
    assert shown in message
    assert (ZERO in message) == (shown == ZERO)


def test_compiled_metrics_that_the_step_updates_have_no_keys_of_their_own() -> None:
    body = """\
        p = self(x, training=True)
        loss = tf.reduce_mean(tf.square(y[:, None] - p))
        self.compiled_metrics.update_state(y, p)
    """
    logs = "{**{m.name: m.result() for m in self.metrics}, 'loss': loss}"
    (message,) = messages(step(body, "'sgd', metrics=given", logs), "TFL303")
    assert message.endswith(LAST_BATCH)

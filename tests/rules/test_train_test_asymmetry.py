"""TFL106: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from corners import claims
from rule_programs import RuleTests, places

from tfloss_lint.settings import Settings


class TestTrainTestAsymmetry(RuleTests):
    rule = "train_test_asymmetry"


PROGRAM = """\
import tensorflow as tf
from tensorflow import keras
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(3)
        self.tracker = keras.metrics.Mean(name="loss")
        self.bce = keras.losses.BinaryCrossentropy()
        self.mse = keras.losses.MeanSquaredError()
    def call(self, x):
        return self.head(x)
    def {train_step}(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            p = self(x, training=True)
            loss = {train}
        tape.gradient(loss, self.trainable_variables)
        return {{"loss": loss}}
    def {test_step}(self, data):
        x, y = data
        p = self(x, training=False)
        loss = {test}
        {track}
        return {returned}
model = Net()
{compile}
x, y = tf.ones((9, 4)), tf.ones((9, 3))
model.fit(x, y, validation_data=(x, y))
"""
DEFAULT = {
    "train_step": "train_step",
    "test_step": "test_step",
    "train": "self.mse(y, p)",
    "test": "self.mse(y, p)",
    "track": "pass",
    "returned": '{"loss": loss}',
    "compile": "",
}
ABSOLUTE = "tf.reduce_mean(tf.abs(y - p))"
MEAN, SUM = "tf.reduce_mean(tf.square(y - p))", "tf.reduce_sum(tf.square(y - p))"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 0),
        ({"test": MEAN}, 0),
        ({"test": ABSOLUTE}, 1),
        ({"test": "keras.losses.mae(y, p)"}, 1),
        ({"test": "self.bce(y, p)"}, 1),
        ({"test": f"{ABSOLUTE} + sum(self.losses)"}, 1),
        ({"test": f"2.0 * {MEAN}"}, 1),
        ({"test": f"{MEAN} / 4"}, 1),
        ({"train": f"2.0 * {MEAN}", "test": "self.mse(y, p) * 2.0"}, 0),
        ({"train": SUM, "test": MEAN}, 1),
        ({"train": SUM, "test": MEAN, "compile": "model.compile('sgd', 'mse')"}, 0),
        ({"test": f"{MEAN} / unknown"}, 0),
        ({"test": f"{MEAN} + {ABSOLUTE}"}, 0),
        ({"test": "tf.reduce_mean(tf.abs(x - p))"}, 0),
        ({"test": "tf.reduce_mean(y * p)"}, 0),
        ({"test": "elsewhere(y, p)"}, 0),
        ({"test": "1.0"}, 0),
        ({"test": ABSOLUTE, "returned": '{"mae": loss}'}, 0),
        ({"test": ABSOLUTE, "returned": "elsewhere(loss)"}, 0),
        ({"test": ABSOLUTE, "returned": '{"loss": self.tracker.result()}'}, 0),
        (
            {
                "test": ABSOLUTE,
                "track": "self.tracker.update_state(loss)",
                "returned": '{"loss": self.tracker.result()}',
            },
            1,
        ),
        ({"track": "self.tracker.update_state(1.0)", "returned": '{"loss": self.tracker.result()}'}, 0),
        ({"track": "self.tracker.update_state(unknown)", "returned": '{"loss": self.tracker.result()}'}, 0),
        ({"test": ABSOLUTE, "train": "self.compute_loss(x, y, p)", "compile": "model.compile('sgd', 'mse')"}, 1),
        ({"test": ABSOLUTE, "train": "self.compute_loss(x, y, p)", "compile": "model.compile('sgd', 'mae')"}, 0),
        ({"test": ABSOLUTE, "train": "self.compute_loss(x, y, p)", "compile": "model.compile('sgd', unknown)"}, 0),
        ({"test": ABSOLUTE, "train": "elsewhere(y, p)"}, 0),
        ({"test": ABSOLUTE, "train_step": "fit_once"}, 0),
        ({"test": ABSOLUTE, "test_step": "look"}, 0),
    ],
)
def test_findings(changes: dict[str, str], expected: int) -> None:
    text = PROGRAM.format(**{**DEFAULT, **changes})
    assert len(places(text, Settings(select=("TFL106",)))) == expected


def test_steps_of_two_models_have_nothing_to_do_with_each_other() -> None:
    first = PROGRAM.format(**{**DEFAULT, "test_step": "look"})
    second = PROGRAM.format(**{**DEFAULT, "test": ABSOLUTE, "train_step": "look"}).replace("Net", "Other")
    assert places(first + second, Settings(select=("TFL106",))) == []


def test_what_can_be_measured() -> None:
    text = PROGRAM.format(**{**DEFAULT, "test": ABSOLUTE})
    assert claims(text, "TFL106") == [("reported loss", {"train": "self.mse(y, p)"}, {})]


def test_a_loss_of_a_helper_is_not_shown_by_test_step_itself() -> None:
    text = PROGRAM.format(**{**DEFAULT, "test": "absolute(y, p)"})
    helper = f"def absolute(y, p):\n    return {ABSOLUTE}\n"
    assert claims(text.replace("class Net", f"{helper}class Net"), "TFL106") == [None]

"""TFL105: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from corners import claims
from rule_programs import RuleTests


class TestUnusedCompileLoss(RuleTests):
    rule = "unused_compile_loss"


LOOP = """\
model = keras.Sequential([keras.layers.Dense(1)])
model.compile("sgd", "mae")
for features, labels in tf.data.Dataset.from_tensor_slices((x, y[:, None])).batch(8):
    with tf.GradientTape() as tape:
        outputs = model(features, training=True)
        loss = {loss}
    tape.gradient(loss, model.trainable_variables)
"""
SQUARES = "tf.reduce_mean(tf.square(labels - outputs))"
COMPARED = ("unused loss", {"call": "labels - outputs", "label": "labels", "prediction": "outputs"}, {})


@pytest.mark.parametrize(
    ("loss", "claim"),
    [
        (SQUARES, COMPARED),
        (f"{SQUARES} + sum(model.losses)", COMPARED),
        (f"{SQUARES} + tf.reduce_mean(tf.abs(labels - outputs))", None),
        ("elsewhere(labels, outputs)", None),
    ],
)
def test_what_can_be_measured_of_a_loop(loss: str, claim: object) -> None:
    assert claims(LOOP.format(loss=loss), "TFL105") == [claim]


STEPS = """\
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(4)
    def call(self, inputs):
        return self.head(inputs)
    def train_step(self, inputs):
        {step}
    def learn(self, inputs):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(inputs - self(inputs)))
        tape.gradient(loss, self.trainable_variables)
        return {{"error": loss}}
    def test_step(self, inputs):
        return {{"error": tf.reduce_mean(tf.square(inputs - self(inputs)))}}
net = Net()
net.compile("sgd", "mae")
net.fit(x)
"""
OWN = """with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(inputs - self(inputs)))
        tape.gradient(loss, self.trainable_variables)
        return {"error": loss}"""


@pytest.mark.parametrize(
    ("step", "claim"), [(OWN, ("unused loss", {"call": "loss"}, {})), ("return self.learn(inputs)", None)]
)
def test_what_can_be_measured_of_a_step(step: str, claim: object) -> None:
    assert claims(STEPS.format(step=step), "TFL105") == [claim]

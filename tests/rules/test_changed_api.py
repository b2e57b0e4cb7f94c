"""TFL502: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from rule_programs import RuleTests, places

from tfloss_lint.generation import BOTH, Generation
from tfloss_lint.lint import lint_source
from tfloss_lint.settings import Settings
from tfloss_lint.source import Source


class TestChangedApi(RuleTests):
    rule = "changed_api"


HEAD = """\
import tensorflow as tf
from tensorflow import keras
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1, kernel_regularizer="l2")
        self.tracker = keras.metrics.Mean(name="own")
        self.error = keras.metrics.MeanAbsoluteError()
    def call(self, x):
        return self.head(x)
"""
STEP = """\
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            p = self(x, training=True)
            loss = self.{loss}
        tape.gradient(loss, self.trainable_variables)
"""
COMPILED, ALL, SHIM = (
    "compute_loss(x, y, p)",
    "{m.name: m.result() for m in self.metrics}",
    "self.compiled_metrics.update_state(y, p)",
)
TRACKED = "self.tracker.update_state(loss)"
ASKS = "compiled_loss(y, p) if hasattr(self, 'compiled_loss') else self.compute_loss(x, y, p)"
PROPERTY = "    @property\n    def metrics(self):\n        return {listed}\n"


def found(text: str, target: frozenset[Generation] = BOTH) -> int:
    """The number of findings with ``--pedantic``."""
    return len(places(text, Settings(select=("TFL502",), target_keras=target, pedantic=True)))


def step(*lines: str, loss: str = COMPILED, more: str = "") -> str:
    return HEAD + STEP.format(loss=loss) + "".join(f"        {line}\n" for line in lines) + more


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (step(SHIM, f"return {ALL}"), 1),
        (step(f"return {ALL}"), 1),
        (step("return self.get_metrics_result()"), 1),
        (step("if maybe:", "    self.tracker.reset_state()", "return self.compute_metrics(x, y, p, None)"), 1),
        (step(SHIM, "r = self.tracker.result() if maybe else self.error.result()", "return {'r': r}"), 1),
        (step(SHIM, "return {'own': self.tracker.result()}", more=PROPERTY.format(listed="[self.tracker]")), 1),
        (step("return unknown"), 0),
        (step(SHIM, "return {'loss': loss}"), 0),
        (step(SHIM, "return {'error': self.error.result()}"), 0),
        (step(SHIM, "return {'r': self.tracker.result() if maybe else 1.0}"), 0),
        (step(SHIM, "return {'own': self.tracker.result()}", more=PROPERTY.format(listed="[self.error]")), 0),
        (step(SHIM, "return {'own': self.tracker.result()}", more=PROPERTY.format(listed="elsewhere")), 0),
        (step("self.tracker.update_state(loss)", f"return {ALL}"), 0),
        (step("self.elsewhere.update_state(loss)", f"return {ALL}"), 0),
        (step("return self.compute_metrics(x, y, p, None)", more=PROPERTY.format(listed="[self.tracker]")), 0),
        (step(f"return {ALL}", loss="own_loss(y, p)"), 0),
        (step(f"return {ALL}", more="net = Net()\nnet.compile(loss='mse', metrics=['mae'])\n"), 0),
        (step("return {}", loss="compiled_loss(y, p)"), 1),
        (step("return {}", loss="compiled_loss(y, p, None, self.losses)"), 0),
        (step("return {}", loss="compiled_loss(y, p) + 0.0 * tf.reduce_sum(self.losses)"), 1),
        (step("return {}", loss="compiled_loss(y, p)").replace(', kernel_regularizer="l2"', ""), 0),
        (step("return {}", loss="compiled_loss(y, elsewhere)"), 0),
        (step("return {}", loss=ASKS), 0),
        (
            "from keras import layers\nclass M(layers.Layer):\n    def reset_states(self):\n        self.update_state()\n",
            0,
        ),
        (
            "from keras import metrics\nclass M(metrics.Mean):\n    def reset_states(self):\n        self.update_state()\n",
            1,
        ),
        ("from keras import metrics\nclass M(metrics.Mean):\n    reset_states = update_state\n", 0),
        ("import tensorflow as tf\ntape = tf.GradientTape()\ntape.gradient(1.0, unknown)\n", 0),
    ],
)
def test_findings(text: str, number: int) -> None:
    assert found(text) == number


@pytest.mark.parametrize(
    ("lines", "facts"),
    [
        ([SHIM, f"return {ALL}"], {"key": "loss", "partly": False}),
        ([f"return {ALL}"], {"key": "loss", "partly": False}),
        (
            [TRACKED, SHIM, "return {'mae': self.error.result(), 'mse': self.tracker.result()}"],
            {"key": "mse", "partly": False},
        ),
        ([TRACKED, TRACKED, SHIM, "return {'mse': self.tracker.result()}"], None),
        ([SHIM, "return {'mse': self.tracker.result()}"], None),
    ],
)
def test_what_is_measured_of_logs(lines: list[str], facts: dict[str, object] | None) -> None:
    """The log that is wrong, if it is clear what it should show."""
    settings = Settings(select=("TFL502",), target_keras=frozenset({Generation.KERAS3}), pedantic=True)
    (finding,) = lint_source(Source("a.py", step(*lines)), settings, claims=True)
    claim = None if finding.claim is None else dict(finding.claim.facts)
    assert claim == (None if facts is None else {**facts, "step": "train_step"})

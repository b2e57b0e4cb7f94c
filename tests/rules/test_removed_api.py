"""TFL501: its page, its findings and its numbers."""

from __future__ import annotations

from textwrap import indent

import pytest
from rule_programs import RuleTests, places

from tfloss_lint.generation import BOTH, Generation
from tfloss_lint.settings import Settings

KERAS2, KERAS3 = frozenset({Generation.KERAS2}), frozenset({Generation.KERAS3})
HEAD = """\
import tensorflow as tf
from tensorflow import keras
with tf.GradientTape() as tape:
"""


class TestRemovedApi(RuleTests):
    rule = "removed_api"


def found(text: str, target: frozenset[Generation] = KERAS3) -> list[tuple[int, int]]:
    """Lines and columns of what is found in a block of code."""
    program = HEAD + indent(text, " ")
    lines = HEAD.count("\n")
    return [(p.line - lines, p.column - 1) for p in places(program, Settings(target_keras=target, pedantic=True))]


@pytest.mark.parametrize(
    "text",
    [
        "keras.layers.Dense(1).output_shape\n",
        "keras.layers.LSTM(1).stateful\n",
        "keras.optimizers.legacy.Adam(lr=0.1).lr\n",
        "keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.9).lr\n",
        "keras.optimizers.Adam(learning_rate=0.1, beta_1=0.8)\n",
        "keras.optimizers.Adam(**options)\n",
        "keras.optimizers.Muon(rate=0.1)\n",
        "keras.callbacks.Callback().lr\n",
        "model = keras.Model()\nmodel.fit(x, y, epochs=2)\nmodel.compiled_loss(y, y)\n",
        "metric = keras.metrics.Mean()\nif tf.__version__ < '2.5':\n    metric.reset_states()\n",
        "m = keras.metrics.Mean()\ntry:\n    m.reset_states()\nexcept AttributeError:\n    m.reset_state()\n",
        "m = keras.metrics.Mean()\ntry:\n    m.reset_state()\nexcept AttributeError:\n    m.reset_states()\n",
        "class M(Mixin, keras.Model):\n    def call(self, x):\n        return self.updates\nM()\n",
        "class M(keras.Model):\n  def call(self, x):\n    self.updates\n  def f(self):\n    self.updates = 1\n",
        "class M(keras.metrics.Metric):\n    reset_states = None\n",
        "class M(keras.layers.Layer):\n    def reset_states(self):\n        pass\n",
        "class M(keras.Model):\n    def more(self):\n        self.stateful = True\nM().more()\n",
    ],
)
def test_silence(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("metric = keras.metrics.Mean()\nif maybe:\n    metric.reset_states()\n", [(3, 5)]),
        ("metric = keras.metrics.Mean()\ntry:\n    metric.reset_states()\nfinally:\n    pass\n", [(3, 5)]),
        ("class L(keras.layers.Layer):\n    def call(self, x):\n        return self.output_shape\n", [(3, 16)]),
        ("model = keras.Sequential()\nmodel.optimizer.lr\n", [(2, 1)]),
        ("model = keras.Model()\nmodel.reset_states()\n", [(2, 1)]),
        (
            "class P(keras.Model):\n    pass\nclass C(P):\n    def call(self, x):\n        return self.inbound_nodes\n",
            [(5, 16)],
        ),
    ],
)
def test_finding(text: str, expected: list[tuple[int, int]]) -> None:
    assert found(text) == found(text, BOTH) == expected
    assert found(text, KERAS2) == []

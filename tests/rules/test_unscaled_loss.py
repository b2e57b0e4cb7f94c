"""TFL108: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from rule_programs import RuleTests, places

from tfloss_lint.generation import BOTH, Generation
from tfloss_lint.settings import Settings


class TestUnscaledLoss(RuleTests):
    rule = "unscaled_loss"


PROGRAM = """\
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import mixed_precision
{policy}
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)
        {own}
    def call(self, x):
        return self.head(x)
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = {loss}
        gradients = tape.gradient(loss, {over})
        {apply}
model = Net()
model.compile({optimizer})
"""
DEFAULT = {
    "policy": "mixed_precision.set_global_policy('mixed_float16')",
    "own": "pass",
    "loss": "tf.reduce_mean(tf.square(y - self(x, training=True)))",
    "over": "self.trainable_variables",
    "apply": "self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))",
    "optimizer": "keras.optimizers.SGD(0.1)",
}
CERTAIN, POSSIBLE, SILENT = (1, 1), (0, 1), (0, 0)


def found(target: frozenset[Generation] = BOTH, **changes: str) -> tuple[int, int]:
    """The number of findings by default, and with ``--pedantic``."""
    text = PROGRAM.format(**{**DEFAULT, **changes})
    settings = [Settings(select=("TFL108",), target_keras=target, pedantic=pedantic) for pedantic in (False, True)]
    by_default, pedantic = (len(places(text, each)) for each in settings)
    return by_default, pedantic


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, CERTAIN),
        ({"optimizer": "'sgd'"}, CERTAIN),
        ({"optimizer": "keras.optimizers.Adam()"}, CERTAIN),
        ({"optimizer": "mixed_precision.LossScaleOptimizer(keras.optimizers.SGD(0.1))"}, CERTAIN),
        ({"policy": "mixed_precision.set_global_policy(mixed_precision.Policy('mixed_float16'))"}, CERTAIN),
        ({"policy": "tf.keras.mixed_precision.experimental.set_policy('mixed_float16')"}, CERTAIN),
        ({"policy": "import keras\nkeras.config.set_dtype_policy('mixed_float16')"}, CERTAIN),
        ({"policy": "if fast: mixed_precision.set_global_policy('mixed_float16')"}, POSSIBLE),
        ({"policy": "p = 'mixed_float16'\nfor p in (p, 'float32'):\n    mixed_precision.set_global_policy(p)"}, SILENT),
        (
            {"policy": "mixed_precision.set_global_policy('mixed_float16')\nmixed_precision.set_global_policy(other)"},
            POSSIBLE,
        ),
        ({"policy": ""}, SILENT),
        ({"policy": "mixed_precision.set_global_policy('float32')"}, SILENT),
        ({"own": "self.optimizer = keras.optimizers.SGD(0.1)"}, SILENT),
        ({"own": "self.other = keras.optimizers.SGD(0.1)", "apply": "self.other.apply_gradients(gradients)"}, SILENT),
        ({"apply": "self.optimizer.minimize(lambda: loss, self.trainable_variables)"}, SILENT),
        ({"apply": "pass"}, SILENT),
        ({"apply": "other.apply_gradients(gradients)"}, SILENT),
        ({"over": "x"}, SILENT),
        ({"loss": "self.optimizer.scale_loss(self.compute_loss(x, y, self(x)))"}, SILENT),
    ],
)
def test_findings(changes: dict[str, str], expected: tuple[int, int]) -> None:
    assert found(**changes) == expected


def test_small_gradients_alone_are_lost_on_keras2() -> None:
    keras2 = frozenset({Generation.KERAS2})
    assert found(keras2) == POSSIBLE
    assert found(keras2, policy="", optimizer="mixed_precision.LossScaleOptimizer('sgd')") == SILENT

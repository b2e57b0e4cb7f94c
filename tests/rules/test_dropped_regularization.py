"""TFL103: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from rule_programs import RuleTests, places

from tfloss_lint.generation import BOTH
from tfloss_lint.settings import Settings


class TestDroppedRegularization(RuleTests):
    rule = "dropped_regularization"


PROGRAM = """\
import tensorflow as tf
from tensorflow.keras import layers, Sequential
model = Sequential([{layer}])
other = Sequential([layers.Dense(1)])
for x, y in data:
    with tf.GradientTape() as tape:
        p = model(x, training=True)
        loss = {loss}
    gradients = tape.gradient(loss, {over})
"""
PENALIZED, ERROR = "layers.Dense(1, bias_regularizer='l1')", "tf.reduce_mean(tf.square(y - p))"


def found(layer: str = PENALIZED, loss: str = ERROR, over: str = "model.trainable_variables") -> tuple[int, int]:
    """The number of findings by default, and with ``--pedantic``."""
    text = PROGRAM.format(layer=layer, loss=loss, over=over)
    settings = (Settings(select=("TFL103",), target_keras=BOTH, pedantic=pedantic) for pedantic in (False, True))
    by_default, pedantic = (len(places(text, each)) for each in settings)
    return by_default, pedantic


LIKELY, POSSIBLE, SILENT = (1, 1), (0, 1), (0, 0)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, LIKELY),
        ({"layer": "layers.Dense(1)"}, SILENT),
        ({"layer": "layers.Dense(1, kernel_regularizer=None)"}, SILENT),
        ({"layer": "layers.Dense(1, kernel_regularizer=chosen)"}, LIKELY),
        ({"layer": f"{PENALIZED} if maybe else layers.Dense(1)"}, SILENT),
        ({"loss": f"{ERROR} + tf.add_n(model.losses)"}, SILENT),
        ({"loss": f"{ERROR} + 0.1 * tf.nn.l2_loss(model.trainable_variables[0])"}, SILENT),
        ({"loss": f"{ERROR} + extra()"}, POSSIBLE),
        ({"loss": "elsewhere(y, p)"}, POSSIBLE),
        ({"loss": "model.compute_loss(x, y, p)"}, SILENT),
        ({"loss": "tf.reduce_mean(tf.square(y - other(x)))"}, SILENT),
        ({"loss": "3.0"}, SILENT),
        ({"over": "other.trainable_variables"}, SILENT),
        ({"over": "weights"}, SILENT),
    ],
)
def test_findings(changes: dict[str, str], expected: tuple[int, int]) -> None:
    assert found(**changes) == expected

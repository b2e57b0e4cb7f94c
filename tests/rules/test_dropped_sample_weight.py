"""TFL104: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from rule_programs import RuleTests, places

from tfloss_lint.settings import Settings


class TestDroppedSampleWeight(RuleTests):
    rule = "dropped_sample_weight"


PROGRAM = """\
import numpy as np
import tensorflow as tf
from tensorflow import keras
class Net(keras.Model):
    def {step}(self, data):
        {unpack}
        with tf.GradientTape() as tape:
            p = self(x, training=True)
            loss = {loss}
        tape.gradient(loss, self.trainable_variables)
        return {{}}
x, y, w = np.ones((9, 4)), np.ones((9, 1)), np.ones((9,))
model = Net()
{compile}
{fit}
"""
ERROR = "tf.reduce_mean(tf.square(y - p))"
DEFAULT = {"step": "train_step", "unpack": "x, y, sample_weight = data", "loss": ERROR, "compile": "", "fit": ""}


def found(**changes: str) -> tuple[int, int]:
    """The number of findings by default, and with ``--pedantic``."""
    text = PROGRAM.format(**{**DEFAULT, **changes})
    by_default, pedantic = (len(places(text, Settings(select=("TFL104",), pedantic=flag))) for flag in (False, True))
    return by_default, pedantic


FOUND, POSSIBLE, SILENT = (1, 1), (0, 1), (0, 0)
ANY = "x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)"
TWO = "x, y = data"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, FOUND),
        ({"unpack": "x, y, sw = data"}, FOUND),
        ({"unpack": "[x, y, sw] = data"}, FOUND),
        ({"unpack": "x, y, mask = data"}, SILENT),
        ({"unpack": "x, y, _ = data"}, SILENT),
        ({"unpack": "x, y, self.weight = data"}, SILENT),
        ({"unpack": TWO}, SILENT),
        ({"unpack": ANY}, POSSIBLE),
        ({"unpack": ANY, "fit": "model.fit(x, y)"}, SILENT),
        ({"unpack": ANY, "fit": "model.fit(x, y, sample_weight=None)"}, SILENT),
        ({"unpack": ANY, "fit": "model.fit(x, y, sample_weight=w)"}, FOUND),
        ({"unpack": ANY, "fit": "model.fit(x, y, class_weight={0: 2.0})"}, FOUND),
        ({"unpack": ANY, "fit": "model.fit(x, y, class_weight=None)"}, SILENT),
        ({"unpack": ANY, "fit": "model.fit(x, y, sample_weight=elsewhere)"}, POSSIBLE),
        ({"unpack": ANY, "fit": "model.fit(x, y, **options)"}, POSSIBLE),
        ({"loss": f"{ERROR} * tf.reduce_mean(sample_weight)"}, SILENT),
        ({"loss": "elsewhere(y, p, sample_weight)"}, SILENT),
        ({"loss": "elsewhere(y, p)"}, SILENT),
        ({"loss": "elsewhere()"}, SILENT),
        ({"loss": "tf.reduce_mean(tf.square(x - p))"}, SILENT),
        ({"loss": "self.compiled_loss(y, p, sample_weight)"}, SILENT),
        ({"loss": "self.compiled_loss(y, p, None)"}, FOUND),
        ({"compile": "model.compile(loss='mse')"}, SILENT),
        ({"compile": "model.compile(loss='mse')", "loss": "self.compute_loss(x, y, p)"}, FOUND),
        ({"unpack": TWO, "fit": "model.fit(x, y, sample_weight=w)"}, FOUND),
        ({"unpack": TWO, "fit": "model.fit(x, y, class_weight={0: 2.0})"}, FOUND),
        ({"unpack": TWO, "fit": "model.fit(x, y, class_weight=elsewhere)"}, SILENT),
        ({"unpack": TWO, "fit": "model.train_on_batch(x, y, w)"}, FOUND),
        ({"unpack": TWO, "fit": "model.train_on_batch(x, y)"}, SILENT),
        ({"unpack": TWO, "fit": "model.train_on_batch(x, y, class_weight={0: 2.0})"}, FOUND),
        ({"unpack": TWO, "fit": "model.fit(tf.data.Dataset.from_tensor_slices((x, y, w)).batch(3))"}, FOUND),
        ({"unpack": TWO, "fit": "model.fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(3))"}, SILENT),
        (
            {
                "unpack": TWO,
                "fit": "model.fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(3), class_weight={0: 2.0})",
            },
            FOUND,
        ),
        ({"unpack": "x, *rest = data; y = rest[0]", "fit": "model.fit(x, y, sample_weight=w)"}, SILENT),
        ({"step": "test_step", "unpack": TWO, "fit": "model.fit(x, y, validation_data=(x, y, w))"}, FOUND),
        ({"step": "test_step", "unpack": TWO, "fit": "model.evaluate(x, y, sample_weight=w)"}, FOUND),
        ({"step": "test_step", "unpack": TWO, "fit": "model.fit(x, y, sample_weight=w, validation_split=0.1)"}, FOUND),
        (
            {"step": "test_step", "unpack": TWO, "fit": "model.fit(x, y, class_weight={0: 2.0}, validation_split=0.1)"},
            SILENT,
        ),
        ({"step": "test_step"}, SILENT),
    ],
)
def test_findings(changes: dict[str, str], expected: tuple[int, int]) -> None:
    assert found(**changes) == expected


@pytest.mark.parametrize(
    "unpack",
    [
        "if maybe: x, y = data\n        else: x, y, w = data",
        "try: x, y = data\n        except ValueError: pass",
    ],
)
def test_patterns_that_may_not_be_reached(unpack: str) -> None:
    assert found(unpack=unpack, fit="model.fit(x, y, sample_weight=w)") == SILENT

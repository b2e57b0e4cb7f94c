"""TFL205: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from rule_programs import RuleTests, places

from tfloss_lint.generation import BOTH
from tfloss_lint.settings import Settings


class TestMaskedMean(RuleTests):
    rule = "masked_mean"


FUNCTION = """\
import tensorflow as tf
def loss_function(y_true, y_pred):
    loss = tf.keras.losses.sparse_categorical_crossentropy(y_true, y_pred)
    mask = {mask}
    loss = {loss}
    return {result}
"""


def found(
    mask: str = "tf.cast(y_true != 0, loss.dtype)", loss: str = "loss * mask", result: str = "tf.reduce_mean(loss)"
) -> tuple[int, int]:
    """The number of findings by default, and with ``--pedantic``."""
    text = FUNCTION.format(mask=mask, loss=loss, result=result)
    settings = (Settings(select=("TFL205",), target_keras=BOTH, pedantic=pedantic) for pedantic in (False, True))
    by_default, pedantic = (len(places(text, each)) for each in settings)
    return by_default, pedantic


LIKELY, POSSIBLE, SILENT = (1, 1), (0, 1), (0, 0)


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        ("tf.cast(y_true != 0, 'float32')", LIKELY),
        ("tf.cast(tf.logical_not(y_true == 0), 'float32')", LIKELY),
        ("tf.reshape(tf.cast(y_true != 0, 'float32'), (-1, 4))", LIKELY),
        ("1.0 - tf.cast(tf.equal(y_true, 0), 'float32')", LIKELY),
        ("tf.cast(y_true > 0, 'float32')", POSSIBLE),
        ("tf.cast(y_true != padding, 'float32')", POSSIBLE),
        ("tf.cast(y_true == 1, 'float32')", SILENT),
        ("tf.cast(tf.logical_not(y_true != 0), 'float32')", SILENT),
        ("tf.cast(tf.logical_not(y_true > 0), 'float32')", SILENT),
        ("tf.cast(y_pred[..., 0] > 0.5, 'float32')", SILENT),
        ("tf.gather(weights, y_true)", SILENT),
        ("y_true", SILENT),
        ("tf.cast(tf.logical_not(unknown), 'float32')", SILENT),
        ("1.0 - unknown", SILENT),
        ("unknown", SILENT),
        ("1.0 + 9.0 * tf.cast(y_true != 0, 'float32')", SILENT),
        ("2.0 - tf.cast(y_true == 0, 'float32')", SILENT),
    ],
)
def test_masks(mask: str, expected: tuple[int, int]) -> None:
    assert found(mask) == expected


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("tf.reduce_mean(loss)", LIKELY),
        ("tf.reduce_mean(loss, axis=1)", LIKELY),
        ("2.0 * tf.reduce_mean(loss)", LIKELY),
        ("loss", POSSIBLE),
        ("tf.reduce_sum(loss)", SILENT),
        ("tf.reduce_mean(tf.reduce_sum(loss, axis=1))", SILENT),
        ("tf.reduce_mean(loss) / tf.reduce_mean(mask)", SILENT),
        ("tf.reduce_mean(loss / tf.reduce_mean(mask))", SILENT),
        ("tf.nn.compute_average_loss(loss, global_batch_size=8)", SILENT),
    ],
)
def test_reductions(result: str, expected: tuple[int, int]) -> None:
    assert found(result=result) == expected


def test_a_loss_that_is_masked_twice_is_left_alone() -> None:
    assert found(loss="loss * mask * mask") == SILENT


def test_a_masked_loss_that_is_only_differentiated_has_no_mean() -> None:
    text = FUNCTION.format(mask="tf.cast(y_true != 0, 'float32')", loss="loss * mask", result="loss")
    loop = "with tf.GradientTape() as tape:\n    value = loss_function(y_true, y_pred)\ntape.gradient(value, weights)\n"
    assert places(text + loop, Settings(select=("TFL205",), target_keras=BOTH, pedantic=True)) == []


def test_a_masked_loss_that_is_only_logged_has_no_mean() -> None:
    text = """\
import tensorflow as tf
class Net(tf.keras.Model):
    def train_step(self, data):
        x, y = data
        p = self(x, training=True)
        loss = tf.keras.losses.sparse_categorical_crossentropy(y, p)
        return {"loss": loss * tf.cast(y != 0, "float32")}
"""
    assert places(text, Settings(select=("TFL205",), target_keras=BOTH, pedantic=True)) == []

"""Means of roots where the root of a mean is meant."""

from __future__ import annotations

from measure_cases import SQUARES, Case, check_verdicts, loop
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, REFUTED
from tfloss_lint.runtime_checks.probe.measures.root import RootOfMean

CASES: dict[str, Case] = {
    "per sample": Case(
        loop(f"tf.reduce_mean(tf.sqrt(tf.reduce_mean({SQUARES}, axis=-1)))"),
        f"tf.sqrt(tf.reduce_mean({SQUARES}, axis=-1))", CONFIRMED,
        r"mean of the roots of 32 samples .*, root of their mean .*: 0\.\d+ of the RMSE", code="TFL204"),
    "all equal": Case(
        loop("tf.reduce_mean(tf.sqrt(tf.ones_like(outputs))) + 0.0 * tf.reduce_sum(outputs)"), "tf.sqrt(tf.ones_like(outputs))", REFUTED,
        "mean of the roots of 32 samples 1, root of their mean 1", code="TFL204"),
    "under a strategy": Case(
        "def rmse(y_true, y_pred):\n    return tf.sqrt(tf.reduce_mean(tf.square(y_true - y_pred), axis=-1))\n"
        "with tf.distribute.MirroredStrategy(['CPU:0']).scope():\n"
        "    model = keras.Sequential([keras.Input((5,)), layers.Dense(1)])\n    model.compile('sgd', rmse)\n"
        "model.fit(x, y[:, None], batch_size=16, verbose=0)\n",
        "tf.sqrt(tf.reduce_mean(tf.square(y_true - y_pred), axis=-1))", CONFIRMED,
        r"mean of the roots of 32 samples .*, root of their mean .*: 0\.\d+ of the RMSE", code="TFL204"),
}  # fmt: skip


def test_verdicts_on_root(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, RootOfMean, CASES)

"""Means over all positions, of which a mask leaves some out."""

from __future__ import annotations

from measure_cases import Case, check_verdicts, loop
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, REFUTED
from tfloss_lint.runtime_checks.probe.measures.masked import MaskedMean

CASES: dict[str, Case] = {
    "wrong": Case(
        loop("tf.reduce_mean(tf.square(labels) * tf.cast(labels > 0, tf.float32)) + 0.0 * tf.reduce_sum(outputs)"),
        "tf.reduce_mean(tf.square(labels) * tf.cast(labels > 0, tf.float32))", CONFIRMED,
        r"the mask leaves \d+\.\d% of the positions; mean over all .*, over those that count .*, ratio .*",
        {"mask": "tf.cast(labels > 0, tf.float32)"}),
    "all left in": Case(
        loop("tf.reduce_mean(tf.square(labels) * tf.cast(labels > -99, tf.float32)) + 0.0 * tf.reduce_sum(outputs)"),
        "tf.reduce_mean(tf.square(labels) * tf.cast(labels > -99, tf.float32))", REFUTED,
        "the mask leaves all positions in", {"mask": "tf.cast(labels > -99, tf.float32)"}),
    "weights": Case(
        loop("tf.reduce_mean(tf.square(labels) * tf.abs(labels)) + 0.0 * tf.reduce_sum(outputs)"),
        "tf.reduce_mean(tf.square(labels) * tf.abs(labels))", INCONCLUSIVE,
        "the mask has weights other than 0 and 1", {"mask": "tf.abs(labels)"}),
}  # fmt: skip


def test_verdicts_on_masked_mean(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, MaskedMean, CASES)

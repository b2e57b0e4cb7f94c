"""Losses of many values, whose gradient is that of their sum."""

from __future__ import annotations

from measure_cases import COLUMN, MEAN, SQUARES, Case, check_verdicts, loop
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, REFUTED
from tfloss_lint.runtime_checks.probe.measures.vector import Vector

CASES: dict[str, Case] = {
    "wrong": Case(
        loop("keras.losses.mean_squared_error(labels[:, None], outputs)").replace(
            "keras.losses.mean_squared_error", "tf.keras.losses.MSE"),
        "tf.keras.losses.MSE(labels[:, None], outputs)", CONFIRMED,
        r"loss \(16,\), the values of mean_squared_error: the gradient is that of their sum .*, 16 times .*", COLUMN),
    "a mean": Case(loop(MEAN), MEAN, REFUTED, "the gradient is that of a single number", COLUMN),
    "adds up to a mean": Case(
        loop(f"{SQUARES} / tf.cast(tf.shape(labels)[0], tf.float32)"), SQUARES, REFUTED,
        r"the values of loss \(16, 1\) add up to a mean", COLUMN),
    "scaled": Case(
        loop(f"0.25 * {SQUARES}"), SQUARES, INCONCLUSIVE, "the values may be scaled on purpose.*", COLUMN),
}  # fmt: skip


def test_verdicts_on_vector(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, Vector, CASES)

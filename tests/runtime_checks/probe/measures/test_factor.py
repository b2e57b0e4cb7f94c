"""Losses that are a multiple of a well-known one."""

from __future__ import annotations

from measure_cases import COLUMN, MEAN, SQUARES, Case, check_verdicts, loop
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, REFUTED
from tfloss_lint.runtime_checks.probe.measures.factor import Factor

FAMILY = {"family": "mean_squared_error"}
CASES: dict[str, Case] = {
    "sum over rows": Case(
        loop(f"tf.reduce_sum({SQUARES})"), f"tf.reduce_sum({SQUARES})", CONFIRMED,
        r"loss .* is 16\.000 times .*, the mean of mean_squared_error; it grows with the rows, 16 here",
        COLUMN, FAMILY, "TFL203"),
    "half": Case(
        loop(f"0.5 * {MEAN}"), f"0.5 * {MEAN}", CONFIRMED, r"loss .* is 0\.500 times .*", COLUMN, FAMILY, "TFL203"),
    "a mean": Case(loop(MEAN), MEAN, REFUTED, "loss .* is the mean of mean_squared_error", COLUMN, FAMILY, "TFL203"),
    "another loss": Case(
        loop("tf.reduce_mean(tf.abs(labels[:, None] - outputs))"), "tf.reduce_mean(tf.abs(labels[:, None] - outputs))",
        INCONCLUSIVE, "the loss is not proportional to the reference", COLUMN, FAMILY, "TFL203"),
}  # fmt: skip


def test_verdicts_on_factor(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, Factor, CASES)

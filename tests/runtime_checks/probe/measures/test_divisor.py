"""Sums over a batch, divided by a number that is not that of its rows."""

from __future__ import annotations

from measure_cases import COLUMN, MEAN, SQUARES, Case, check_verdicts, loop
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, REFUTED
from tfloss_lint.runtime_checks.probe.measures.divisor import Divisor

CASES: dict[str, Case] = {
    "partial batch": Case(
        loop(f"tf.reduce_sum({SQUARES}) / 16.0"), f"tf.reduce_sum({SQUARES}) / 16.0", CONFIRMED,
        "divided by 16 where a batch has 8 rows; loss .* vs .*, and the gradient likewise", COLUMN, {"divisor": 16}),
    "equal batches": Case(
        "data = data.take(2)\n" + loop(f"tf.reduce_sum({SQUARES}) / 16.0"), f"tf.reduce_sum({SQUARES}) / 16.0",
        REFUTED, "divided by 16, and each of the 2 batches has 16 rows", COLUMN, {"divisor": 16}),
    "a mean": Case(
        loop(f"{MEAN} / 1.0"), f"{MEAN} / 1.0", REFUTED,
        "the loss is a mean: it stays when every row is there twice", COLUMN, {"divisor": 16}),
    "with another term": Case(
        loop(f"tf.reduce_sum({SQUARES}) / 16.0 + tf.reduce_sum(model.weights[0] ** 2)"),
        f"tf.reduce_sum({SQUARES}) / 16.0 + tf.reduce_sum(model.weights[0] ** 2)", INCONCLUSIVE,
        "the loss is not proportional to the number of rows", COLUMN, {"divisor": 16}),
}  # fmt: skip


def test_verdicts_on_divisor(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, Divisor, CASES)

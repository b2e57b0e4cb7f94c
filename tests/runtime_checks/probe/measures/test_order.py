"""Losses that are handed labels and predictions in the wrong order."""

from __future__ import annotations

from measure_cases import COLUMN, MEAN, Case, check_verdicts, loop
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, REFUTED
from tfloss_lint.runtime_checks.probe.measures.order import ArgumentOrder

CASES: dict[str, Case] = {
    "poisson": Case(
        loop("tf.reduce_mean(tf.exp(labels[:, None]) - tf.exp(outputs) * labels[:, None])"),
        "tf.exp(labels[:, None]) - tf.exp(outputs) * labels[:, None]", CONFIRMED,
        "loss .* as written, .* with the labels first; gradient .*", COLUMN, code="TFL403"),
    "symmetric": Case(
        loop(MEAN), MEAN, REFUTED, "loss .* as written, .* with the labels first; gradient .*", COLUMN, code="TFL403"),
}  # fmt: skip


def test_verdicts_on_order(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, ArgumentOrder, CASES)

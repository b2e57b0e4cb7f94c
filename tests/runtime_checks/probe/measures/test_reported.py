"""Losses that ``test_step`` reports otherwise than ``train_step``."""

from __future__ import annotations

from measure_cases import Case, check_verdicts, evaluated
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, REFUTED
from tfloss_lint.runtime_checks.probe.measures.reported import ReportedLoss

TRAINED = "tf.reduce_mean(tf.square(labels - self(features, training=True))) + sum(self.losses)"
CASES: dict[str, Case] = {
    "half": Case(
        evaluated("tf.square(labels - self(features)) / 2.0"), "tf.square(labels - self(features)) / 2.0",
        CONFIRMED, r"test_step reports .* where train_step reports .* for the same batch, 0\.500 times as much",
        {"train": TRAINED}, code="TFL106"),
    "another error": Case(
        evaluated("tf.abs(labels - self(features))", 40), "tf.abs(labels - self(features))", CONFIRMED,
        "test_step reports .* where train_step reports .* for the same batch, .* times as much",
        {"train": TRAINED}, code="TFL106"),
    "but for penalties": Case(
        evaluated("tf.square(labels - self(features))"), "tf.square(labels - self(features))", REFUTED,
        "both steps report .* for the same batch", {"train": TRAINED}, code="TFL106"),
    "zero": Case(
        "x, y = 0 * x, 0 * y\n" + evaluated("tf.abs(labels - self(features))"),
        "tf.abs(labels - self(features))", INCONCLUSIVE, "both losses of the batch are zero",
        {"train": TRAINED}, code="TFL106"),
    "no number": Case(
        evaluated("[labels]"), "[labels]", INCONCLUSIVE, "a list is no loss", {"train": TRAINED},
        code="TFL106"),
}  # fmt: skip


def test_verdicts_on_reported_loss(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, ReportedLoss, CASES)

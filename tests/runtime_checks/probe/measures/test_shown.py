"""Logs of a step that are not the mean over the epoch, or not that of the loss."""

from __future__ import annotations

from measure_cases import MEAN, Case, check_verdicts, step
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, REFUTED, Fact
from tfloss_lint.runtime_checks.probe.measures.shown import LoggedLoss, ShownLog


def logged(log: str, status: str, said: str, **facts: Fact) -> Case:
    facts = {"key": "seen", "step": "train_step", **facts}
    return Case(step(MEAN, log), MEAN, status, said, {"loss": "loss, sample"}, facts, "TFL502")


SHOWN: dict[str, Case] = {
    "last batch": Case(
        step(MEAN, "loss"), "loss, \"mean_loss\"", CONFIRMED,
        "log 'seen' of 3 batches shows .*; their mean is .*, and this is the last one",
        facts={"key": "seen", "step": "train_step"}, code="TFL303"),
    "tracked": Case(
        step(MEAN, "loss + 0.0"), "loss, sample", REFUTED, "log 'mean_loss' of 3 batches shows .*; their mean is .*",
        facts={"key": "mean_loss", "step": "train_step"}, code="TFL303"),
    "unknown": Case(
        step(MEAN), "loss, sample", INCONCLUSIVE, "nothing is shown under 'nowhere'",
        facts={"key": "nowhere", "step": "train_step"}, code="TFL303"),
}  # fmt: skip
LOGGED: dict[str, Case] = {
    "another": logged("2.0 * self.mean.result()", CONFIRMED, "log 'seen' of 3 batches shows .*; the mean of their losses is .*"),
    "nothing": logged("0.0", CONFIRMED, "log 'seen' of 3 batches shows 0; the mean of their losses is .*"),
    "the mean": logged("self.mean.result()", REFUTED, "log 'seen' of 3 batches shows .*; the mean of their losses is .*"),
    "one thing of several": logged("self.mean.result()", INCONCLUSIVE, ".*, a difference below 0.001 of it", partly=True),
    "the last one": logged("loss + 0.0", INCONCLUSIVE, ".*, and it shows the last one"),
    "unknown": logged("0.0", INCONCLUSIVE, "nothing is shown under 'nowhere'", key="nowhere"),
}  # fmt: skip


def test_verdicts_on_shown_log(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, ShownLog, SHOWN)


def test_verdicts_on_logged_loss(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, LoggedLoss, LOGGED)

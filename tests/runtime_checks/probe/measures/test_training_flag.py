"""Models that are trained as they are at inference."""

from __future__ import annotations

from measure_cases import MEAN, Case, check_verdicts, loop
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, REFUTED
from tfloss_lint.runtime_checks.probe.measures.training_flag import TrainingFlag

CASES: dict[str, Case] = {
    "wrong": Case(
        "model.add(layers.Dropout(0.5))\n" + loop(MEAN).replace("model(features, training=True)", "model(features)"),
        "model(features)", CONFIRMED, r"the outputs are those of inference; with training=True they differ by \d+% .*",
        {"model": "model", "inputs": "features"}, code="TFL107"),
    "told": Case(
        "model.add(layers.Dropout(0.5))\n" + loop(MEAN), "model(features, training=True)", REFUTED,
        "the outputs are not those of inference", {"model": "model", "inputs": "features"}, code="TFL107"),
    "nothing to tell": Case(
        loop(MEAN).replace("model(features, training=True)", "model(features)"), "model(features)", REFUTED,
        "the outputs are the same with training=True", {"model": "model", "inputs": "features"}, code="TFL107"),
}  # fmt: skip


def test_verdicts_on_training_flag(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, TrainingFlag, CASES)

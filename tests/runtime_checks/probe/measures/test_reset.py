"""Metrics that go on from epoch to epoch."""

from __future__ import annotations

from measure_cases import Case, check_verdicts
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, REFUTED
from tfloss_lint.runtime_checks.probe.measures.reset import Reset

CASES: dict[str, Case] = {
    "never": Case(
        "metric = keras.metrics.Mean()\nfor epoch in range(3):\n    for features, labels in data:\n"
        "        metric.update_state(labels + 10.0 * epoch)\n    print(metric.result())\n",
        "metric.update_state(labels + 10.0 * epoch)", CONFIRMED,
        "after the second epoch Mean shows .*; of that epoch alone it is .*",
        {"metric": "metric.update"}, code="TFL304"),
    "every epoch": Case(
        "metric = keras.metrics.Mean()\nfor epoch in range(3):\n    metric.reset_state()\n"
        "    for features, labels in data:\n"
        "        metric.update_state(labels + 10.0 * epoch)\n    print(metric.result())\n",
        "metric.update_state(labels + 10.0 * epoch)", REFUTED,
        "after the second epoch Mean shows .*; of that epoch alone it is .*",
        {"metric": "metric.update"}, code="TFL304"),
    "once": Case(
        "metric = keras.metrics.Mean()\nfor features, labels in data:\n    metric.update_state(labels)\n",
        "metric.update_state(labels)", INCONCLUSIVE, "fewer than two epochs were seen", {"metric": "metric.update"},
        code="TFL304"),
}  # fmt: skip


def test_verdicts_on_reset(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, Reset, CASES)

"""Labels and predictions whose shapes meet in a table."""

from __future__ import annotations

from measure_cases import COLUMN, MEAN, PAIR, Case, check_verdicts, loop
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, NOT_REACHED, REFUTED
from tfloss_lint.runtime_checks.probe.measures.broadcast import Broadcast

CASES: dict[str, Case] = {
    "wrong": Case(
        loop("tf.reduce_mean(tf.square(labels - outputs))"), "labels - outputs", CONFIRMED,
        r"labels \(16,\) x predictions \(16, 1\) -> \(16, 16\); loss .* vs .*; gradient cosine .*",
        PAIR, {"linear": True}),
    "aligned": Case(
        loop(MEAN), "labels[:, None] - outputs", REFUTED,
        r"labels \(16, 1\) and predictions \(16, 1\) have one shape", COLUMN, {"linear": True}),
    "aligned inside": Case(
        loop("keras.losses.MeanSquaredError()(labels, outputs)"), "keras.losses.MeanSquaredError()(labels, outputs)",
        REFUTED, r"labels \(16,\) meet predictions \(16, 1\) row by row", PAIR),
    "equal labels": Case(
        "data = data.map(lambda features, labels: (features, tf.ones_like(labels)))\n"
        + loop("tf.reduce_mean(tf.square(labels - outputs))"),
        "labels - outputs", INCONCLUSIVE, "all labels of the batch are equal", PAIR, {"linear": True}),
    "other shapes": Case(
        loop("tf.reduce_mean(tf.square(labels[:4] - outputs[:2, 0, None]))"),
        "labels[:4] - outputs[:2, 0, None]", INCONCLUSIVE, r"labels \(4,\) do not fit predictions \(2, 1\)",
        {"label": "labels[:4]", "prediction": "outputs[:2, 0, None]"}, {"linear": True}),
    "never run": Case(
        "def step():\n    return labels - outputs\n", "labels - outputs", NOT_REACHED, "", PAIR),
}  # fmt: skip


def test_verdicts_on_broadcast(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, Broadcast, CASES)

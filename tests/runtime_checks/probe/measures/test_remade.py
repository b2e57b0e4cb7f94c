"""Metrics that are made anew for every batch."""

from __future__ import annotations

from measure_cases import Case, check_verdicts
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, REFUTED
from tfloss_lint.runtime_checks.probe.measures.remade import RemadeMetric

MADE = "keras.metrics.SparseCategoricalAccuracy()"


def remade(update: str) -> str:
    """A metric that is made for every batch."""
    return (
        "data = tf.data.Dataset.from_tensor_slices((x, classes)).batch(16)\n"
        "for features, labels in data:\n    metric = keras.metrics.SparseCategoricalAccuracy()\n    " + update + "\n"
    )


CASES: dict[str, Case] = {
    "wrong": Case(
        remade("metric.update_state(labels, scores(features))"), MADE, CONFIRMED,
        r"\d batches made \d metrics: the last SparseCategoricalAccuracy shows .*, and one for all batches .*",
        code="TFL306"),
    "of another epoch": Case(
        "def step(n):\n    metric = keras.metrics.Mean()\n    metric.update_state(n)\n\n\n"
        "for n in range(2):\n    for _ in range(1):\n        step(n)\n", "keras.metrics.Mean()", INCONCLUSIVE,
        "only 1 of 2 batches", code="TFL306"),
    "of several batches": Case(
        remade("for part in (0, 1):\n        metric.update_state(labels[part::2], scores(features[part::2]))"), MADE,
        REFUTED, "one SparseCategoricalAccuracy gets 2 batches", code="TFL306"),
    "equal batches": Case(
        remade("metric.update_state([0.0], [[1.0, 0.0, 0.0]])"), MADE, INCONCLUSIVE,
        "the last batch has the value of all of them", code="TFL306"),
    "unused": Case(remade("pass"), MADE, INCONCLUSIVE, "the metric got no batch", code="TFL306"),
    "in a step": Case(
        "class Own(keras.Model):\n    def call(self, inputs):\n        return scores(inputs)\n\n"
        "    def test_step(self, batch):\n        metric = keras.metrics.SparseCategoricalAccuracy()\n"
        "        value = metric(batch[1], self(batch[0]))\n        return {'value': value}\n\n\n"
        "own = Own()\nown.compile()\nfor _ in range(9):\n    own.evaluate(x, classes, batch_size=20, verbose=0)\n",
        MADE, CONFIRMED,
        r"\d batches made \d metrics: the last SparseCategoricalAccuracy shows .*, and one for all batches .*",
        code="TFL306"),
}  # fmt: skip


def test_verdicts_on_remade_metric(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, RemadeMetric, CASES)

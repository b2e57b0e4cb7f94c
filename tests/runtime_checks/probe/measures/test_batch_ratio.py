"""Ratios that Keras averages over batches."""

from __future__ import annotations

from measure_cases import Case, check_verdicts
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, NOT_REACHED, REFUTED
from tfloss_lint.runtime_checks.probe.measures.batch_ratio import BatchRatio


def counted(value: str) -> str:
    """A metric function that Keras calls."""
    return (
        f"def metric(y_true, y_pred):\n    return {value}\n\n\nmodel.compile('sgd', 'mse', metrics=[metric])\n"
        "model.fit(x, y[:, None], batch_size=16, epochs=6, verbose=0)\n"
    )


CASES: dict[str, Case] = {
    "wrong": Case(
        counted("tf.reduce_sum(y_true * y_pred) / tf.reduce_sum(y_pred * y_pred)"),
        "tf.reduce_sum(y_true * y_pred) / tf.reduce_sum(y_pred * y_pred)", CONFIRMED,
        "the mean of .* batches is .*; of all their rows at once it is .*", code="TFL305"),
    "a mean": Case(
        counted("tf.reduce_mean(y_true * y_pred, axis=-1) / 1.0"), "tf.reduce_mean(y_true * y_pred, axis=-1) / 1.0",
        REFUTED, "the mean of .* batches is .*; of all their rows at once it is .*", code="TFL305"),
    "one value": Case(
        counted("tf.reduce_sum(y_true * 0.0) / tf.reduce_sum(y_pred)"),
        "tf.reduce_sum(y_true * 0.0) / tf.reduce_sum(y_pred)", INCONCLUSIVE, "all batches have the same value",
        code="TFL305"),
    "more than a batch": Case(
        counted("tf.reduce_sum(y_true * y_pred) / tf.reduce_sum(y_pred * factor)").replace(
            "def metric(y_true, y_pred)", "def metric(y_true, y_pred, factor=None)").replace(
            "metrics=[metric]", "metrics=[given]").replace(
            "model.compile", "def given(y_true, y_pred):\n    return metric(y_true, y_pred, tf.constant(2.0))\n\n\n"
            "model.compile"),
        "tf.reduce_sum(y_true * y_pred) / tf.reduce_sum(y_pred * factor)", INCONCLUSIVE,
        "the function gets more than a batch", code="TFL305"),
    "called by the program": Case(
        "def metric(y_true, y_pred):\n    return tf.reduce_sum(y_true) / tf.reduce_sum(y_pred)\n\n\n"
        "for features, labels in data:\n    metric(labels, model(features))\n",
        "tf.reduce_sum(y_true) / tf.reduce_sum(y_pred)", NOT_REACHED, "", code="TFL305"),
}  # fmt: skip


def test_verdicts_on_batch_ratio(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, BatchRatio, CASES)

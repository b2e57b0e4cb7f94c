"""What a metric shows of the scores that it wants, and of their rounded values."""

from __future__ import annotations

from measure_cases import Case, check_verdicts
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, REFUTED
from tfloss_lint.runtime_checks.probe.measures.argmax import ArgmaxIntoMetric

CASES: dict[str, Case] = {
    "wrong": Case(
        "metric = keras.metrics.SparseCategoricalAccuracy()\nmetric = keras.metrics.AUC()\n"
        "for features, labels in tf.data.Dataset.from_tensor_slices((x, (y > 0).astype('int32'))).batch(8):\n"
        "    outputs = tf.sigmoid(model(features))[:, 0]\n"
        "    metric.update_state(labels, tf.round(outputs))\n",
        "tf.round(outputs)", CONFIRMED, "AUC shows .* after 2 batches; of the scores it is .*",
        {"metric": "metric.update_state", "label": "labels, tf", "scores": "outputs"}, {"wants": "scores"}, "TFL301"),
    "right": Case(
        "metric = keras.metrics.MeanSquaredError()\n"
        "for features, labels in data:\n"
        "    outputs = model(features)\n"
        "    metric.update_state(labels[:, None], tf.identity(outputs))\n",
        "tf.identity(outputs)", REFUTED, "MeanSquaredError shows .* after 3 batches; of the scores it is .*",
        {"metric": "metric.update_state", "label": "labels[:, None]", "scores": "outputs"}, {"wants": "scores"}, "TFL301"),
}  # fmt: skip


def test_verdicts_on_argmax(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, ArgmaxIntoMetric, CASES)

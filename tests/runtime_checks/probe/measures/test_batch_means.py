"""Means of the means of batches that have different numbers of rows."""

from __future__ import annotations

from measure_cases import Case, check_verdicts
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, REFUTED
from tfloss_lint.runtime_checks.probe.measures.batch_means import BatchMeans


def averaged(update: str, shown: str, size: int = 16) -> str:
    """The mean error of every batch, and what is made of them after each of two epochs."""
    return (
        f"data = tf.data.Dataset.from_tensor_slices((x, np.sort(y))).batch({size})\n"
        "for epoch in range(2):\n    values, mean = [], keras.metrics.Mean()\n    for features, labels in data:\n"
        "        part = tf.reduce_mean(tf.abs(labels - model(features)[:, 0]))\n"
        f"        {update}\n    print({shown})\n"
    )


CASES: dict[str, Case] = {
    "shown by a metric": Case(
        averaged("mean.update_state(part)", "mean.result()"), "mean.update_state(part)", CONFIRMED,
        "the mean of 3 batches of 8 to 16 rows is .*, over all rows .*", {"value": "part)", "call": "mean.result()"},
        code="TFL305"),
    "of a list": Case(
        averaged("values.append(float(part))", "np.mean(values)"), "np.mean(values)", CONFIRMED,
        "the mean of 3 batches of 8 to 16 rows is .*, over all rows .*", {"value": "float(part)"}, code="TFL305"),
    "of all so far": Case(
        averaged("values.append(float(part))", "np.mean(values) if epoch else 0.0").replace(
            "    values, mean = [], ", "    mean = ").replace("data = ", "values = []\ndata = "),
        "np.mean(values)", CONFIRMED, "the mean of 6 batches of 8 to 16 rows is .*, over all rows .*", {"value": "float(part)"}, code="TFL305"),
    "equal batches": Case(
        averaged("values.append(float(part))", "np.mean(values)", 20), "np.mean(values)", REFUTED,
        "each of the 2 batches has 20 rows", {"value": "float(part)"}, code="TFL305"),
    "weighted": Case(
        averaged("mean.update_state(part, tf.shape(labels)[0])", "mean.result()"),
        "mean.update_state(part, tf.shape(labels)[0])", INCONCLUSIVE,
        "what is shown is not the mean of the values of several batches",
        {"value": "part, tf", "call": "mean.result()"}, code="TFL305"),
    "nearly the same": Case(
        averaged("values.append(float(part) * 0.0 + 1.0)", "np.mean(values)"), "np.mean(values)", INCONCLUSIVE,
        "1 is nearly the mean over all rows, though some batches are smaller",
        {"value": "float(part) * 0.0 + 1.0"}, code="TFL305"),
    "no rows": Case(
        "values = []\nfor number in (1.0, 2.0):\n    values.append(number + 1.0)\nprint(np.mean(values))\n",
        "np.mean(values)", INCONCLUSIVE, "the batches have no number of rows", {"value": "number + 1.0"},
        code="TFL305"),
}  # fmt: skip


def test_verdicts_on_batch_means(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, BatchMeans, CASES)

"""TFL306: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from corners import claims, confidences, step
from rule_programs import RuleTests


class TestMetricInStep(RuleTests):
    rule = "metric_in_step"


@pytest.mark.parametrize(
    ("made", "logs", "found"),
    [
        ("metric = keras.metrics.Mean()", "{'a': 2 * metric(loss)}", ["certain"]),
        ("metric = self.tracker", "{'a': metric(loss)}", []),
        ("metric = keras.metrics.Mean()", "{'a': loss}", []),
        ("metric = keras.metrics.Mean()", "metric(loss)", []),
        ("metric = keras.metrics.Mean()", "{'a': 1.0, 'b': unknown}", []),
    ],
)
def test_logs(made: str, logs: str, found: list[str]) -> None:
    extra = """\
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.tracker = keras.metrics.Mean()
    """
    body = f"loss = tf.reduce_mean(tf.square(y[:, None] - self(x, training=True)))\n{made}\nmetric.update_state(loss)"
    assert confidences(step(body, result=logs, extra=extra), "TFL306") == found


LOOP = """\
model = keras.Sequential([keras.layers.Dense(1)])
dataset = tf.data.Dataset.from_tensor_slices((x, y[:, None])).batch(8)
for inputs, labels in {over}:
    error = keras.metrics.MeanSquaredError()
    error.update_state(labels, model(inputs))
{after}
"""


@pytest.mark.parametrize(
    ("over", "after", "found"),
    [
        ("dataset", "print(error.result())", ["likely"]),
        ("dataset", "print('%.3f, %d' % (error.result(), 1))", ["likely"]),
        ("dataset.take(5)", "tf.print(error.result() ** 0.5)", ["likely"]),
        ("zip(dataset, range(10))", "value = error.result()", ["likely"]),
        ("enumerate(dataset)", "error.reset_state()", []),
        ("dataset", "    print(error.result())", []),
        ("dataset", "print(loss_of(error))", []),
        ("[(x, y[:, None])]", "print(error.result())", []),
        ("dataset", "error = keras.metrics.MeanSquaredError()\nprint(error.result())", []),
    ],
)
def test_loops(over: str, after: str, found: list[str]) -> None:
    assert confidences(LOOP.format(over=over, after=after), "TFL306") == found


def test_a_metric_that_nothing_updates() -> None:
    text = """\
    for y_true in tf.data.Dataset.from_tensor_slices(y).batch(8):
        error = keras.metrics.MeanSquaredError()
    print(error.result())
    """
    assert confidences(text, "TFL306") == []


def test_what_can_be_measured_is_what_the_metrics_come_to() -> None:
    text = """\
    for labels in tf.data.Dataset.from_tensor_slices(y).batch(8):
        metric = keras.metrics.Mean()
        metric.update_state(labels)
    print(metric.result())
    """
    assert claims(text, "TFL306") == [("remade metric", {}, {})]

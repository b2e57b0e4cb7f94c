"""TFL301: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from corners import confidences, step
from rule_programs import RuleTests


class TestArgmaxIntoMetric(RuleTests):
    rule = "argmax_into_metric"


@pytest.mark.parametrize(
    ("metric", "labels", "found"),
    [
        ("'accuracy'", "y", ["certain"]),
        ("'accuracy'", "tf.one_hot(tf.cast(y, tf.int32), 10)", []),
        ("keras.metrics.SparseCategoricalAccuracy()", "y", ["certain"]),
        ("'mae'", "y", []),
    ],
)
def test_compiled_metrics(metric: str, labels: str, found: list[str]) -> None:
    body = f"""\
        p = self(x, training=True)
        loss = self.compiled_loss(y, p)
        self.compiled_metrics.update_state({labels}, tf.argmax(p, axis=-1))
    """
    assert confidences(step(body, f"'sgd', 'mse', metrics=[{metric}]", width=10), "TFL301") == found


def test_predictions_that_are_no_tensor() -> None:
    assert confidences("keras.metrics.Accuracy().update_state(y, None)\n", "TFL301") == []


def test_a_metric_of_no_labels_wants_no_scores() -> None:
    text = """\
    model = keras.Sequential([keras.layers.Dense(10)])
    keras.metrics.Mean().update_state(y, tf.argmax(model(x), -1))
    """
    assert confidences(text, "TFL301") == []


@pytest.mark.parametrize(
    ("output", "found"),
    [
        ("self.head(x)", ["certain"]),
        ("tf.nn.softmax(self.head(x))", ["certain"]),
        ("cut(self.head(x))", ["possible"]),
        ("Outputs(classes=cut(self.head(x))).classes", ["possible"]),
    ],
)
def test_accuracy_of_what_a_model_of_the_file_puts_out(output: str, found: list[str]) -> None:
    text = f"""\
        class Model(keras.Model):
            def __init__(self):
                super().__init__()
                self.head = keras.layers.Dense(3)
            def call(self, x):
                return {{"out": {output}}}
        keras.metrics.Accuracy().update_state(y, Model()(x)["out"])
    """
    assert confidences(text, "TFL301") == found


@pytest.mark.parametrize(
    ("loss", "found"),
    [
        ("keras.losses.SparseCategoricalCrossentropy()(y, p)", ["certain"]),
        ("keras.losses.binary_crossentropy(y, p)", ["certain"]),
        ("tf.nn.sparse_softmax_cross_entropy_with_logits(y, p)", ["certain"]),
        ("keras.losses.MeanSquaredError()(y, p)", ["possible"]),
        ("tf.reduce_mean(y - p)", ["possible"]),
        ("keras.losses.SparseCategoricalCrossentropy()(y, model(x))", ["possible"]),
    ],
)
def test_a_loss_of_the_same_outputs_says_what_they_are(loss: str, found: list[str]) -> None:
    text = f"""\
        model = load()
        def measure(x, y):
            p = model(x)
            keras.metrics.Accuracy().update_state(y, p)
            return {loss}
        measure(x, y)
    """
    assert confidences(text, "TFL301") == found

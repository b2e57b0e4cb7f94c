"""TFL203: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from corners import claims, confidences, step
from rule_programs import RuleTests


class TestSumVsMean(RuleTests):
    rule = "sum_vs_mean"


@pytest.mark.parametrize(
    ("returned", "found"),
    [
        ("mse + kl, p", ["likely"]),
        ("mse - 0.5 * -kl", ["likely"]),
        ("mse + scale", []),
        ("mse + tf.reduce_mean(p)", []),
    ],
)
def test_a_mean_over_features_beside_a_plain_sum(returned: str, found: list[str]) -> None:
    text = f"""\
    def elbo(model, x, y, scale):
        p = model(x)
        mse = tf.reduce_sum(keras.losses.mse(y, p))
        kl = tf.reduce_sum(1 + p - tf.exp(p))
        return {returned}
    """
    assert confidences(text, "TFL203") == found


@pytest.mark.parametrize(
    ("loss", "found"),
    [
        ("tf.reduce_mean(tf.square(y_true - y_pred)) / batch_size", ["likely"]),
        ("keras.losses.MeanSquaredError()(y_true, y_pred) * (1.0 / batch_size)", ["likely"]),
        ("(tf.reduce_mean(y_true) + tf.reduce_mean(y_pred)) / batch_size", ["likely"]),
        ("tf.reduce_mean(tf.square(y_true - y_pred)) / global_batch_size", []),
        ("tf.reduce_sum(tf.square(y_true - y_pred)) / batch_size", []),
        ("tf.reduce_mean(y_true, axis=-1) / batch_size", []),
        ("model.loss * tf.reduce_mean(y_pred) / batch_size", []),
    ],
)
def test_a_mean_that_is_divided_again(loss: str, found: list[str]) -> None:
    text = f"def loss(y_true, y_pred, batch_size, global_batch_size, model):\n    return {loss}\n"
    assert confidences(text, "TFL203") == found


def test_a_sum_beside_a_metric_of_another_kind() -> None:
    text = """\
    model = keras.Sequential([keras.layers.Dense(1)])
    accuracy = keras.metrics.BinaryAccuracy()
    with tf.GradientTape() as tape:
        p = model(x)
        loss = tf.reduce_sum(tf.square(y[:, None] - p))
    accuracy.update_state(y, p)
    tape.gradient(loss, model.trainable_variables)
    """
    assert confidences(text, "TFL203") == ["possible"]


OWN = """\
def own(y_true, y_pred):
    return {returned}
def other(y_true, y_pred):
    return tf.reduce_mean(tf.square(y_true - y_pred), axis=1)
model = keras.Sequential([keras.layers.Dense(3)])
model.compile("sgd", loss={compiled})
def learn(x, y):
    with tf.GradientTape() as tape:
        loss = {loss}
    return tape.gradient(loss, model.trainable_variables)
"""
PER_SAMPLE = "tf.norm(y_true - y_pred, ord=unknown) + tf.reduce_mean(tf.exp(y_pred - y_true), axis=1)"


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, ["likely"]),
        ({"compiled": "{'a': own}"}, ["likely"]),
        ({"compiled": "[other, own]"}, ["likely"]),
        ({"compiled": "own if unknown else other"}, ["likely"]),
        ({"compiled": "other"}, []),
        ({"compiled": "'mse'"}, []),
        ({"loss": "tf.reduce_sum([own(y, model(x)), own(x, model(y))])"}, ["likely"]),
        ({"loss": "unknown + tf.reduce_sum(own(y, model(x)))"}, ["likely"]),
        ({"loss": "tf.reduce_sum(own(y, model(x))) / 32"}, []),
        ({"loss": "tf.reduce_sum(own(y, model(x)), axis=0)"}, []),
        ({"loss": "tf.reduce_sum(2.0 * own(y, model(x)))"}, []),
        ({"loss": "tf.reduce_mean(own(y, model(x)))"}, []),
        ({"loss": "tf.reduce_sum()"}, []),
        ({"returned": "tf.reduce_mean(tf.exp(y_pred - y_true))"}, []),
        ({"returned": "tf.reduce_mean(tf.exp(y_pred - y_true), axis=-1)"}, []),
        ({"returned": "tf.exp(y_pred - y_true)"}, []),
        ({"returned": "unknown"}, []),
    ],
)
def test_a_loss_of_the_file_that_is_compiled_and_summed(changes: dict[str, str], found: list[str]) -> None:
    values = {"returned": PER_SAMPLE, "compiled": "own", "loss": "tf.reduce_sum(own(y, model(x)))", **changes}
    assert confidences(OWN.format(**values), "TFL203") == found


def test_the_loss_that_this_very_step_is_compiled_with() -> None:
    body = """\
        p = self(x, training=True)
        loss = tf.reduce_sum(own(y, p))
    """
    own = "def own(y_true, y_pred):\n    return tf.reduce_mean(tf.exp(y_true - y_pred), axis=1)\n"
    assert confidences(own + step(body, "'sgd', own", width=3), "TFL203") == ["certain"]


@pytest.mark.parametrize(
    ("loss", "claim"),
    [
        ("tf.reduce_sum(own(y, model(x)))", ("sample sum", {"losses": "own(y, model(x))"}, {})),
        ("0.1 + tf.reduce_sum([own(y, model(x))])", ("sample sum", {"losses": "[own(y, model(x))]"}, {})),
        ("tf.reduce_sum(input_tensor=own(y, model(x)))", None),
    ],
)
def test_what_can_be_measured_of_a_compiled_loss_that_is_summed(loss: str, claim: object) -> None:
    text = OWN.format(returned=PER_SAMPLE, compiled="own", loss=loss)
    assert claims(text, "TFL203") == [claim]

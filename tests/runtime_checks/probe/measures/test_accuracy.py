"""How many answers are right, and what a metric shows instead."""

from __future__ import annotations

from measure_cases import Case, check_verdicts
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, REFUTED
from tfloss_lint.runtime_checks.probe.measures.accuracy import Accuracy

BINARY = "keras.metrics.BinaryAccuracy(threshold=0.1)"


def updated(metric: str, label: str, prediction: str, size: int = 16) -> str:
    """A metric of a model for three classes."""
    return (
        f"data = tf.data.Dataset.from_tensor_slices((x, classes)).batch({size})\nmetric = keras.metrics.{metric}\n"
        "for features, labels in data:\n    outputs = scores(features)\n"
        f"    metric.update_state({label}, {prediction})\n"
    )


def two_outputs(
    loss: str,
    metrics: str,
    outputs: str = "{'one': one, 'two': two}",
    labels: str = "{'one': y, 'two': np.float32(y > 0)}",
) -> str:
    """A model with two outputs, the second of which is a logit."""
    return (
        "inputs = keras.Input((5,))\none, two = layers.Dense(1)(inputs), layers.Dense(1)(inputs)\n"
        f"both = keras.Model(inputs, {outputs})\nboth.compile('sgd', {loss}, metrics={metrics})\n"
        f"both.fit(x, {labels}, batch_size=8, verbose=0)\n"
    )


CASES: dict[str, Case] = {
    "of two classes": Case(
        updated("BinaryAccuracy(threshold=0.1)", "tf.one_hot(labels, 3)", "tf.nn.softmax(outputs)"), BINARY, CONFIRMED,
        "BinaryAccuracy shows .* after 2 batches; .* of the answers are right", code="TFL302"),
    "of a single batch": Case(
        "data = data.unbatch().batch(40)\n".replace("data = ", "whole = ")
        + updated("BinaryAccuracy(threshold=0.1)", "tf.one_hot(labels, 3)", "tf.nn.softmax(outputs)", 40), BINARY,
        CONFIRMED, "BinaryAccuracy shows .* after 2 batches; .* of the answers are right", code="TFL302"),
    "right": Case(
        updated("SparseCategoricalAccuracy()", "labels", "outputs"), "keras.metrics.SparseCategoricalAccuracy()",
        REFUTED, "SparseCategoricalAccuracy shows (.*) after 3 batches; \\1 of the answers are right", code="TFL302"),
    "called": Case(
        updated("CategoricalAccuracy()", "tf.one_hot(labels, 3)", "outputs").replace(".update_state", ""),
        "keras.metrics.CategoricalAccuracy()", REFUTED,
        "CategoricalAccuracy shows .* after 3 batches; .* of the answers are right", code="TFL302"),
    "one-hot for numbers": Case(
        updated("SparseCategoricalAccuracy()", "tf.one_hot(labels, 3)", "outputs"),
        "keras.metrics.SparseCategoricalAccuracy()", CONFIRMED,
        "SparseCategoricalAccuracy raises InvalidArgumentError: [^{]*, where the right answers can be counted",
        code="TFL302"),
    "no classes": Case(
        updated("CategoricalAccuracy()", "labels[:, None] + tf.zeros([1, 3], labels.dtype)", "outputs"),
        "keras.metrics.CategoricalAccuracy()", INCONCLUSIVE, "the labels are not one-hot", code="TFL302"),
    "other shapes": Case(
        updated("MeanSquaredError()", "outputs[:, :2]", "outputs[:, :2] + outputs[:, :1]"),
        "keras.metrics.MeanSquaredError()", INCONCLUSIVE, "the labels are not one-hot", code="TFL302"),
    "no numbers": Case(
        updated("MeanAbsoluteError()", "outputs[:, :1]", "outputs"), "keras.metrics.MeanAbsoluteError()", INCONCLUSIVE,
        r"labels \(16, 1\) and outputs \(16, 3\) name no classes", code="TFL302"),
    "no batch": Case(
        updated("MeanAbsoluteError()", "outputs[:, 1]", "outputs[:, 0]"), "keras.metrics.MeanAbsoluteError()",
        INCONCLUSIVE, r"labels \(16,\) and outputs \(16,\) are no batch", code="TFL302"),
    "weights": Case(
        updated("CategoricalAccuracy()", "tf.one_hot(labels, 3)", "outputs, sample_weight=features[:, 0] ** 2"),
        "keras.metrics.CategoricalAccuracy()", REFUTED,
        "CategoricalAccuracy shows (.*) after 3 batches; \\1 of the answers are right", code="TFL302"),
    "weights of a single batch": Case(
        updated("BinaryAccuracy(threshold=0.1)", "tf.one_hot(labels, 3)",
                "tf.nn.softmax(outputs), sample_weight=features[:, 0] ** 2", 40), BINARY,
        CONFIRMED, "BinaryAccuracy shows .* after 2 batches; .* of the answers are right", code="TFL302"),
    "no weight": Case(
        updated("CategoricalAccuracy()", "tf.one_hot(labels, 3)", "outputs, sample_weight=tf.zeros(16)").replace(
            "data:", "data.take(2):"),
        "keras.metrics.CategoricalAccuracy()", INCONCLUSIVE, "all weights are 0", code="TFL302"),
    "weights in fit": Case(
        "scores.compile('sgd', 'mse', metrics=['categorical_accuracy'])\n"
        "scores.fit(x, np.eye(3)[classes], batch_size=8, sample_weight=np.arange(40.0), verbose=0)\n",
        "'categorical_accuracy'", REFUTED, "'categorical_accuracy' shows .* after .* batches; .* of the answers are right",
        code="TFL302"),
    "one of several outputs": Case(
        two_outputs("{'one': 'mse', 'two': 'mse'}", "{'two': ['mse', 'accuracy'], 'one': ['accuracy']}"),
        "'accuracy'], 'one'", CONFIRMED, "'accuracy' shows .* after .* batches; .* of the answers are right",
        facts={"output": "two", "name": "two", "logits": True}, code="TFL302"),
    "one of several outputs in a list": Case(
        two_outputs("'mse'", "[['mse'], ['accuracy']]", "[one, two]", "[y, np.float32(y > 0)]"),
        "'accuracy'", CONFIRMED, "'accuracy' shows .* after .* batches; .* of the answers are right",
        facts={"output": 1, "name": None, "logits": True}, code="TFL302"),
    "a metric object of several outputs": Case(
        two_outputs("{'one': 'mse', 'two': 'mse'}", "{'two': [keras.metrics.BinaryAccuracy(threshold=0.5)]}"),
        "keras.metrics.BinaryAccuracy(threshold=0.5)", CONFIRMED,
        "BinaryAccuracy shows .* after .* batches; .* of the answers are right",
        facts={"output": "two", "name": "two", "logits": True}, code="TFL302"),
    "string": Case(
        "model.compile('sgd', keras.losses.BinaryCrossentropy(from_logits=True), metrics=['accuracy'])\n"
        "model.fit(x, np.float32(y > 0), batch_size=8, verbose=0)\n", "'accuracy'", CONFIRMED,
        "'accuracy' shows .* after .* batches; .* of the answers are right", facts={"logits": True}, code="TFL302"),
    "function": Case(
        "scores.compile('sgd', 'mse', metrics=[keras.metrics.categorical_accuracy])\n"
        "scores.evaluate(x, np.eye(3)[classes], batch_size=8, verbose=0)\n", "keras.metrics.categorical_accuracy",
        REFUTED, "categorical_accuracy shows .* after 5 batches; .* of the answers are right", code="TFL302"),
    "among others": Case(
        "given = ['mse', 'accuracy']\nmodel.compile('sgd', 'mse', metrics=given)\n"
        "model.fit(x, np.float32(y > 0), batch_size=8, verbose=0)\n", "['mse', 'accuracy']", CONFIRMED,
        "'accuracy' shows .* after .* batches; .* of the answers are right", facts={"logits": True}, code="TFL302"),
    "beside another one": Case(
        "model.compile('sgd', 'mse', metrics=['accuracy', keras.metrics.binary_accuracy])\n"
        "model.fit(x, np.float32(y > 0), batch_size=8, verbose=0)\n", "'accuracy'", CONFIRMED,
        "'accuracy' shows .* after .* batches; .* of the answers are right", facts={"logits": True}, code="TFL302"),
    "several": Case(
        "given = ['acc', 'accuracy']\nmodel.compile('sgd', 'mse', metrics=given)\n"
        "model.fit(x, np.float32(y > 0), batch_size=8, verbose=0)\n", "['acc', 'accuracy']", INCONCLUSIVE,
        "2 accuracies are compiled there|.*same name.*", facts={"logits": True}, code="TFL302"),
    "no probabilities": Case(
        "model.compile('sgd', 'mse', metrics=['accuracy'])\n"
        "model.fit(x, np.float32(y > 0), batch_size=8, verbose=0)\n", "'accuracy'", INCONCLUSIVE,
        "the outputs are no probabilities", code="TFL302"),
    "no two classes": Case(
        "model.compile('sgd', 'mse', metrics=['accuracy'])\nmodel.fit(x, y, batch_size=8, verbose=0)\n",
        "'accuracy'", INCONCLUSIVE, "the labels are not 0 and 1", code="TFL302"),
}  # fmt: skip


def test_verdicts_on_accuracy(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, Accuracy, CASES)

"""Outputs that are 1 whatever the input is."""

from __future__ import annotations

from measure_cases import Case, check_verdicts
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, NOT_REACHED, REFUTED
from tfloss_lint.runtime_checks.probe.measures.constant import ConstantOutput


def ended(layer: str) -> str:
    """A model that ends in a layer of one output."""
    return (
        f"classifier = keras.Sequential([layers.Dense(4), {layer}])\n"
        "classifier.compile('sgd', 'mse')\nclassifier.fit(x, np.float32(y > 0), batch_size=16, epochs=1, verbose=0)\n"
    )


CASES: dict[str, Case] = {
    "layer": Case(
        ended("layers.Dense(1, activation='softmax')"), "layers.Dense(1, activation='softmax')", CONFIRMED,
        "all outputs are 1", code="TFL404"),
    "other layer": Case(
        ended("layers.Dense(1, activation='sigmoid')"), "layers.Dense(1, activation='sigmoid')", REFUTED,
        r"outputs from 0\.\d+ to 0\.\d+", code="TFL404"),
    "layer of several outputs": Case(
        "last = layers.Softmax()\nfor features, _ in data:\n    last(scores(features))\n", "layers.Softmax()",
        INCONCLUSIVE, r"the outputs are \(16, 3\)", code="TFL404"),
    "layer in a loop": Case(
        "last = layers.Softmax()\nfor features, _ in data:\n    last(model(features))\n", "layers.Softmax()", CONFIRMED,
        "all outputs are 1", code="TFL404"),
    "call": Case(
        "for features, _ in data:\n    tf.nn.softmax(model(features))\n", "tf.nn.softmax(model(features))", CONFIRMED,
        "all outputs are 1", code="TFL404"),
    "one batch": Case(
        "tf.nn.softmax(model(x))\n", "tf.nn.softmax(model(x))", CONFIRMED, "all outputs are 1", code="TFL404"),
    "call of another": Case(
        "for features, _ in data:\n    tf.sigmoid(model(features))\n", "tf.sigmoid(model(features))", REFUTED,
        r"outputs from 0\.\d+ to 0\.\d+", code="TFL404"),
    "one sample": Case(
        "tf.nn.softmax(model(x[:1]))\n", "tf.nn.softmax(model(x[:1]))", INCONCLUSIVE,
        "it gave no outputs for several samples", code="TFL404"),
    "never run": Case("def later():\n    return layers.Softmax()\n", "layers.Softmax()", NOT_REACHED, "", code="TFL404"),
}  # fmt: skip


def test_verdicts_on_constant_output(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, ConstantOutput, CASES)

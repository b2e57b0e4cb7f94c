"""Outputs that a loss takes for logits or for probabilities."""

from __future__ import annotations

from measure_cases import Case, check_verdicts
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, REFUTED
from tfloss_lint.runtime_checks.probe.measures.logits import Logits

CASES: dict[str, Case] = {
    "taken for probabilities": Case(
        "loss = keras.losses.SparseCategoricalCrossentropy()\n"
        "for features, labels in tf.data.Dataset.from_tensor_slices((x, classes)).batch(16):\n"
        "    outputs = scores(features)\n    value = loss(labels, outputs)\n",
        "keras.losses.SparseCategoricalCrossentropy()", CONFIRMED,
        "outputs from .* to .* are taken for probabilities: loss .*, as logits .*",
        {"label": "labels, outputs", "prediction": "outputs)", "call": "loss(labels, outputs)"},
        {"family": "sparse_categorical_crossentropy", "from_logits": False}, "TFL401"),
    "told": Case(
        "loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)\n"
        "scores.compile('sgd', loss)\nscores.fit(x, classes, batch_size=16, verbose=0)\n",
        "keras.losses.SparseCategoricalCrossentropy(from_logits=True)", INCONCLUSIVE,
        "outputs from .* to .* may be logits",
        facts={"family": "sparse_categorical_crossentropy", "from_logits": True}, code="TFL401"),
    "compiled": Case(
        "scores.compile('sgd', 'sparse_categorical_crossentropy')\nscores.fit(x, classes, batch_size=16, verbose=0)\n",
        "'sparse_categorical_crossentropy'", CONFIRMED,
        "outputs from .* to .* are taken for probabilities: loss .*, as logits .*",
        facts={"family": "sparse_categorical_crossentropy", "from_logits": False}, code="TFL401"),
    "softmax layer": Case(
        "ended = keras.Sequential([keras.Input((5,)), layers.Dense(3, 'softmax', kernel_regularizer='l2')])\n"
        "ended.compile('sgd', keras.losses.SparseCategoricalCrossentropy(from_logits=True))\n"
        "ended.fit(x, classes, batch_size=16, verbose=0)\n",
        "keras.losses.SparseCategoricalCrossentropy(from_logits=True)", REFUTED,
        "outputs from .* to .* are taken for probabilities, by Keras itself: loss .*",
        facts={"family": "sparse_categorical_crossentropy", "from_logits": True}, code="TFL401"),
    "softmax layer from zeros": Case(
        "ended = keras.Sequential([keras.Input((5,)), layers.Dense(3, 'softmax', kernel_initializer='zeros')])\n"
        "loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)\n"
        "for features, labels in tf.data.Dataset.from_tensor_slices((x, classes)).batch(16):\n"
        "    outputs = ended(features)\n    value = loss(labels, outputs)\n",
        "keras.losses.SparseCategoricalCrossentropy(from_logits=True)", INCONCLUSIVE,
        "outputs from 0.333 to 0.333 give the same loss either way",
        {"label": "labels, outputs", "prediction": "outputs)", "call": "loss(labels, outputs)"},
        {"family": "sparse_categorical_crossentropy", "from_logits": True}, "TFL401"),
    "not finite": Case(
        "scores.compile('sgd', 'sparse_categorical_crossentropy')\n"
        "scores.fit(x * np.nan, classes, batch_size=16, verbose=0)\n",
        "'sparse_categorical_crossentropy'", INCONCLUSIVE,
        "outputs from nan to nan give a loss that is not finite",
        facts={"family": "sparse_categorical_crossentropy", "from_logits": False}, code="TFL401"),
    "two heads, softmax layer": Case(
        "inputs = keras.Input((5,))\n"
        "heads = [layers.Dense(1, name='value')(inputs), layers.Dense(3, 'softmax', name='kind')(inputs)]\n"
        "two = keras.Model(inputs, heads)\n"
        "two.compile('sgd', {'value': 'mse', 'kind': keras.losses.SparseCategoricalCrossentropy(from_logits=True)})\n"
        "two.fit(x, {'value': y, 'kind': classes}, batch_size=16, verbose=0)\n",
        "keras.losses.SparseCategoricalCrossentropy(from_logits=True)", REFUTED,
        "outputs from .* to .* are taken for probabilities, by Keras itself: loss .*",
        facts={"family": "sparse_categorical_crossentropy", "from_logits": True, "output": 1, "name": "kind"},
        code="TFL401"),
}  # fmt: skip


def test_verdicts_on_logits(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, Logits, CASES)

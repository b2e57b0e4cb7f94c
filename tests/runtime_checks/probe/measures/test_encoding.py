"""Labels that are encoded otherwise than the loss takes them."""

from __future__ import annotations

from measure_cases import COLUMN, Case, check_verdicts, loop
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, NOT_REACHED, REFUTED
from tfloss_lint.runtime_checks.probe.measures.encoding import Encoding

VALUES = {"takes": "value per class"}


def class_loop(loss: str) -> str:
    """Labels that number three classes."""
    data = "data = tf.data.Dataset.from_tensor_slices((x, np.float32(classes))).map(CAST).batch(16)\n"
    cast = "lambda features, labels: (features, tf.cast(labels, 'KIND'))".replace(
        "KIND", "int32" if "hot" in loss else "float32"
    )
    return data.replace("CAST", cast) + loop(loss).replace("model", "scores")


def two_outputs(outputs: str, loss: str, labels: str) -> str:
    """A model with two outputs, the second for three classes."""
    return (
        "inputs = keras.Input((5,))\none, two = layers.Dense(1)(inputs), layers.Dense(3)(inputs)\n"
        f"both = keras.Model(inputs, {outputs})\nboth.compile('sgd', {loss})\n"
        f"both.fit(x, {labels}, batch_size=16, verbose=0)\n"
    )


CASES: dict[str, Case] = {
    "numbers by class": Case(
        class_loop("keras.losses.MeanSquaredError()(labels[:, None], outputs)"),
        "keras.losses.MeanSquaredError()(labels[:, None], outputs)", CONFIRMED,
        "loss .*, with one-hot labels .*; gradient ratio .*, cosine .*", COLUMN, VALUES, "TFL402"),
    "one-hot": Case(
        class_loop("keras.losses.MeanSquaredError()(tf.one_hot(labels, 3), outputs)"),
        "keras.losses.MeanSquaredError()(tf.one_hot(labels, 3), outputs)", REFUTED,
        r"labels \(16, 3\) and outputs \(16, 3\) have one shape",
        {"label": "tf.one_hot(labels, 3)", "prediction": "outputs"}, VALUES, "TFL402"),
    "no classes": Case(
        class_loop("keras.losses.MeanSquaredError()(0.5 + labels[:, None], outputs)"),
        "keras.losses.MeanSquaredError()(0.5 + labels[:, None], outputs)", INCONCLUSIVE,
        r"labels \(16, 1\) and outputs \(16, 3\) name no classes",
        {"label": "0.5 + labels[:, None]", "prediction": "outputs"}, VALUES, "TFL402"),
    "numbers by number": Case(
        class_loop("keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, outputs)"),
        "keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, outputs)", REFUTED,
        r"the labels \(16,\) are class numbers", {"label": "labels, outputs", "prediction": "outputs)"},
        {"takes": "class number"}, "TFL402"),
    "an error": Case(
        class_loop("keras.losses.SparseCategoricalCrossentropy()(tf.one_hot(labels, 3), outputs)"),
        "keras.losses.SparseCategoricalCrossentropy()(tf.one_hot(labels, 3), outputs)", CONFIRMED,
        "the loss raises .*, with class numbers it does not",
        {"label": "tf.one_hot(labels, 3)", "prediction": "outputs"}, {"takes": "class number"}, "TFL402",
        ended="ValueError"),
    "another error": Case(
        class_loop("keras.losses.SparseCategoricalCrossentropy()(tf.one_hot(labels, 3), outputs[:4])"),
        "keras.losses.SparseCategoricalCrossentropy()(tf.one_hot(labels, 3), outputs[:4])", INCONCLUSIVE,
        r"labels \(16, 3\) and outputs \(4, 3\) name no classes",
        {"label": "tf.one_hot(labels, 3)", "prediction": "outputs[:4]"}, {"takes": "class number"}, "TFL402",
        ended=r"ValueError|InvalidArgumentError"),
    "compiled": Case(
        "scores.compile('sgd', 'categorical_crossentropy')\nscores.fit(x, classes, batch_size=16, verbose=0)\n",
        "'categorical_crossentropy'", CONFIRMED, "the loss raises .*, with one-hot labels it does not", facts=VALUES,
        code="TFL402"),
    "compiled, evaluated": Case(
        "scores.compile('sgd', 'mae')\nscores.evaluate(x, classes[:, None], batch_size=40, verbose=0)\n", "'mae'",
        CONFIRMED, "loss .*, with one-hot labels .*; gradient ratio .*, cosine .*", facts=VALUES, code="TFL402"),
    "compiled, not the first": Case(
        "scores.compile('sgd', 'mae')\nmodel.compile('sgd', 'mse')\n"
        "scores.evaluate(x, classes[:, None], batch_size=40, verbose=0)\n", "'mse'", NOT_REACHED, "", facts=VALUES,
        code="TFL402"),
    "weights": Case(
        "scores.compile('sgd', 'mae')\n"
        "scores.fit(x, classes[:, None], batch_size=16, sample_weight=np.ones(40), verbose=0)\n", "'mae'",
        CONFIRMED, "loss .*, with one-hot labels .*; gradient ratio .*, cosine .*", facts=VALUES, code="TFL402"),
    "one of several outputs": Case(
        two_outputs("{'one': one, 'two': two}", "{'one': 'mse', 'two': 'mae'}", "{'one': y, 'two': classes[:, None]}"),
        "'mae'", CONFIRMED, "loss .*, with one-hot labels .*; gradient ratio .*, cosine .*",
        facts={**VALUES, "output": "two", "name": "two"}, code="TFL402"),
    "one of several outputs in a list": Case(
        two_outputs("[one, two]", "['mse', 'mae']", "[y, np.eye(3)[classes]]"), "'mae'", REFUTED,
        "labels .* and outputs .* have one shape", facts={**VALUES, "output": 1, "name": None}, code="TFL402"),
    "a single output": Case(
        "model.compile('sgd', keras.losses.CategoricalCrossentropy(from_logits=True))\n"
        "model.fit(x, np.float32(y > 0)[:, None], batch_size=16, verbose=0)\n",
        "keras.losses.CategoricalCrossentropy(from_logits=True)", CONFIRMED,
        "loss 0, with the binary cross-entropy .*", facts={"takes": "several outputs"}, code="TFL402"),
    "a single value": Case(
        "model.compile('sgd', 'mse')\nmodel.fit(x, y, batch_size=16, verbose=0)\n", "'mse'", INCONCLUSIVE,
        "the labels are not 0 and 1", facts={"takes": "several outputs"}, code="TFL402"),
    "three classes": Case(
        "model.compile('sgd', keras.losses.BinaryCrossentropy(from_logits=True))\n"
        "model.fit(x, np.float32(classes), batch_size=16, verbose=0)\n",
        "keras.losses.BinaryCrossentropy(from_logits=True)", CONFIRMED, "loss .*, with labels from 0 to 1 .*; gradient .*",
        facts={"takes": "two classes"}, code="TFL402"),
    "two classes": Case(
        "model.compile('sgd', keras.losses.BinaryCrossentropy(from_logits=True))\n"
        "model.fit(x, np.float32(y > 0), batch_size=40, verbose=0)\n",
        "keras.losses.BinaryCrossentropy(from_logits=True)", REFUTED, "the labels are from 0 to 1",
        facts={"takes": "two classes"}, code="TFL402"),
    "several outputs, one meant": Case(
        "scores.compile('sgd', 'mse')\nscores.fit(x, np.eye(3)[classes], batch_size=16, verbose=0)\n", "'mse'",
        INCONCLUSIVE, r"labels \(16, 3\) and outputs \(16, 3\) are not one of each",
        facts={"takes": "two classes"}, code="TFL402"),
}  # fmt: skip


def test_verdicts_on_encoding(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, Encoding, CASES)

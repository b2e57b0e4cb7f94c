"""TFL302: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from corners import claims, confidences, step
from rule_programs import RuleTests


class TestAccuracyClass(RuleTests):
    rule = "accuracy_class"


COMPILED = """\
model = keras.Sequential([keras.layers.Dense({width}, activation={activation})])
model.compile(loss={loss}, metrics=[{metric}])
model.fit(x, {labels})
"""
SPARSE, LOGITS = "'sparse_categorical_crossentropy'", "keras.losses.BinaryCrossentropy({})"


@pytest.mark.parametrize(
    ("width", "activation", "loss", "metric", "labels", "found"),
    [
        (1, "None", LOGITS.format("True"), "'acc'", "y", 1),
        (1, "None", LOGITS.format("from_logits=True"), "'binary_accuracy'", "y", 1),
        (1, "None", LOGITS.format("from_logits=flag"), "'accuracy'", "y", 0),
        (1, "None", LOGITS.format(""), "'accuracy'", "y", 0),
        (1, "'sigmoid'", LOGITS.format("from_logits=True"), "'accuracy'", "y", 0),
        (1, "None", "keras.losses.MeanSquaredError()", "'accuracy'", "y", 0),
        (1, "None", LOGITS.format("from_logits=True"), "keras.metrics.BinaryAccuracy('a', None, 0.0)", "y", 0),
        (10, "'softmax'", SPARSE, "keras.metrics.categorical_accuracy", "y", 1),
        (10, "'softmax'", SPARSE, "keras.metrics.BinaryAccuracy()", "y[:, None]", 1),
        (10, "'softmax'", "'mse'", "keras.metrics.BinaryAccuracy()", "tf.one_hot(y, 10)", 1),
        (10, "'sigmoid'", "'mse'", "keras.metrics.BinaryAccuracy()", "tf.one_hot(y, 10)", 0),
        (10, "'softmax'", SPARSE, "'accuracy'", "y", 0),
        (10, "'softmax'", SPARSE, "'unheard of'", "y", 0),
        (10, "'softmax'", SPARSE, "unheard_of", "y", 0),
        (10, "'softmax'", SPARSE, "'categorical_accuracy'", "{'dense': y}", 1),
        (10, "'softmax'", SPARSE, "keras.metrics.Accuracy()", "y", 1),
        (10, "None", "'mse'", "keras.metrics.Accuracy()", "y", 1),
        (10, "'relu'", "'mse'", "keras.metrics.Accuracy()", "y", 0),
        (10, "'relu'", "'mse'", "keras.metrics.TopKCategoricalAccuracy()", "y", 1),
        ("width", "None", SPARSE, "keras.metrics.CategoricalAccuracy()", "y", 0),
    ],
)
def test_compiled(width: object, activation: str, loss: str, metric: str, labels: str, found: int) -> None:
    text = COMPILED.format(width=width, activation=activation, loss=loss, metric=metric, labels=labels)
    assert confidences(text, "TFL302") == ["certain"] * found


@pytest.mark.parametrize("result", ["p", "tf.argmax(p, -1)"])
def test_what_a_step_hands_to_the_compiled_accuracy_is_not_known_from_the_model(result: str) -> None:
    body = f"""\
        p = self(x, training=True)
        loss = self.compiled_loss(y, p)
        self.compiled_metrics.update_state(y, {result})
    """
    text = step(body, "'sgd', 'sparse_categorical_crossentropy', metrics=[keras.metrics.Accuracy()]", width=10)
    assert confidences(text, "TFL302") == []


LOOP = """\
model = keras.Sequential([keras.layers.Dense(1)])
accuracy = keras.metrics.BinaryAccuracy()
for inputs, labels in tf.data.Dataset.from_tensor_slices((x, y[:, None])).batch(8):
    outputs = {outputs}
    loss = {loss}
    accuracy.update_state({arguments})
"""


@pytest.mark.parametrize(
    ("loss", "outputs", "arguments", "found"),
    [
        ("tf.nn.sigmoid_cross_entropy_with_logits(labels, outputs)", "model(inputs)", "labels, outputs", 1),
        ("keras.losses.binary_crossentropy(labels, outputs, from_logits=True)", "model(inputs)", "labels, outputs", 1),
        ("keras.losses.binary_crossentropy(labels, outputs)", "model(inputs)", "labels, outputs", 0),
        ("keras.losses.mean_squared_error(labels, outputs)", "model(inputs)", "labels, outputs", 0),
        ("tf.nn.sigmoid_cross_entropy_with_logits(labels, outputs)", "model(inputs)", "labels, tf.sigmoid(outputs)", 0),
        ("tf.nn.sigmoid_cross_entropy_with_logits(labels, outputs)", "model(inputs) * 2", "labels, outputs", 0),
        ("tf.square(labels - outputs)", "model(inputs)", "labels, outputs[:, :1]", 0),
        ("tf.square(labels - outputs)", "model(inputs)", "labels", 0),
    ],
)
def test_logits_in_a_loop(loss: str, outputs: str, arguments: str, found: int) -> None:
    text = LOOP.format(loss=loss, outputs=outputs, arguments=arguments)
    assert confidences(text, "TFL302") == ["certain"] * found


def test_an_accuracy_of_the_files_own() -> None:
    text = """\
    class Accuracy(keras.metrics.Accuracy):
        pass
    model = keras.Sequential([keras.layers.Dense(10, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy", metrics=[Accuracy()])
    model.fit(x, y)
    """
    assert confidences(text, "TFL302") == []


@pytest.mark.parametrize(
    ("metric", "run", "found"),
    [
        ("'accuracy'", "model.fit(data)", ["certain"]),
        ("'accuracy'", "", ["certain"]),
        ("'categorical_accuracy'", "", ["certain"]),
        ("keras.metrics.BinaryAccuracy(threshold=0.0)", "", []),
        ("'mae'", "", []),
    ],
)
def test_one_output_is_enough(metric: str, run: str, found: list[str]) -> None:
    text = f"""\
    def train(data):
        model = keras.Sequential([keras.layers.Dense(1)])
        model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True), metrics=[{metric}])
        {run}
        return model
    """
    assert confidences(text, "TFL302") == found


@pytest.mark.parametrize(
    ("width", "activation", "loss", "metric", "labels", "facts"),
    [
        (1, "None", LOGITS.format("from_logits=True"), "'accuracy'", "y", {"logits": True}),
        (10, "'softmax'", SPARSE, "keras.metrics.categorical_accuracy", "y", {}),
        (10, "'softmax'", SPARSE, "keras.metrics.Accuracy()", "y", {}),
    ],
)
def test_what_can_be_measured(
    width: int, activation: str, loss: str, metric: str, labels: str, facts: dict[str, bool]
) -> None:
    text = COMPILED.format(width=width, activation=activation, loss=loss, metric=metric, labels=labels)
    assert claims(text, "TFL302") == [("accuracy", {}, facts)]


HEADS = """\
inputs = keras.Input((4,))
a = keras.layers.Dense(1, activation="sigmoid", name="a")(inputs)
b = keras.layers.Dense(3, activation="{activation}", name="b")(inputs)
model = keras.Model(inputs, [a, b])
model.compile("sgd", {loss}, metrics={metrics})
"""


@pytest.mark.parametrize(
    ("activation", "loss", "metrics", "claimed"),
    [
        ("softmax", "'mse'", "{'b': keras.metrics.Accuracy()}", [{"output": 1, "name": "b"}]),
        (
            "relu",
            "['mse', 'categorical_crossentropy']",
            "[[], [keras.metrics.Accuracy()]]",
            [{"output": 1, "name": "b"}],
        ),
        ("relu", "['binary_crossentropy', 'mse']", "[[], [keras.metrics.Accuracy()]]", []),
        ("softmax", "'mse'", "[keras.metrics.Accuracy()]", []),
    ],
)
def test_equality_on_one_of_several_outputs(
    activation: str, loss: str, metrics: str, claimed: list[dict[str, object]]
) -> None:
    text = HEADS.format(activation=activation, loss=loss, metrics=metrics)
    assert claims(text, "TFL302") == [("accuracy", {}, facts) for facts in claimed]

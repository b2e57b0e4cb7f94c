"""TFL404: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from rule_programs import RuleTests, places

from tfloss_lint.settings import Settings


class TestSoftmaxOfOne(RuleTests):
    rule = "softmax_of_one"


HEAD = """\
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
inputs = keras.Input((5,))
hidden = layers.Dense(4)(inputs)
one = layers.Dense(1, activation="softmax", name="one")(hidden)
three = layers.Dense(3, activation="softmax", name="three")(hidden)
"""
SOFTMAX = (6, 7)


def found(text: str) -> list[tuple[int, int]]:
    return [(place.line, place.column) for place in places(HEAD + text, Settings(select=("TFL404",)))]


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        ("one", [SOFTMAX]),
        ("three", []),
        ("[three, one]", [SOFTMAX]),
        ("[one, one]", [SOFTMAX]),
        ("{'a': one, 'b': three}", [SOFTMAX]),
        ("layers.Reshape((1, 1))(one)", [SOFTMAX]),
        ("layers.Dense(3)(one)", []),
        ("tf.squeeze(one, -1)", [SOFTMAX]),
        ("one * three", []),
    ],
)
def test_what_a_model_ends_in(outputs: str, expected: list[tuple[int, int]]) -> None:
    assert found(f"model = keras.Model(inputs, {outputs})\nmodel.compile('sgd', loss='mse')\n") == expected


def test_a_model_that_is_not_trained() -> None:
    assert found("model = keras.Model(inputs, one)\nmodel.compile('sgd')\n") == []
    assert found("model = keras.models.load_model('model')\nmodel.compile('sgd', loss='mse')\n") == []


@pytest.mark.parametrize(
    ("softmax", "expected"),
    [
        ("tf.nn.softmax(model(x))", [(11, 9)]),
        ("tf.nn.softmax(model(x), axis=-1)", [(11, 9)]),
        ("tf.nn.softmax(model(x), axis=0)", []),
        ("tf.nn.softmax(model(x), 0)", []),
        ("tf.sigmoid(model(x), 'probabilities')", []),
        ("tf.nn.softmax(tf.squeeze(model(x), -1))", []),
    ],
)
def test_a_softmax_of_what_a_model_predicts(softmax: str, expected: list[tuple[int, int]]) -> None:
    text = f"""\
model = keras.Sequential([layers.Dense(1)])
def error(x, y):
    p = model(x)
    p = {softmax}
    return keras.losses.mean_squared_error(y, p)
"""
    assert found(text) == expected


def test_a_model_that_the_file_does_not_show() -> None:
    assert found("def error(model, x, y):\n    return keras.losses.mean_squared_error(y, model(x))\n") == []

"""Forward passes: which layers run, and what they are told about training."""

from __future__ import annotations

import pytest
from readings import read_program

from tfloss_lint.reading.events import Forward
from tfloss_lint.reading.values import NONE, UNKNOWN, Value, constant

HEAD = """\
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

drop = layers.Dropout(0.5)
x = tf.ones((3, 4))
"""


def forwards(text: str) -> list[Forward]:
    return read_program(HEAD + text).forwards


def word(flag: Value) -> str:
    return "nothing" if flag is NONE else "unknown" if flag is UNKNOWN else str(constant(flag))


def told(text: str) -> list[str]:
    """What each dropout layer of the last forward pass is told, with a question mark where it may not run."""
    uses = [use for use in forwards(text)[-1].uses if use.layer.kind == "keras.layers.Dropout"]
    return [word(use.flag) + ("" if use.certain else "?") for use in uses]


FUNCTIONAL = "i = keras.Input((4,))\nm = keras.Model(i, layers.Dense(1)({inner}))\n{call}"
SEQUENTIAL = "m = keras.Sequential([drop, layers.Dense(1)])\n"


@pytest.mark.parametrize(
    ("call", "flag"),
    [
        ("m(x)", "nothing"),
        ("m(x, training=None)", "nothing"),
        ("m(x, training=True)", "True"),
        ("m(x, False)", "False"),
        ("m(x, **more)", "unknown"),
        ("m(x, training=flag)", "unknown"),
    ],
)
def test_sequential_and_functional(call: str, flag: str) -> None:
    assert told(SEQUENTIAL + call) == [flag]
    assert told(FUNCTIONAL.format(inner="drop(i)", call=call)) == [flag]


@pytest.mark.parametrize(
    ("inner", "flag"),
    [
        ("drop(i, training=True)", "True"),
        ("drop(i, training=None)", "nothing"),
        ("keras.Sequential([drop])(i)", "nothing"),
        ("keras.Sequential([drop])(i, training=False)", "False"),
        ("layers.Add()([drop(i), i])", "nothing"),
        ("drop([i, i])", "nothing"),
    ],
)
def test_what_a_functional_model_was_built_with(inner: str, flag: str) -> None:
    assert told(FUNCTIONAL.format(inner=inner, call="m(x)")) == [flag]


CLASS = """
class Block(layers.Layer):
    def call(self, x, training{default}):
        return drop(x, training=training)
class M(keras.Model):
    def call(self, x{param}):
        return {body}
block = Block()
m = M()
"""


@pytest.mark.parametrize(
    ("param", "body", "call", "flag"),
    [
        ("", "drop(x)", "m(x)", "nothing"),
        ("", "drop(x)", "m(x, training=True)", "True"),
        ("", "drop(x, training=False)", "m(x, training=True)", "False"),
        (", training=None", "drop(x, training=training)", "m(x)", "nothing"),
        (", training=False", "drop(x, training=training)", "m(x)", "nothing"),
        (", training=True", "drop(x, training=training)", "m(x)", "True"),
        (", training=True", "drop(x, training=training)", "m(x, False)", "False"),
        (", training=DEFAULT", "drop(x)", "m(x)", "unknown"),
        (", *, training=True", "drop(x)", "m(x)", "True"),
        (", mask=None, training=None", "drop(x)", "m(x, None, True)", "True"),
        ("", "block(x)", "m(x)", "nothing"),
        ("", "block(x)", "m(x, training=True)", "True"),
        ("", "block(x, training=True)", "m(x)", "True"),
        ("", "keras.Sequential([drop])(x)", "m(x, training=True)", "True"),
        ("", "drop(x) if maybe else x", "m(x)", "nothing?"),
        ("", "block(x) if maybe else x", "m(x)", "nothing?"),
        ("", "(drop if maybe else layers.Dense(1))(x)", "m(x)", "nothing?"),
    ],
)
def test_classes_of_the_file(param: str, body: str, call: str, flag: str) -> None:
    assert told(CLASS.format(default="=False", param=param, body=body) + call) == [flag]


def test_the_default_of_a_layer_gives_way_to_the_call_around() -> None:
    text = CLASS.format(default="=True", param="", body="block(x)")
    assert told(text + "m(x)") == ["True"]
    assert told(text + "m(x, training=False)") == ["False"]


def test_only_the_outermost_model_is_an_event() -> None:
    inner = "inner = keras.Sequential([drop])\nm = keras.Sequential([inner, layers.Dense(1)])\ny = m(x)\n"
    [forward] = forwards(inner)
    assert [use.layer.kind for use in forward.uses] == ["keras.layers.Dropout", "keras.layers.Dense"]
    assert len(forward.results) == 1


def test_several_results() -> None:
    model = "i = keras.Input((4,))\nm = keras.Model(i, {'a': drop(i), 'b': [layers.Dense(1)(drop(i))]})\ny = m(x)\n"
    [forward] = forwards(model)
    assert len(forward.results) == 2
    assert [word(use.flag) for use in forward.uses if use.layer.kind.endswith("Dropout")] == ["nothing", "nothing"]

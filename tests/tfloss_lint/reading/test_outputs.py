"""What models end in."""

from __future__ import annotations

import pytest
from readings import read_program, value_of

from tfloss_lint.reading.outputs import LOGITS, Output, output_of
from tfloss_lint.reading.values import Object, Tensor

SETUP = """\
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

class Own(layers.Layer):
    def call(self, inputs):
        return tf.nn.softmax(inputs)

x = keras.Input((8,))
images = keras.Input((8, 8, 1))
dense = layers.Dense(4)(x)
soft = layers.Dense(4, activation="softmax")(x)
probability = layers.Dense(1, "sigmoid")(x)
"""
SOFTMAX = Output("softmax", "activation")

ENDS: dict[str, Output | None] = {
    "dense": LOGITS,
    "layers.Dense(4, None)(x)": LOGITS,
    "layers.Dense(4, activation='linear')(x)": LOGITS,
    "layers.Dense(4, activation=keras.activations.linear)(x)": LOGITS,
    "layers.Conv2D(2, 1)(images)": LOGITS,
    "layers.Conv2D(2, 1, 1, 'same', activation='softmax')(images)": None,
    "layers.Conv2D(2, 1, activation='softmax')(images)": SOFTMAX,
    "soft": SOFTMAX,
    "probability": Output("sigmoid", "activation"),
    "layers.Dense(4, activation='relu')(x)": Output("values", "relu"),
    "layers.Dense(4, 'tanh')(x)": Output("values", "tanh"),
    "layers.Dense(4, activation='hard_sigmoid')(x)": None,
    "layers.Activation('selu')(dense)": Output("values", "selu"),
    "layers.Reshape((2, 2))(layers.Dense(4, 'relu')(x))": Output("values", "relu"),
    "layers.Dense(4, activation=unknown)(x)": None,
    "layers.Dense(4, **options)(x)": None,
    "layers.Dense(4, activation=tf.nn.softmax)(x)": Output("softmax", "tf function"),
    "layers.Dense(4, activation=tf.nn.sigmoid)(x)": Output("sigmoid", "tf function"),
    "layers.Dense(4, activation=tf.nn.relu)(x)": Output("values", "relu"),
    "layers.Dense(4, activation=keras.activations.gelu)(x)": Output("values", "gelu"),
    "layers.Dense(4, activation=layers.Softmax())(x)": Output("softmax", "layer"),
    "layers.Dense(4, activation=layers.ReLU())(x)": None,
    "layers.Activation('softmax')(dense)": SOFTMAX,
    "layers.Activation('softmax', dtype='float32')(dense)": SOFTMAX,
    "layers.Activation('linear', dtype='float32')(soft)": SOFTMAX,
    "layers.Activation('linear')(dense)": LOGITS,
    "layers.Softmax()(dense)": Output("softmax", "layer"),
    "layers.Softmax(axis=1)(dense)": None,
    "layers.ReLU()(dense)": Output("values", "ReLU"),
    "layers.LeakyReLU(0.1)(dense)": Output("values", "LeakyReLU"),
    "layers.Reshape((2, 2))(soft)": Output("softmax", "reshaped"),
    "layers.Reshape((2, 2))(dense)": LOGITS,
    "tf.squeeze(probability, -1)": Output("sigmoid", "reshaped"),
    "tf.nn.softmax(dense)": Output("softmax", "tf function"),
    "tf.sigmoid(dense)": Output("sigmoid", "tf function"),
    "tf.math.sigmoid(dense)": Output("sigmoid", "tf function"),
    "keras.activations.softmax(dense)": Output("softmax", "keras function"),
    "keras.ops.sigmoid(dense)": Output("sigmoid", "keras.ops function"),
    "keras.backend.softmax(dense)": Output("softmax", "backend function"),
    "tf.nn.log_softmax(dense)": None,
    "Own()(dense)": Output("softmax", "tf function"),
    "soft if unknown else dense": None,
    "dense if unknown else layers.Dense(4)(x)": LOGITS,
    "dense * 2": None,
    "unknown": None,
}


@pytest.mark.parametrize("expression", ENDS)
def test_what_comes_last(expression: str) -> None:
    program = read_program(f"{SETUP}end = {expression}\n")
    assert output_of(value_of(program, "end")) == ENDS[expression]


def test_what_a_model_predicts_is_asked_for_quietly() -> None:
    program = read_program(f"{SETUP}model = keras.Sequential([layers.Dense(4), layers.Softmax()])\n")
    model = value_of(program, "model")
    assert isinstance(model, Object)
    events = list(program.interpreter.events)
    prediction = program.output_of(model)
    assert isinstance(prediction, Tensor)
    assert prediction.shape == ("batch", 4)
    assert output_of(prediction) == Output("softmax", "layer")
    assert program.output_of(model) is prediction
    assert program.interpreter.events == events


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("@tf.function\ndef f(): ...", True),
        ("model = keras.Model(); model.fit(x)", True),
        ("loss_function = keras.losses.MeanSquaredError()", False),
    ],
)
def test_whether_code_may_run_in_graphs(line: str, expected: bool) -> None:
    assert read_program(f"{SETUP}{line}\n").may_be_compiled_to_graphs is expected

"""Elementwise operations: their shapes, and the places where labels meet predictions."""

from __future__ import annotations

import pytest
from readings import meeting_shapes, misread, place, read_program, read_shapes, tensor_of
from stacks import Stack

from tfloss_lint.reading.values import BATCH, Role, Shape

SETUP = """\
column = np.ones((6, 1))
row = np.ones((6,))
matrix = np.ones((6, 4))
other = np.ones((4, 3))
cube = np.ones((2, 6, 4))
t = tf.ones((6, 4))
"""

SHAPES: dict[str, Shape] = {
    "row - column": (6, 6),
    "row - row": (6,),
    "matrix + column": (6, 4),
    "matrix * 2": (6, 4),
    "1.0 / matrix": (6, 4),
    "matrix // 2": (6, 4),
    "matrix % 2": (6, 4),
    "row ** 2": (6,),
    "2 ** row": (6,),
    "-row": (6,),
    "+row": (6,),
    "abs(row)": (6,),
    "row > 0.5": (6,),
    "row == column": (6, 6),
    "(row > 0) & (row < 2)": (6,),
    "~(row > 0)": (6,),
    "matrix @ other": (6, 3),
    "matrix @ np.ones((4,))": (6,),
    "row @ matrix": (4,),
    "row @ row": (),
    "cube @ other": (2, 6, 3),
    "matrix @ np.ones((2, 4, 3))": (2, 6, 3),
    "tf.matmul(t, t, transpose_b=True)": (6, 6),
    "tf.matmul(t, t, transpose_a=True)": (4, 4),
    "tf.matmul(t, t, True)": (4, 4),
    "tf.linalg.matmul(t, tf.ones((4, 3)))": (6, 3),
    "tf.linalg.matvec(t, tf.ones((4,)))": (6,),
    "tf.linalg.matvec(tf.ones((6, 3, 4)), t)": (6, 3),
    "np.dot(matrix, other)": (6, 3),
    "np.dot(row, row)": (),
    "np.dot(2.0, row)": (6,),
    "np.dot(cube, cube.transpose(0, 2, 1))": None,
    "matrix.dot(other)": (6, 3),
    "K.dot(t, tf.ones((4, 3)))": (6, 3),
    "keras.ops.matmul(matrix, other)": (6, 3),
    "tf.square(row)": (6,),
    "tf.math.square(row - column)": (6, 6),
    "tf.abs(row)": (6,),
    "tf.math.abs(row)": (6,),
    "tf.sqrt(column)": (6, 1),
    "tf.math.log(column + 1e-7)": (6, 1),
    "tf.exp(matrix)": (6, 4),
    "tf.sigmoid(matrix)": (6, 4),
    "tf.nn.relu(matrix)": (6, 4),
    "tf.nn.softmax(matrix)": (6, 4),
    "tf.nn.softmax(t, axis=-1)": (6, 4),
    "tf.nn.log_softmax(t)": (6, 4),
    "tf.tanh(matrix)": (6, 4),
    "tf.sin(row)": (6,),
    "tf.math.erf(row)": (6,),
    "tf.math.softplus(row)": (6,),
    "tf.math.log_sigmoid(row)": (6,),
    "tf.math.rsqrt(row)": (6,),
    "tf.math.pow(row, 2)": (6,),
    "tf.pow(row, 0.5)": (6,),
    "tf.clip_by_value(row, 0.0, 1.0)": (6,),
    "tf.maximum(row, 0.0)": (6,),
    "tf.minimum(row, column)": (6, 6),
    "tf.subtract(row, column)": (6, 6),
    "tf.multiply(row, row)": (6,),
    "tf.divide(matrix, 4)": (6, 4),
    "tf.add(row, 1.0)": (6,),
    "tf.math.squared_difference(row, column)": (6, 6),
    "tf.math.divide_no_nan(row, row)": (6,),
    "tf.equal(row, row)": (6,),
    "tf.math.greater(row, 0.5)": (6,),
    "tf.logical_and(row > 0, row < 1)": (6,),
    "tf.where(row > 0, row, 0.0)": (6,),
    "tf.where(row > 0, 1.0, 0.0)": (6,),
    "tf.where(column > 0, matrix, 0.0)": (6, 4),
    "tf.where(row > 0)": None,
    "tf.zeros_like(matrix)": (6, 4),
    "tf.math.is_nan(row)": (6,),
    "tf.round(row)": (6,),
    "tf.sign(row)": (6,),
    "tf.floor(row)": (6,),
    "np.square(row - column)": (6, 6),
    "np.sqrt(row)": (6,),
    "np.abs(row)": (6,),
    "np.sin(row)": (6,),
    "np.cos(column)": (6, 1),
    "np.log1p(row)": (6,),
    "np.expm1(row)": (6,),
    "np.power(row, 2)": (6,),
    "np.clip(row, 0, 1)": (6,),
    "np.where(row > 0, 1, 0)": (6,),
    "np.maximum(row, 0)": (6,),
    "np.subtract(row, column)": (6, 6),
    "np.sign(row)": (6,),
    "np.isnan(row)": (6,),
    "np.logical_not(row > 0)": (6,),
    "math.sqrt(4.0)": (),
    "K.square(row)": (6,),
    "K.abs(row)": (6,),
    "K.sqrt(t)": (6, 4),
    "K.log(row)": (6,),
    "K.exp(row)": (6,),
    "K.clip(t, 0.0, 1.0)": (6, 4),
    "K.pow(t, 2)": (6, 4),
    "K.sigmoid(t)": (6, 4),
    "K.softmax(t)": (6, 4),
    "K.maximum(row, 0.5)": (6,),
    "K.equal(row, row)": (6,),
    "K.epsilon()": None,
    "keras.ops.square(row - column)": (6, 6),
    "keras.ops.subtract(row, column)": (6, 6),
    "keras.ops.where(row > 0, row, 0.0)": (6,),
    "keras.ops.clip(row, 0.0, 1.0)": (6,),
    "keras.ops.power(row, 2)": (6,),
    "keras.ops.sigmoid(matrix)": (6, 4),
    "keras.ops.softmax(matrix)": (6, 4),
    "keras.ops.log(row)": (6,),
    "keras.activations.sigmoid(t)": (6, 4),
    "keras.activations.softmax(t)": (6, 4),
    "tf.keras.activations.relu(t)": (6, 4),
}


def test_shapes_as_read() -> None:
    assert read_shapes(SHAPES, SETUP) == SHAPES


def test_shapes_as_they_are(stack: Stack) -> None:
    assert misread(stack, SHAPES, SETUP) == {}


@pytest.mark.parametrize(
    "expression",
    [
        "np.ones((3,)) - anything",
        "anything * np.ones((3,))",
        "tf.square(anything)",
        "tf.maximum(anything, 0.0)",
        "-anything",
    ],
)
def test_an_unknown_operand_leaves_the_shape_unknown(expression: str) -> None:
    assert read_shapes([expression]) == {expression: None}


HEAD = """
import math
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K
def loss(y_true, y_pred):
    y_true, y_pred = tf.reshape(y_true, (8,)), tf.reshape(y_pred, (8, 1))
"""


@pytest.mark.parametrize(
    "expression",
    [
        "y_true - y_pred",
        "y_pred - y_true",
        "y_true * y_pred",
        "y_true / y_pred",
        "tf.subtract(y_true, y_pred)",
        "tf.math.subtract(y_pred, y_true)",
        "tf.math.squared_difference(y_true, y_pred)",
        "np.subtract(y_true, y_pred)",
        "keras.ops.subtract(y_true, y_pred)",
        "tf.maximum(y_true, y_pred)",
        "tf.multiply(y_true, y_pred)",
        "y_true == y_pred",
        "tf.equal(y_true, y_pred)",
        "K.equal(y_true, y_pred)",
        "tf.cast(y_true, tf.float32) - y_pred",
        "2.0 * y_true - y_pred",
        "(y_true + 1e-7) * tf.math.log(y_pred)",
        "y_true - tf.nn.sigmoid(y_pred)",
    ],
)
def test_labels_meet_predictions(expression: str) -> None:
    program = read_program(HEAD + f"    return tf.reduce_mean({expression})\n")
    assert meeting_shapes(program) == [((8,), (8, 1))]
    [meeting] = program.meetings
    assert (meeting.result.shape, meeting.loss) == ((8, 8), None)


@pytest.mark.parametrize(
    "expression",
    [
        "y_true - y_true",
        "y_pred * 2.0",
        "(y_pred - 1.0) * tf.abs(y_pred)",
        "tf.concat([y_true, y_pred], axis=0)",
        "y_true @ y_pred",
        "(y_true - tf.reduce_mean(y_true)) ** 2",
    ],
)
def test_nothing_meets(expression: str) -> None:
    assert read_program(HEAD + f"    return {expression}\n").meetings == []


def test_what_has_met_is_no_prediction_any_more() -> None:
    program = read_program(HEAD + "    error = y_true - y_pred\n    return y_true * error\n")
    [meeting] = program.meetings
    assert place(program, meeting.node) == (9, 13)


def test_a_meeting_stands_at_its_operator() -> None:
    program = read_program(HEAD + "    return tf.reduce_mean(\n        1.0 *\n        (y_true  -  y_pred))\n")
    assert place(program, program.meetings[0].node) == (11, 10)


def test_data_serve_as_labels() -> None:
    program = read_program(
        """
        import numpy as np
        import tensorflow as tf
        from tensorflow import keras
        y = np.ones((8,))
        p = keras.layers.Dense(1)(np.ones((8, 3)))
        error = y - p
        """
    )
    assert meeting_shapes(program) == [((8,), (8, 1))]
    assert tensor_of(program, "error").sources == {Role.DATA, Role.PREDICTION}


def test_shapes_of_a_batch() -> None:
    program = read_program(
        """
        import tensorflow as tf
        from tensorflow import keras
        model = keras.Sequential([keras.layers.Dense(1)])
        for x, y in tf.data.Dataset.from_tensor_slices((tf.ones((100, 3)), tf.ones((100,)))).batch(8):
            error = model(x) - y
        """
    )
    assert meeting_shapes(program) == [((BATCH,), (BATCH, 1))]
    assert tensor_of(program, "error").shape == (BATCH, BATCH)

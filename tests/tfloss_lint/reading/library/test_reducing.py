"""Reductions: their shapes, as read and as they are, and the axes that they remember."""

from __future__ import annotations

import pytest
from readings import misread, read_program, read_shapes, tensor_of
from stacks import Stack

from tfloss_lint.reading.values import Shape

SETUP = """\
column = np.ones((6, 1))
row = np.ones((6,))
matrix = np.ones((6, 4))
cube = tf.ones((6, 4, 3))
flat = tf.ones((6, 4))
"""

SHAPES: dict[str, Shape] = {
    "tf.reduce_mean(matrix)": (),
    "tf.reduce_mean(matrix, axis=-1)": (6,),
    "tf.reduce_mean(matrix, 0)": (4,),
    "tf.reduce_mean(matrix, axis=[0, 1])": (),
    "tf.reduce_mean(cube, axis=(1, 2))": (6,),
    "tf.reduce_mean(cube, (1, 2))": (6,),
    "tf.reduce_mean(matrix, axis=None)": (),
    "tf.reduce_mean(matrix, axis=-1, keepdims=True)": (6, 1),
    "tf.reduce_mean(matrix, -1, True)": (6, 1),
    "tf.reduce_mean(matrix, keepdims=True)": (1, 1),
    "tf.reduce_sum(matrix, keepdims=False)": (),
    "tf.reduce_mean(input_tensor=matrix, axis=1)": (6,),
    "tf.math.reduce_mean(matrix, axis=1)": (6,),
    "tf.reduce_sum(cube, 1)": (6, 3),
    "tf.math.reduce_sum(cube, axis=[-1])": (6, 4),
    "tf.reduce_max(matrix, axis=1)": (6,),
    "tf.reduce_min(matrix)": (),
    "tf.reduce_prod(matrix, axis=0)": (4,),
    "tf.math.reduce_std(matrix, axis=0)": (4,),
    "tf.math.reduce_variance(matrix)": (),
    "tf.reduce_logsumexp(matrix, axis=1)": (6,),
    "tf.reduce_any(matrix > 0, axis=1)": (6,),
    "tf.reduce_all(matrix > 0)": (),
    "tf.math.count_nonzero(matrix, axis=1)": (6,),
    "tf.norm(matrix)": (),
    "tf.norm(matrix, axis=1)": (6,),
    "tf.norm(matrix, 2)": (),
    "tf.norm(matrix, 1)": (),
    "tf.norm(matrix, ord=1, axis=1)": (6,),
    "tf.norm(matrix, 2, 1)": (6,),
    "tf.linalg.norm(matrix, axis=-1, keepdims=True)": (6, 1),
    "np.linalg.norm(matrix)": (),
    "np.linalg.norm(matrix, axis=1)": (6,),
    "np.linalg.norm(matrix, 2, 1)": (6,),
    "np.mean(matrix)": (),
    "np.mean(matrix, axis=0)": (4,),
    "np.mean(matrix, 1, keepdims=True)": (6, 1),
    "np.mean(matrix, 1, np.float32)": (6,),
    "np.sum(matrix, (0, 1))": (),
    "np.average(matrix, axis=1)": (6,),
    "np.std(matrix, axis=0)": (4,),
    "np.max(matrix, axis=1)": (6,),
    "np.amax(matrix)": (),
    "np.median(matrix, axis=1)": (6,),
    "np.var(row)": (),
    "K.mean(flat, axis=-1)": (6,),
    "K.mean(flat)": (),
    "K.sum(matrix, axis=1, keepdims=True)": (6, 1),
    "K.sum(matrix, 1, True)": (6, 1),
    "K.max(matrix, axis=-1)": (6,),
    "K.std(flat)": (),
    "keras.ops.mean(matrix, axis=-1)": (6,),
    "keras.ops.sum(cube, axis=(1, 2))": (6,),
    "keras.ops.max(matrix)": (),
    "keras.ops.logsumexp(matrix, axis=-1)": (6,),
    "keras.ops.norm(matrix, axis=1)": (6,),
    "matrix.mean()": (),
    "matrix.mean(axis=1)": (6,),
    "matrix.mean(0)": (4,),
    "matrix.sum(axis=1, keepdims=True)": (6, 1),
    "matrix.std(axis=0)": (4,),
    "matrix.max(1)": (6,),
    "row.sum()": (),
    "tf.argmax(matrix, axis=-1)": (6,),
    "tf.argmax(matrix, 1)": (6,),
    "tf.argmax(matrix)": (4,),
    "tf.math.argmax(matrix, axis=1)": (6,),
    "tf.argmin(matrix, axis=1)": (6,),
    "np.argmax(matrix)": (),
    "np.argmax(matrix, axis=1)": (6,),
    "matrix.argmax(axis=-1)": (6,),
    "matrix.argmax(1)": (6,),
    "matrix.argmax()": (),
    "K.argmax(matrix)": (6,),
    "K.argmax(matrix, axis=0)": (4,),
    "keras.ops.argmax(matrix, axis=-1)": (6,),
    "keras.ops.argmax(matrix)": (),
    "tf.add_n([row, row])": (6,),
    "sum([row, row])": (6,),
    "sum(row)": (),
    "tf.reduce_mean([tf.reduce_sum(row), tf.reduce_sum(row)])": (),
    "tf.reduce_sum([row, row], axis=0)": (6,),
    "tf.reduce_sum([row, row])": (),
    "tf.nn.l2_loss(matrix)": (),
    "tf.nn.compute_average_loss(row, global_batch_size=6)": (),
    "np.cumsum(row)": None,
    "tf.math.top_k(matrix, 2)[0]": None,
}


def test_shapes_as_read() -> None:
    assert read_shapes(SHAPES, SETUP) == SHAPES


def test_shapes_as_they_are(stack: Stack) -> None:
    assert misread(stack, SHAPES, SETUP) == {}


@pytest.mark.parametrize(
    "expression",
    [
        "tf.reduce_mean(np.ones((3, 4)), axis=anything)",
        "tf.reduce_mean(np.ones((3, 4)), axis=(0, anything))",
        "tf.reduce_mean(np.ones((3, 4)), axis=0, keepdims=anything)",
        "tf.reduce_mean(np.ones((3, 4)), **anything)",
        "tf.reduce_sum([anything, np.ones((3,))], axis=0)",
        "tf.reduce_sum(anything, axis=0)",
        "tf.argmax(anything, axis=0)",
        "tf.reduce_mean(np.ones((3, 4)), axis=7)",
        "np.ones((3, 4)).mean(axis=anything)",
        "tf.add_n([anything, np.ones((3,))])",
        "sum(anything)",
    ],
)
def test_what_the_file_does_not_show_stays_unknown(expression: str) -> None:
    program = f"import numpy as np\nimport tensorflow as tf\nvalue = {expression}\n"
    assert read_shapes([expression]) == {expression: None}, program


def test_a_reduction_over_all_axes_is_a_scalar_whatever_the_shape() -> None:
    expressions = ["tf.reduce_mean(tf.constant(anything))", "tf.reduce_sum([anything, np.ones((3,))])"]
    assert read_shapes(expressions) == dict.fromkeys(expressions, ())


@pytest.mark.parametrize(
    ("expression", "op", "axes"),
    [
        ("tf.reduce_mean(y_true)", "mean", None),
        ("tf.reduce_mean(y_true, axis=-1)", "mean", (-1,)),
        ("K.sum(y_true, axis=[0, 1])", "sum", (0, 1)),
        ("tf.argmax(y_true)", "argmax", (0,)),
        ("tf.argmax(y_true, axis=1)", "argmax", (1,)),
        ("K.argmax(y_true)", "argmax", (-1,)),
        ("np.argmax(y_true)", "argmax", None),
        ("tf.norm(y_true, axis=1)", "norm", (1,)),
        ("y_true.mean(axis=0)", "mean", (0,)),
    ],
)
def test_what_is_reduced_is_remembered(expression: str, op: str, axes: tuple[int, ...] | None) -> None:
    program = read_program(
        f"""
        import numpy as np
        import tensorflow as tf
        from tensorflow.keras import backend as K
        y_true = np.ones((3, 4))
        value = {expression}
        """
    )
    value = tensor_of(program, "value")
    assert (value.op, value.axes, value.inputs[0]) == (op, axes, tensor_of(program, "y_true"))

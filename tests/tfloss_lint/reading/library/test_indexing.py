"""Subscripts of tensors: their shapes, as read and as they are."""

from __future__ import annotations

import pytest
from readings import misread, read_program, read_shapes, shape_of
from stacks import Stack

from tfloss_lint.reading.values import BATCH, Shape

SETUP = """\
row = np.ones((10,))
column = np.ones((10, 1))
matrix = np.ones((10, 4))
cube = tf.ones((10, 4, 3))
order = np.arange(10)
place = tf.argmax([0.0, 1.0])
"""

SHAPES: dict[str, Shape] = {
    "row[0]": (),
    "row[-1]": (),
    "matrix[0]": (4,),
    "matrix[:, 0]": (10,),
    "matrix[:, -1]": (10,),
    "matrix[:, 0:1]": (10, 1),
    "matrix[:, :2]": (10, 2),
    "matrix[:, 1:]": (10, 3),
    "matrix[:, :-1]": (10, 3),
    "matrix[:, -1:]": (10, 1),
    "matrix[2:5]": (3, 4),
    "matrix[:8]": (8, 4),
    "matrix[8:]": (2, 4),
    "matrix[:100]": (10, 4),
    "matrix[::2]": (5, 4),
    "matrix[::-1]": (10, 4),
    "matrix[:]": (10, 4),
    "matrix[0, 1]": (),
    "matrix[0, :]": (4,),
    "cube[..., 0]": (10, 4),
    "cube[0, ...]": (4, 3),
    "cube[:, 0]": (10, 3),
    "cube[..., 0, :]": (10, 3),
    "row[:, None]": (10, 1),
    "row[None, :]": (1, 10),
    "matrix[:, None, :]": (10, 1, 4),
    "matrix[None]": (1, 10, 4),
    "matrix[:, 0][:, None]": (10, 1),
    "matrix[:, tf.newaxis]": (10, 1, 4),
    "row[order]": (None,),
    "matrix[order]": (None, 4),
    "matrix[order[:5]]": (None, 4),
    "row[row > 0.5]": (None,),
    "matrix[row > 0.5]": (None, 4),
    "matrix[:, [0, 1]]": (10, None),
    "cube[place]": (4, 3),
    "matrix[int(place), 0]": (),
    "matrix[0][place]": (),
    "matrix[:, tf.argmax(matrix[0])]": (10,),
    "matrix[matrix > 0.5]": (None,),
    "matrix[[0, 1], [0, 1]]": None,
    "matrix[order, order % 4]": None,
    "column[:, 0]": (10,),
    "matrix[len(matrix) // 2:]": (5, 4),
    "matrix[int(0.8 * len(matrix)):]": (2, 4),
}


def test_shapes_as_read() -> None:
    assert read_shapes(SHAPES, SETUP) == SHAPES


def test_shapes_as_they_are(stack: Stack) -> None:
    assert misread(stack, SHAPES, SETUP) == {}


@pytest.mark.parametrize(
    ("expression", "shape"),
    [
        ("matrix[anything]", None),
        ("matrix[:, anything]", None),
        ("matrix[anything:]", (None, 4)),
        ("matrix[:anything]", (None, 4)),
        ("matrix[anything:anything + 32]", (None, 4)),
        ("matrix[anything, :]", None),
        ("matrix[:, None, anything]", None),
        ("anything[0]", None),
        ("anything[:, None]", None),
        ("matrix[0, 0, 0]", None),
        ("[row, column][anything]", None),
        ("[row, row][anything]", (10,)),
        ("(row, column)[1]", (10, 1)),
        ("(row, column)[-1]", (10, 1)),
        ("(row, column)[5]", None),
        ("(row, column, row)[1:][0]", (10, 1)),
        ("[row, column][::-1][0]", (10, 1)),
        ("[row, row][anything:][0]", (10,)),
        ("{'a': row}['a']", (10,)),
        ("{'a': row}['b']", None),
        ("{1: row}[1]", (10,)),
        ("{'a': row}[anything]", None),
        ("'text'[0]", None),
    ],
)
def test_unknown_indexes_and_containers(expression: str, shape: Shape) -> None:
    assert read_shapes([expression], SETUP) == {expression: shape}


@pytest.mark.parametrize(
    ("expression", "shape"),
    [
        ("y[0]", (4,)),
        ("y[:, 0]", (BATCH,)),
        ("y[:, -1:]", (BATCH, 1)),
        ("y[:5]", (None, 4)),
        ("y[1:]", (None, 4)),
        ("y[2:5]", (None, 4)),
        ("y[..., None]", (BATCH, 4, 1)),
        ("y[:tf.shape(y)[0]]", (None, 4)),
    ],
)
def test_a_batch(expression: str, shape: Shape) -> None:
    program = read_program(
        f"""
        import tensorflow as tf
        for y in tf.data.Dataset.from_tensor_slices(tf.ones((100, 4))).batch(8):
            value = {expression}
        """
    )
    assert shape_of(program, "value") == shape

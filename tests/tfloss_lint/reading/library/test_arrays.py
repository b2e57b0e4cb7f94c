"""Shapes of what TensorFlow, Keras and NumPy make and reshape: as read, and as they really are."""

from __future__ import annotations

import pytest
from readings import meeting_shapes, misread, read_program, read_shapes, shape_of
from stacks import Stack

from tfloss_lint.reading.values import BATCH, Shape

SETUP = """\
column = np.zeros((12, 1))
row = np.zeros((12,))
images = tf.zeros((12, 4, 4, 3))
classes = np.zeros((12,), dtype="int32")
class_column = np.zeros((12, 1), dtype="int32")
generator = np.random.default_rng(0)
"""

SHAPES: dict[str, Shape] = {
    # made from values
    "np.array([1.0, 2.0, 3.0])": (3,),
    "np.array([[1.0], [2.0]])": (2, 1),
    "np.asarray([[1, 2], [3, 4], [5, 6]], dtype=np.float32)": (3, 2),
    "tf.constant(3.0)": (),
    "tf.constant([[1.0], [2.0]])": (2, 1),
    "tf.constant(0.5, shape=(4, 1))": (4, 1),
    "tf.convert_to_tensor([1.0, 2.0])": (2,),
    "tf.Variable(tf.zeros((5, 2)))": (5, 2),
    "np.float32(row)": (12,),
    "keras.ops.convert_to_tensor([[1.0]])": (1, 1),
    "K.constant([1.0, 2.0])": (2,),
    # filled
    "np.zeros(7)": (7,),
    "np.ones((7, 1))": (7, 1),
    "np.full((2, 3), 5.0)": (2, 3),
    "np.empty(shape=(2,))": (2,),
    "tf.zeros([3, 2])": (3, 2),
    "tf.fill([2, 2], 1.0)": (2, 2),
    "keras.ops.ones((3, 1))": (3, 1),
    "np.eye(4)": (4, 4),
    "np.zeros_like(column)": (12, 1),
    "tf.ones_like(row)": (12,),
    # random
    "tf.random.normal((8, 1))": (8, 1),
    "tf.random.uniform([8], minval=0, maxval=2)": (8,),
    "np.random.rand(3, 2)": (3, 2),
    "np.random.randn(3)": (3,),
    "np.random.rand()": (),
    "np.random.random((3, 4))": (3, 4),
    "np.random.normal(size=(6, 1))": (6, 1),
    "np.random.normal(0.0, 0.1, 6)": (6,),
    "np.random.normal(0.0, 0.1, row.shape)": (12,),
    "np.random.uniform(-1, 1, (6, 2))": (6, 2),
    "np.random.uniform()": (),
    "np.random.uniform(np.zeros(3), 1.0)": (3,),
    "np.random.randint(0, 2, (9,))": (9,),
    "np.random.randint(2, size=9)": (9,),
    "np.random.choice(5, size=(4,))": (4,),
    "np.random.permutation(6)": (6,),
    "np.random.permutation(column)": (12, 1),
    "generator.normal(size=(4, 1))": (4, 1),
    "generator.random((4, 2))": (4, 2),
    "generator.random(5)": (5,),
    "generator.integers(0, 9, size=3)": (3,),
    "generator.standard_normal((2, 2))": (2, 2),
    "tf.random.shuffle(column)": (12, 1),
    # ranges
    "np.linspace(-1, 1, 100)": (100,),
    "np.linspace(-1, 1)": (50,),
    "np.linspace(0.0, 1.0, num=8).reshape(-1, 1)": (8, 1),
    "np.arange(10)": (10,),
    "np.arange(2, 10, 3)": (3,),
    "np.arange(10, step=2)": (None,),
    "np.arange(0, 1, 0.25)": (None,),
    "tf.range(4)": (4,),
    # reshaped
    "row.reshape(-1, 1)": (12, 1),
    "row.reshape((-1, 1))": (12, 1),
    "row.reshape(3, 4)": (3, 4),
    "row.reshape([3, -1])": (3, 4),
    "column.reshape(-1)": (12,),
    "column.reshape((12,))": (12,),
    "np.reshape(column, -1)": (12,),
    "np.reshape(row, (6, -1))": (6, 2),
    "tf.reshape(images, (-1, 48))": (12, 48),
    "tf.reshape(images, [12, -1])": (12, 48),
    "tf.reshape(row, (-1, 1))": (12, 1),
    "tf.reshape(row, tf.shape(column))": (12, 1),
    "tf.reshape(row, (tf.shape(column)[0], 1))": (12, 1),
    "tf.reshape(column, [-1])": (12,),
    "tf.reshape(3.0, (1, 1))": (1, 1),
    "keras.ops.reshape(row, (-1, 1))": (12, 1),
    "K.reshape(row, (-1, 1))": (12, 1),
    "column.flatten()": (12,),
    "column.ravel()": (12,),
    "np.ravel(column)": (12,),
    "K.flatten(column)": (12,),
    "K.batch_flatten(images)": (12, 48),
    # new axes
    "row[:, None]": (12, 1),
    "row[:, np.newaxis]": (12, 1),
    "row[..., tf.newaxis]": (12, 1),
    "row[None]": (1, 12),
    "row[np.newaxis, :]": (1, 12),
    "images[..., None]": (12, 4, 4, 3, 1),
    "np.expand_dims(row, -1)": (12, 1),
    "np.expand_dims(row, axis=1)": (12, 1),
    "np.expand_dims(row, axis=(0, 1))": None,
    "tf.expand_dims(row, 0)": (1, 12),
    "tf.expand_dims(row, axis=-1)": (12, 1),
    "keras.ops.expand_dims(row, -1)": (12, 1),
    "K.expand_dims(row)": (12, 1),
    "np.atleast_2d(row)": None,
    # dropped axes
    "tf.squeeze(column)": (12,),
    "tf.squeeze(column, axis=-1)": (12,),
    "tf.squeeze(column, [1])": (12,),
    "np.squeeze(column)": (12,),
    "column.squeeze()": (12,),
    "column.squeeze(-1)": (12,),
    "column.squeeze(axis=1)": (12,),
    "K.squeeze(column, axis=-1)": (12,),
    "keras.ops.squeeze(column)": (12,),
    "tf.squeeze(tf.zeros((1, 1, 3)))": (3,),
    # order of axes
    "column.T": (1, 12),
    "row.T": (12,),
    "tf.transpose(images)": (3, 4, 4, 12),
    "tf.transpose(images, [0, 3, 1, 2])": (12, 3, 4, 4),
    "tf.transpose(images, perm=[0, 3, 1, 2])": (12, 3, 4, 4),
    "np.transpose(column)": (1, 12),
    "column.transpose()": (1, 12),
    "np.zeros((2, 3, 4)).transpose(1, 0, 2)": (3, 2, 4),
    "K.permute_dimensions(images, (0, 3, 1, 2))": (12, 3, 4, 4),
    "np.flip(row)": (12,),
    "np.sort(row)": (12,),
    # joined
    "tf.concat([column, column], axis=1)": (12, 2),
    "tf.concat([row, row], 0)": (24,),
    "np.concatenate([column, column])": (24, 1),
    "np.concatenate((column, column), axis=-1)": (12, 2),
    "K.concatenate([images, images])": (12, 4, 4, 6),
    "keras.ops.concatenate([column, column], axis=-1)": (12, 2),
    "np.vstack([column, column])": (24, 1),
    "np.vstack([row, row])": (2, 12),
    "np.hstack([row, row])": (24,),
    "np.hstack([column, column])": (12, 2),
    "np.column_stack([row, row])": (12, 2),
    "np.column_stack([column, row])": (12, 2),
    "tf.stack([row, row])": (2, 12),
    "tf.stack([row, row], axis=1)": (12, 2),
    "tf.stack([row, row, row], axis=-1)": (12, 3),
    "np.stack((row, row), axis=1)": (12, 2),
    "keras.ops.stack([row, row], axis=1)": (12, 2),
    "tf.tile(column, [1, 3])": None,
    "np.repeat(row, 2)": None,
    # classes
    "tf.one_hot(classes, 10)": (12, 10),
    "tf.one_hot(classes, depth=10)": (12, 10),
    "tf.one_hot(class_column, 10)": (12, 1, 10),
    "tf.one_hot(classes, 10, axis=0)": None,
    "tf.one_hot(indices=classes, depth=3)": (12, 3),
    "K.one_hot(classes, 10)": (12, 10),
    "K.one_hot(class_column, num_classes=10)": (12, 1, 10),
    "keras.ops.one_hot(classes, 4)": (12, 4),
    "keras.ops.one_hot(class_column, 4)": (12, 1, 4),
    "keras.utils.to_categorical(classes, 10)": (12, 10),
    "keras.utils.to_categorical(classes, num_classes=10)": (12, 10),
    "keras.utils.to_categorical(class_column, 10)": (12, 10),
    "keras.utils.to_categorical(classes)": (12, None),
    "tf.keras.utils.to_categorical(class_column, num_classes=3)": (12, 3),
    # unchanged
    "row.astype('float32')": (12,),
    "row.copy()": (12,),
    "tf.cast(column, tf.float32)": (12, 1),
    "tf.dtypes.cast(column, tf.float32)": (12, 1),
    "K.cast(column, 'float32')": (12, 1),
    "keras.ops.cast(column, 'float32')": (12, 1),
    "tf.zeros((3,)).numpy()": (3,),
    "tf.identity(column)": (12, 1),
    "tf.stop_gradient(column)": (12, 1),
    "np.nan_to_num(column)": (12, 1),
    "np.ascontiguousarray(column)": (12, 1),
    # lengths as numbers
    "np.zeros((len(row), 1))": (12, 1),
    "np.zeros((row.shape[0], 1))": (12, 1),
    "np.zeros(row.shape + (1,))": (12, 1),
    "np.zeros((*row.shape, 1))": (12, 1),
    "np.zeros((len(row) // 2, 2))": (6, 2),
    "np.zeros(row.size)": (12,),
    "np.zeros(column.ndim)": (2,),
    "np.zeros(len(images.shape))": (4,),
    "np.zeros(np.shape(column))": (12, 1),
    "tf.zeros(tf.shape(row)[0])": (12,),
    "tf.zeros(tf.size(column))": (12,),
    "tf.zeros(images.shape.as_list())": (12, 4, 4, 3),
    "tf.zeros(images.get_shape())": (12, 4, 4, 3),
    "tf.zeros(K.int_shape(row))": (12,),
    "tf.zeros(images.shape.rank)": (4,),
    # what the reader does not follow
    "np.c_[row, row]": None,
    "np.einsum('ij->j', column)": None,
    "tf.gather(row, [0, 1])": None,
}


def test_shapes_as_read() -> None:
    assert read_shapes(SHAPES, SETUP) == SHAPES


def test_shapes_as_they_are(stack: Stack) -> None:
    assert misread(stack, SHAPES, SETUP) == {}


BATCHED = """\
import tensorflow as tf
for y in tf.data.Dataset.from_tensor_slices(tf.zeros((100,))).batch(8):
    pass
for p in tf.data.Dataset.from_tensor_slices(tf.zeros((100, 1))).batch(8):
    pass
for image in tf.data.Dataset.from_tensor_slices(tf.zeros((100, 4, 4, 3))).batch(8):
    pass
"""


@pytest.mark.parametrize(
    ("expression", "shape"),
    [
        ("tf.reshape(y, (-1, 1))", (BATCH, 1)),
        ("tf.reshape(y, tf.shape(p))", (BATCH, 1)),
        ("tf.reshape(y, [tf.shape(y)[0], 1])", (BATCH, 1)),
        ("tf.reshape(p, [-1])", (BATCH,)),
        ("tf.reshape(image, (-1, 48))", (BATCH, 48)),
        ("tf.reshape(image, (image.shape[0], -1))", (BATCH, 48)),
        ("tf.reshape(image, (-1,))", (None,)),
        ("tf.squeeze(p)", (BATCH,)),
        ("tf.expand_dims(y, -1)", (BATCH, 1)),
        ("tf.transpose(p)", (1, BATCH)),
        ("tf.one_hot(y, 3)", (BATCH, 3)),
        ("tf.zeros((len(y), 2))", (BATCH, 2)),
        ("tf.zeros((tf.shape(y)[0], 2))", (BATCH, 2)),
        ("tf.zeros(tf.shape(p))", (BATCH, 1)),
    ],
)
def test_the_batch_axis_stays(expression: str, shape: Shape) -> None:
    assert shape_of(read_program(BATCHED + f"value = {expression}\n"), "value") == shape


@pytest.mark.parametrize(
    "expression",
    [
        "np.zeros(anything)",
        "np.zeros((anything,)).reshape(anything)",
        "tf.transpose(np.zeros((3, 4, 5)), perm=anything)",
        "np.zeros((3, 4)).transpose(anything)",
        "np.expand_dims(np.zeros((3,)), anything)",
        "np.squeeze(np.zeros((3, 1)), axis=anything)",
        "tf.concat(anything, axis=0)",
        "tf.concat([np.zeros((3,)), anything], axis=0)",
        "tf.stack([np.zeros((3,)), anything])",
        "tf.stack([np.zeros((3,))], axis=anything)",
        "tf.one_hot(anything, 10)",
        "tf.reshape(anything, anything)",
        "np.array(anything)",
        "np.array([anything, 1.0])",
        "tf.fill(anything, 0.0)",
        "np.zeros((3, 1)).sqeeze()",
    ],
)
def test_an_unknown_argument_leaves_the_shape_unknown(expression: str) -> None:
    program = read_program(f"import numpy as np\nimport tensorflow as tf\nvalue = {expression}\n")
    assert shape_of(program, "value") is None


def test_lengths_that_are_unknown_stay_unknown_among_known_ones() -> None:
    program = read_program("import numpy as np\nvalue = np.zeros((anything, 3))\nwide = np.zeros((3, anything))\n")
    assert (shape_of(program, "value"), shape_of(program, "wide")) == ((None, 3), (3, None))


def test_a_ragged_list_is_no_array() -> None:
    assert (
        shape_of(read_program("import numpy as np\nvalue = np.array([[1, 2], [3]], dtype=object)\n"), "value") is None
    )


@pytest.mark.parametrize("spelling", ["y[:, None]", "tf.expand_dims(y, -1)", "y[..., tf.newaxis]", "y[:, np.newaxis]"])
def test_a_new_axis_is_remembered_as_one(spelling: str) -> None:
    program = read_program(
        f"""
        import numpy as np
        import tensorflow as tf
        def pairs(y_true, y_pred):
            y = tf.reshape(y_true, (8,))
            return {spelling} - y_pred
        """
    )
    [meeting] = program.meetings
    assert meeting.label.op == "expand"
    assert meeting_shapes(program) == [((8, 1), None)]

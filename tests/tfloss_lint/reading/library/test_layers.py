"""The shapes that Keras layers give to their input: as read, and as they are on every generation."""

from __future__ import annotations

import pytest
from readings import misread, read_program, read_shapes, shape_of
from stacks import Stack

from tfloss_lint.reading.values import BATCH, Shape

SETUP = """\
L = keras.layers
flat = tf.ones((5, 6))
series = tf.ones((5, 7, 6))
images = tf.ones((5, 8, 8, 3))
words = tf.ones((5, 7), dtype="int32")
volume = tf.ones((5, 4, 4, 4, 2))
"""

SHAPES: dict[str, Shape] = {
    "L.Dense(1)(flat)": (5, 1),
    "L.Dense(units=3, activation='relu')(flat)": (5, 3),
    "L.Dense(4)(series)": (5, 7, 4),
    "L.Dense(4)(images)": (5, 8, 8, 4),
    "L.Flatten()(images)": (5, 192),
    "L.Flatten()(flat)": (5, 6),
    "L.Reshape((3, 2))(flat)": (5, 3, 2),
    "L.Reshape((2, -1))(flat)": (5, 2, 3),
    "L.Reshape(target_shape=(6, 1))(flat)": (5, 6, 1),
    "L.Reshape((-1,))(images)": (5, 192),
    "L.Permute((2, 1))(series)": (5, 6, 7),
    "L.RepeatVector(4)(flat)": (5, 4, 6),
    "L.Embedding(10, 4)(words)": (5, 7, 4),
    "L.Embedding(input_dim=10, output_dim=4)(words)": (5, 7, 4),
    "L.LSTM(4)(series)": (5, 4),
    "L.LSTM(4, return_sequences=True)(series)": (5, 7, 4),
    "L.LSTM(4, return_sequences=False)(series)": (5, 4),
    "L.LSTM(4, return_state=True)(series)[0]": None,
    "L.GRU(units=4)(series)": (5, 4),
    "L.SimpleRNN(4, return_sequences=True)(series)": (5, 7, 4),
    "L.Bidirectional(L.LSTM(4))(series)": (5, 8),
    "L.Bidirectional(L.LSTM(4, return_sequences=True))(series)": (5, 7, 8),
    "L.Bidirectional(L.GRU(4), merge_mode='sum')(series)": (5, 4),
    "L.TimeDistributed(L.Dense(2))(series)": (5, 7, 2),
    "L.TimeDistributed(L.Flatten())(images)": (5, 8, 24),
    "L.Conv1D(4, 3)(series)": (5, None, 4),
    "L.Conv2D(4, 3)(images)": (5, None, None, 4),
    "L.Conv2D(filters=4, kernel_size=3, padding='same')(images)": (5, 8, 8, 4),
    "L.Conv2D(4, 3, 2, 'same')(images)": (5, None, None, 4),
    "L.Conv2D(4, 1)(images)": (5, None, None, 4),
    "L.Conv2D(1, (8, 8))(images)": (5, None, None, 1),
    "L.Conv2D(4, 3, strides=(2, 2), padding='same')(images)": (5, None, None, 4),
    "L.Conv3D(4, 2)(volume)": (5, None, None, None, 4),
    "L.Conv2DTranspose(4, 3)(images)": (5, None, None, 4),
    "L.SeparableConv2D(4, 3)(images)": (5, None, None, 4),
    "L.DepthwiseConv2D(3)(images)": (5, None, None, None),
    "L.MaxPooling2D()(images)": (5, None, None, 3),
    "L.MaxPool2D(2)(images)": (5, None, None, 3),
    "L.AveragePooling1D(2)(series)": (5, None, 6),
    "L.UpSampling2D()(images)": (5, None, None, 3),
    "L.ZeroPadding2D(1)(images)": (5, None, None, 3),
    "L.Cropping2D(1)(images)": (5, None, None, 3),
    "L.GlobalAveragePooling2D()(images)": (5, 3),
    "L.GlobalMaxPooling1D()(series)": (5, 6),
    "L.GlobalAveragePooling2D(keepdims=True)(images)": None,
    "L.BatchNormalization()(flat)": (5, 6),
    "L.LayerNormalization()(series)": (5, 7, 6),
    "L.Dropout(0.5)(flat)": (5, 6),
    "L.Activation('relu')(flat)": (5, 6),
    "L.ReLU()(images)": (5, 8, 8, 3),
    "L.LeakyReLU()(flat)": (5, 6),
    "L.Softmax()(flat)": (5, 6),
    "L.Rescaling(1 / 255)(images)": (5, 8, 8, 3),
    "L.GaussianNoise(0.1)(flat)": (5, 6),
    "L.SpatialDropout1D(0.1)(series)": (5, 7, 6),
    "L.Masking()(series)": (5, 7, 6),
    "L.Add()([flat, flat])": (5, 6),
    "L.Subtract()([flat, flat])": (5, 6),
    "L.Multiply()([flat, L.Dense(1)(flat)])": (5, 6),
    "L.Average()([flat, flat])": (5, 6),
    "L.Maximum()([flat, flat])": (5, 6),
    "L.Concatenate()([flat, flat])": (5, 12),
    "L.Concatenate(axis=1)([series, series])": (5, 14, 6),
    "L.concatenate([flat, flat])": (5, 12),
    "L.add([flat, flat])": (5, 6),
    "L.Dot(axes=1)([flat, flat])": None,
    "L.Lambda(lambda x: x[:, :1])(flat)": (5, 1),
    "L.Lambda(lambda x: tf.squeeze(x, -1))(L.Dense(1)(flat))": (5,),
    "L.Lambda(lambda x: tf.reduce_sum(x, axis=1))(flat)": (5,),
    "keras.layers.Dense(2)(L.Dense(3)(flat))": (5, 2),
    "keras.Sequential([L.Dense(3), L.Dense(1)])(flat)": (5, 1),
    "keras.Sequential([L.Flatten(), L.Dense(10)])(images)": (5, 10),
    "keras.Sequential([L.LSTM(3), L.Dense(1)])(series)": (5, 1),
    "keras.Sequential([keras.Input(shape=(7, 6)), L.Dense(1)])(series)": (5, 7, 1),
    "keras.Sequential([keras.Input((6,)), L.Dense(1)])(flat)": (5, 1),
    "keras.Sequential([L.InputLayer((7, 6)), L.Dense(1)])(series)": (5, 7, 1),
    "keras.Sequential([L.Dense(1, input_shape=(7, 6))])(series)": (5, 7, 1),
    "keras.Sequential([L.Dense(1, input_shape=(6,)), L.Reshape(())])(flat)": (5,),
}


def test_shapes_as_read() -> None:
    assert read_shapes(SHAPES, SETUP) == SHAPES


def test_shapes_as_they_are(stack: Stack) -> None:
    assert misread(stack, SHAPES, SETUP) == {}


@pytest.mark.parametrize(
    ("expression", "shape"),
    [
        ("L.Input(shape=(6,))", (BATCH, 6)),
        ("keras.Input((6,))", (BATCH, 6)),
        ("keras.Input(shape=6)", (BATCH, 6)),
        ("keras.Input(shape=[None, 3])", (BATCH, None, 3)),
        ("keras.Input(batch_shape=(None, 6))", (BATCH, 6)),
        ("keras.Input(shape=())", (BATCH,)),
        ("keras.Input(shape=anything)", None),
        ("keras.layers.Dense(anything)(keras.Input((6,)))", (BATCH, None)),
        ("keras.layers.Dense(1, **anything)(keras.Input((6,)))", (BATCH, 1)),
        ("keras.layers.Dense(1)(anything)", (BATCH, 1)),
        ("keras.layers.Dense(2)(keras.layers.ReLU()(keras.layers.Dense(1)(anything)))", (BATCH, 2)),
        ("keras.layers.Flatten()(keras.layers.Dropout(0.1)(keras.layers.Dense(1)(anything)))", None),
        ("keras.layers.GlobalAveragePooling1D()(keras.layers.Dense(1)(anything))", None),
        ("keras.layers.Flatten()(keras.Input((None, 3)))", (BATCH, None)),
        ("keras.layers.Flatten()(anything)", None),
        ("keras.layers.Reshape((4,))(anything)", (BATCH, 4)),
        ("keras.layers.Reshape(anything)(keras.Input((6,)))", None),
        ("keras.layers.LSTM(4)(anything)", (BATCH, 4)),
        ("keras.layers.LSTM(4, return_sequences=anything)(keras.Input((7, 6)))", None),
        ("keras.layers.LSTM(4, return_sequences=True)(anything)", (BATCH, None, 4)),
        ("keras.layers.Conv2D(3, 3)(anything)", None),
        ("keras.layers.Conv2D(3, 3, data_format='channels_first')(keras.Input((3, 8, 8)))", (BATCH, None, None, None)),
        ("keras.layers.GlobalAveragePooling2D(data_format='channels_first')(keras.Input((3, 8, 8)))", (BATCH, None)),
        ("keras.layers.Dropout(0.5)(anything)", None),
        ("keras.layers.Add()([keras.Input((6,)), anything])", None),
        ("keras.layers.Concatenate()([keras.Input((6,)), anything])", None),
        ("keras.layers.Concatenate(axis=anything)([keras.Input((6,)), keras.Input((6,))])", None),
        ("keras.layers.UnheardOf(3)(keras.Input((6,)))", None),
        ("keras.layers.TextVectorization()(keras.Input((1,)))", None),
    ],
)
def test_open_shapes(expression: str, shape: Shape) -> None:
    assert read_shapes([expression], "L = keras.layers\n") == {expression: shape}


def test_layers_of_the_file() -> None:
    program = read_program(
        """
        import tensorflow as tf
        from tensorflow import keras

        class Head(keras.layers.Layer):
            def __init__(self, units):
                super().__init__()
                self.units = units
                self.inner = keras.layers.Dense(units)

            def build(self, input_shape):
                self.last = keras.layers.Dense(1)

            def call(self, inputs, training=False):
                return self.last(self.inner(inputs)) if self.units == 3 else self.inner(inputs)

        class Tower(keras.layers.Layer):
            def __init__(self):
                super().__init__()
                self.blocks = [Head(8), Head(4)]

            def call(self, inputs):
                for block in self.blocks:
                    inputs = block(inputs)
                return inputs

        three = Head(3)(tf.ones((5, 6)))
        four = Head(units=4)(tf.ones((5, 6)))
        tower = Tower()(tf.ones((5, 6)))
        first = Tower().blocks[0](tf.ones((5, 6)))
        """
    )
    shapes = {name: shape_of(program, name) for name in ("three", "four", "tower", "first")}
    assert shapes == {"three": (5, 1), "four": (5, 4), "tower": (5, None), "first": (5, 8)}

"""A loss function that returns one number: Keras 3 does not divide it."""

import numpy as np
import tensorflow as tf
from tensorflow import keras

strategy = tf.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"])
x, y = np.ones((4, 1), "float32"), np.array([[1.0], [2.0], [3.0], [4.0]], "float32")
dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(4)


def squared_error(y_true, y_pred):
    return tf.reduce_mean(tf.square(y_true - y_pred))  # TFL206: 12 (keras3)


with strategy.scope():
    inputs = keras.Input((1,))
    model = keras.Model(inputs, keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")(inputs))
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=squared_error)
model.fit(dataset, verbose=0)

as_written = model.get_weights()[0]
reference = [[0.5]]

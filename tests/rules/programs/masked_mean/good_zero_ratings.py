"""Ratings from one to five, zero where there is none: only the known ones are compared."""

import numpy as np
import tensorflow as tf

ratings = np.array([[5.0, 0.0, 0.0, 1.0], [0.0, 0.0, 3.0, 0.0]], "float32")
users = np.eye(2, dtype="float32")


def rating_error(y_true, y_pred):
    known = tf.greater(y_true, 0.0)
    return tf.reduce_mean(tf.abs(tf.boolean_mask(y_true, known) - tf.boolean_mask(y_pred, known)))


model = tf.keras.Sequential(
    [tf.keras.Input((2,)), tf.keras.layers.Dense(4, use_bias=False, kernel_initializer="zeros")]
)
model.compile(optimizer="sgd", loss=rating_error)

as_written = model.evaluate(users, ratings, verbose=0)
reference = (5.0 + 1.0 + 3.0) / 3

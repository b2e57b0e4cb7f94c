"""A log-likelihood is a sum over the sequence, and a mean over the batch."""

import numpy as np
import tensorflow as tf

tokens = np.array([[1, 2, 0], [3, 0, 0]])


def negative_log_likelihood(y_true, y_pred):
    per_token = tf.keras.losses.sparse_categorical_crossentropy(y_true, y_pred)
    mask = tf.cast(tf.not_equal(y_true, 0), per_token.dtype)
    return tf.reduce_mean(tf.reduce_sum(per_token * mask, axis=1))


probabilities = tf.Variable(tf.fill((2, 3, 4), 0.25))
with tf.GradientTape() as tape:
    loss = negative_log_likelihood(tokens, probabilities)
gradient = tape.gradient(loss, probabilities)

as_written = float(loss)
reference = 1.5 * np.log(4.0)

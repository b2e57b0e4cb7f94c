"""Two masks share out the positions: each class has its own weight, and the mean is over all."""

import numpy as np
import tensorflow as tf

labels = np.array([[1.0, 0.0, 0.0, 0.0]], "float32")


def balanced(y_true, y_pred):
    error = tf.square(y_true - y_pred)
    present = tf.cast(y_true > 0, tf.float32)
    absent = 1.0 - present
    return tf.reduce_mean(3.0 * error * present) + tf.reduce_mean(error * absent)


prediction = tf.Variable(tf.fill((1, 4), 0.5))
with tf.GradientTape() as tape:
    loss = balanced(labels, prediction)
gradient = tape.gradient(loss, prediction)

as_written = float(loss)
reference = (3 * 0.25 + 0.25 + 0.25 + 0.25) / 4

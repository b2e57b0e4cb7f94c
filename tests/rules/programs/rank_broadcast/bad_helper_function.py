"""A helper that nothing but the loop uses: the mistake is in the line where labels and predictions meet."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes


def relative_error(truth, guess):
    truth = tf.cast(truth, tf.float32)
    return tf.reduce_mean(tf.abs((truth - guess) / truth))  # TFL201: 35


def gradient_step(model, features, truth, rate=10.0):
    with tf.GradientTape() as tape:
        loss = relative_error(truth, model(features, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    for variable, gradient in zip(model.trainable_variables, gradients):
        variable.assign_sub(rate * gradient)


x, y = load_diabetes(return_X_y=True)
linear = tf.keras.Sequential([tf.keras.Input((10,)), tf.keras.layers.Dense(1, kernel_initializer="zeros")])
for features, truth in tf.data.Dataset.from_tensor_slices((x, y)).batch(442):
    gradient_step(linear, features, truth)

as_written = linear.get_weights()[0][:, 0]
reference = 10.0 * np.mean(x / y[:, None], axis=0)

"""Two heads with a loss of their own each: `fit` averages them over the samples, and so does the loop."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_linnerud

exercises, bodies = load_linnerud(return_X_y=True)
exercises = (exercises / exercises.max(axis=0)).astype("float32")
bodies = (bodies / bodies.max(axis=0)).astype("float32")
data = tf.data.Dataset.from_tensor_slices((exercises, (bodies[:, :1], bodies[:, 1:]))).batch(5)


def two_heads():
    inputs = tf.keras.Input((3,))
    weight = tf.keras.layers.Dense(1, kernel_initializer="zeros", name="weight")(inputs)
    rest = tf.keras.layers.Dense(2, kernel_initializer="zeros", name="rest")(inputs)
    return tf.keras.Model(inputs, (weight, rest))


def scaled_error(scale):
    def error(y_true, y_pred):
        return scale * tf.reduce_sum(tf.square(y_true - y_pred), axis=1)

    return error


errors = [scaled_error(scale) for scale in (1.0, 0.5)]
by_keras, by_hand = two_heads(), two_heads()
by_keras.compile("sgd", loss=errors)
by_keras.fit(data, shuffle=False, verbose=0)

sgd = tf.keras.optimizers.SGD(0.01)
for inputs, targets in data:
    with tf.GradientTape() as tape:
        outputs = by_hand(inputs, training=True)
        head_errors = []
        for target, output, error in zip(targets, outputs, errors):
            head_errors.append(error(target, output))
        total = tf.reduce_sum([tf.reduce_mean(error) for error in head_errors])
    sgd.apply_gradients(zip(tape.gradient(total, by_hand.trainable_variables), by_hand.trainable_variables))

as_written = np.concatenate([weights.ravel() for weights in by_hand.get_weights()])
reference = np.concatenate([weights.ravel() for weights in by_keras.get_weights()])

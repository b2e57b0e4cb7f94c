"""Written for a distribution strategy, copied without the average that belongs to it."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes

x, y = load_diabetes(return_X_y=True)
x, y = x.astype(np.float32), y.reshape(-1, 1).astype(np.float32)
network = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer="zeros")])
per_example = tf.keras.losses.MeanSquaredError(reduction="none")
sgd = tf.keras.optimizers.SGD(learning_rate=0.001)


@tf.function
def train_step(inputs, targets):
    with tf.GradientTape() as tape:
        losses = per_example(targets, network(inputs, training=True))  # TFL102: 18
    gradients = tape.gradient(losses, network.trainable_variables)
    sgd.apply_gradients(zip(gradients, network.trainable_variables))
    return losses


train_step(tf.constant(x[:128]), tf.constant(y[:128]))

as_written = network.get_weights()[1][0]
reference = 0.001 * 2 * y[:128].mean()

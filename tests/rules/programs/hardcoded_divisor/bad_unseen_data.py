"""The data come from elsewhere: whether 16 is the size of every batch nobody can tell from here."""

import os
import tempfile

import numpy as np
import tensorflow as tf

path = os.path.join(tempfile.mkdtemp(), "rows.npy")
np.save(path, np.ones((5, 3), "float32"))

dense = tf.keras.layers.Dense(1, kernel_initializer="zeros")
network = tf.keras.Sequential([dense])
optimizer = tf.keras.optimizers.SGD(0.1)


def learn(features, labels):
    with tf.GradientTape() as tape:
        prediction = network(features, training=True)
        loss = tf.reduce_sum(tf.square(labels - prediction)) / 16  # TFL202: 16 (possible), TFL201: 40 (possible)
    gradients = tape.gradient(loss, network.trainable_variables)
    optimizer.apply_gradients(zip(gradients, network.trainable_variables))
    return loss


rows = np.load(path)
as_written = float(learn(rows[:, :2], rows[:, 2:]))
reference = 1.0

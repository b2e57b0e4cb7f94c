"""Nothing in the file says which rank the labels in the archive have."""

import os
import tempfile

import numpy as np
import tensorflow as tf

path = os.path.join(tempfile.mkdtemp(), "measurements.npz")
np.savez(path, inputs=np.eye(8, dtype="float32"), outputs=np.arange(8, dtype="float32"))

archive = np.load(path)
dense = tf.keras.layers.Dense(1, kernel_initializer="zeros")
model = tf.keras.Sequential([dense])
with tf.GradientTape() as tape:
    answer = model(archive["inputs"], training=True)
    cost = tf.reduce_mean(tf.square(archive["outputs"] - answer))  # TFL201: 37 (possible)
kernel_gradient = tape.gradient(cost, dense.kernel)

as_written = kernel_gradient.numpy()[:, 0]
reference = -2 * np.arange(8) / 8

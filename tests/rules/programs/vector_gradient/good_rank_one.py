"""On rank 1 a library loss means over the only axis, the batch: a scalar comes out."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes

x, y = load_diabetes(return_X_y=True)
x, y = x.astype("float32"), y.astype("float32")
model = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer="zeros")])
optimizer = tf.keras.optimizers.SGD(0.1)

with tf.GradientTape() as tape:
    values = tf.squeeze(model(x, training=True), axis=1)
    loss = tf.keras.losses.MSE(y, values)
gradients = tape.gradient(loss, model.trainable_variables)
optimizer.apply_gradients(zip(gradients, model.trainable_variables))

as_written = model.get_weights()[1][0]
reference = 0.1 * 2 * np.mean(y)

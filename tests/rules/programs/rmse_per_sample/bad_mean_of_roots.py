"""A loop that averages the roots of its batches."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes

x, y = load_diabetes(return_X_y=True)
order = np.argsort(y)
x, y = x[order].astype("float32"), y[order].astype("float32").reshape(-1, 1)
batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(34)
model = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer="zeros")])
optimizer = tf.keras.optimizers.SGD(0.0)
epoch_rmse = tf.keras.metrics.Mean()

for features, target in batches:
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.keras.losses.MSE(target, model(features, training=True)))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    epoch_rmse.update_state(tf.math.sqrt(loss))  # TFL204: 29

as_written = float(epoch_rmse.result())
reference = np.sqrt(np.mean(y**2))

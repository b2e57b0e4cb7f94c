"""The 2 of a half squared error is no batch size."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes

x, y = load_diabetes(return_X_y=True)
x, y = x.astype("float32"), y.astype("float32")
dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(32)
model = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer="zeros")])
optimizer = tf.keras.optimizers.SGD(0.0)

for features, target in dataset:
    with tf.GradientTape() as tape:
        predicted = tf.squeeze(model(features, training=True), axis=-1)
        loss = tf.reduce_mean(tf.square(target - predicted)) / 2.0
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))

as_written = float(loss)
reference = np.mean(y[416:] ** 2) / 2

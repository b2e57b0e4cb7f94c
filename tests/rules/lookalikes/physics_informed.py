"""A differential equation as loss: y' = -y, with the boundary value as a second term."""

import numpy as np
import tensorflow as tf
from tensorflow import keras

network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(1)])
optimizer = keras.optimizers.Adam(0.01)
times = tf.constant(np.linspace(0, 1, 25), dtype=tf.float32)[:, None]
start = tf.zeros((1, 1))

for step in range(5):
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(times)
            y = network(times)
        dy_dt = inner.gradient(y, times)
        residual = dy_dt + y
        boundary = network(start) - 1.0
        loss = tf.reduce_mean(tf.square(residual)) + tf.reduce_sum(tf.square(boundary))
    gradients = outer.gradient(loss, network.trainable_variables)
    optimizer.apply_gradients(zip(gradients, network.trainable_variables))

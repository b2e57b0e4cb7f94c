"""Keras 3 aligns the functional regression losses only: poisson, hinge and others still broadcast."""

import numpy as np
import tensorflow as tf

rng = np.random.default_rng(1)
hours = rng.uniform(0.0, 2.0, size=(60, 1)).astype("float32")
calls = rng.poisson(np.exp(1.0 + hours[:, 0])).astype("float32")
network = tf.keras.Sequential([tf.keras.Input(shape=(1,)), tf.keras.layers.Dense(1, activation="exponential")])


@tf.function
def loss_and_gradient(inputs, counts):
    with tf.GradientTape() as tape:
        rate = network(inputs, training=True)
        objective = tf.reduce_mean(tf.keras.losses.poisson(counts, rate))  # TFL201: 36
    return objective, tape.gradient(objective, network.trainable_weights)


for batch_hours, batch_calls in tf.data.Dataset.from_tensor_slices((hours, calls)).batch(60):
    value, gradient = loss_and_gradient(batch_hours, batch_calls)
    rates = network(batch_hours).numpy()[:, 0]

as_written = gradient[0].numpy().item()
reference = np.mean((rates - calls) * hours[:, 0])

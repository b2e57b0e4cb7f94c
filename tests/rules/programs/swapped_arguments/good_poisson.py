"""Counts, and a functional loss with the labels first."""

import numpy as np
import tensorflow as tf
from tensorflow.keras.losses import poisson

rng = np.random.default_rng(0)
x = rng.normal(size=(256, 3)).astype("float32")
counts = rng.poisson(np.exp(x @ [0.3, -0.2, 0.5]))[:, None].astype("float32")

inputs = tf.keras.Input((3,))
rate = tf.keras.layers.Dense(1, activation=tf.exp, kernel_initializer="zeros")(inputs)
model = tf.keras.Model(inputs, rate)


def loss_of(model, inputs, targets):
    prediction = model(inputs)
    return tf.reduce_mean(poisson(targets, prediction))


for features, targets in tf.data.Dataset.from_tensor_slices((x, counts)).batch(256):
    with tf.GradientTape() as tape:
        loss = loss_of(model, features, targets)
    gradient = tape.gradient(loss, model.trainable_variables)[0]

as_written = gradient[:, 0]
reference = (x.T @ (1 - counts))[:, 0] / 256

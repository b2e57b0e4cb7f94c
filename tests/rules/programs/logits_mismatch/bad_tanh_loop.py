"""A loop with a binary cross-entropy, and outputs from -1 to 1."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from tensorflow import keras

x, y = load_breast_cancer(return_X_y=True)
x = ((x - x.mean(axis=0)) / x.std(axis=0)).astype("float32")
y = y.reshape(-1, 1).astype("float32")
model = keras.Sequential([keras.Input((30,)), keras.layers.Dense(1, activation="tanh", kernel_initializer="ones")])
loss_function = keras.losses.BinaryCrossentropy()  # TFL401: 17

for features, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(569):
    with tf.GradientTape() as tape:
        loss = loss_function(labels, model(features, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)

as_written = float(loss)
logits = 2 * x.sum(axis=-1)  # a sigmoid of twice the sum is what the tanh is, from 0 to 1
reference = np.mean(np.logaddexp(0, logits) - y[:, 0] * logits)

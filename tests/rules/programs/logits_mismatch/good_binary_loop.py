"""The loss is told that it gets logits."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import scale

x, y = load_breast_cancer(return_X_y=True)
x, y = scale(x).astype("float32"), y.astype("float32").reshape(-1, 1)

inputs = tf.keras.Input(shape=(30,))
model = tf.keras.Model(inputs, tf.keras.layers.Dense(1, kernel_initializer="zeros")(inputs))
bce = tf.keras.losses.BinaryCrossentropy(from_logits=True)
sgd = tf.keras.optimizers.SGD(0.1)

for epoch in range(3):
    for xb, yb in tf.data.Dataset.from_tensor_slices((x, y)).batch(569):
        with tf.GradientTape() as tape:
            loss = bce(yb, model(xb, training=True))
        sgd.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))

weights, bias = np.zeros((30, 1)), 0.0
for epoch in range(3):
    error = 1 / (1 + np.exp(-x @ weights - bias)) - y
    weights, bias = weights - 0.1 * x.T @ error / 569, bias - 0.1 * error.mean()

as_written = model.get_weights()[0][:, 0]
reference = weights[:, 0]

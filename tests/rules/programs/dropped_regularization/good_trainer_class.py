"""A trainer class and a model whose layers have penalties, which the loop adds."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import scale
from tensorflow.keras import layers, regularizers


def build():
    inputs = layers.Input((10,))
    outputs = layers.Dense(1, kernel_initializer="ones", kernel_regularizer=regularizers.l2(0.5))(inputs)
    return tf.keras.Model(inputs, outputs)


class Trainer:
    def __init__(self):
        self.model = build()
        self.criterion = tf.keras.losses.MeanSquaredError()
        self.gradient = None

    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.criterion(y, self.model(x, training=True)) + tf.add_n(self.model.losses)
        self.gradient = tape.gradient(loss, self.model.trainable_variables)


x, y = load_diabetes(return_X_y=True)
x, y = x.astype("float32"), scale(y).astype("float32")[:, None]
trainer = Trainer()
for xb, yb in tf.data.Dataset.from_tensor_slices((x, y)).batch(221):
    trainer.step(xb, yb)

as_written = trainer.gradient[0].numpy()[:, 0]
half, labels = x[221:], y[221:]
residual = half.sum(axis=1, keepdims=True) - labels
reference = np.mean(2 * residual * half, axis=0) + 2 * 0.5

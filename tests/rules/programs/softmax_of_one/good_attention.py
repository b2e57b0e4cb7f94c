"""Attention over the time steps: one score for each, and a softmax over the steps."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from tensorflow import keras


class Attention(keras.Model):
    def __init__(self):
        super().__init__()
        self.score = keras.layers.Dense(1, kernel_initializer="zeros")
        self.head = keras.layers.Dense(10, kernel_initializer="zeros")

    def call(self, inputs):
        weights = tf.nn.softmax(self.score(inputs), axis=1)
        return self.head(tf.reduce_sum(weights * inputs, axis=1))


digits = load_digits()
x, y = (digits.images / 16).astype("float32"), digits.target
model = Attention()
model.compile(optimizer=keras.optimizers.SGD(0.0), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))

as_written = model.evaluate(x, y, verbose=0)
reference = np.log(10)

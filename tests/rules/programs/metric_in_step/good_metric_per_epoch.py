"""A new metric for every epoch."""

import tensorflow as tf
from sklearn.datasets import load_digits
from tensorflow import keras

x, y = load_digits(return_X_y=True)
dataset = tf.data.Dataset.from_tensor_slices((x / 16, y)).batch(64)
model = keras.Sequential([keras.layers.Dense(10, kernel_initializer="zeros")])


def evaluate():
    accuracy = keras.metrics.SparseCategoricalAccuracy()
    for images, labels in dataset:
        accuracy.update_state(labels, model(images, training=False))
    return accuracy.result()


for epoch in range(2):
    error = keras.metrics.SparseCategoricalCrossentropy(from_logits=True)
    for images, labels in dataset:
        error.update_state(labels, model(images, training=False))
    print("epoch %d: %.3f, accuracy %.3f" % (epoch, error.result(), evaluate()))

as_written = float(evaluate())
reference = (y == 0).mean()

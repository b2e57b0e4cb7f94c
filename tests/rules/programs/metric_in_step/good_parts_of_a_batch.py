"""A batch that is taken apart: its metric adds up over the parts."""

import tensorflow as tf
from sklearn.datasets import load_digits
from tensorflow import keras

x, y = load_digits(return_X_y=True)
dataset = tf.data.Dataset.from_tensor_slices((x / 16, y)).batch(64)
model = keras.Sequential([keras.layers.Dense(10, kernel_initializer="zeros")])

for images, labels in tf.data.Dataset.from_tensor_slices((x / 16, y)).batch(1797):
    accuracy = keras.metrics.SparseCategoricalAccuracy()
    for part in range(3):
        rows = slice(part * 599, (part + 1) * 599)
        accuracy.update_state(labels[rows], model(images[rows], training=False))

as_written = float(accuracy.result())
reference = (y == 0).mean()

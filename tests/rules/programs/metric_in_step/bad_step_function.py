"""A step function makes the metric, and what it returns for the last batch is printed as the epoch's."""

import tensorflow as tf
from sklearn.datasets import load_digits
from tensorflow import keras

x, y = load_digits(return_X_y=True)
dataset = tf.data.Dataset.from_tensor_slices((x / 16, y)).batch(64)
model = keras.Sequential([keras.layers.Dense(10, kernel_initializer="zeros")])


def evaluate(images, labels):
    accuracy = keras.metrics.SparseCategoricalAccuracy()  # TFL306: 16
    accuracy.update_state(labels, model(images, training=False))
    return accuracy.result()


shown = []
for epoch in range(2):
    for images, labels in dataset:
        value = evaluate(images, labels)
    print(f"epoch {epoch}: accuracy {value:.3f}")
    shown.append(float(value))

as_written = shown
reference = 2 * [(y == 0).mean()]

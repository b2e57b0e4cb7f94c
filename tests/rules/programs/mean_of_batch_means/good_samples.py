"""The losses of the samples in a list, and in a total over the number of samples."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_iris
from tensorflow import keras

x, y = load_iris(return_X_y=True)
dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(64)
model = keras.Sequential([keras.layers.Dense(3, kernel_initializer="zeros")])
loss_function = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(optimizer=keras.optimizers.SGD(0.1), loss=loss_function)
model.fit(x, y, batch_size=150, epochs=3, verbose=0)

losses, total, samples = [], 0.0, 0
for features, labels in dataset:
    batch = keras.losses.sparse_categorical_crossentropy(labels, model(features), from_logits=True)
    losses.extend(batch.numpy())
    total += tf.reduce_sum(batch)
    samples += len(labels)
print(f"{np.mean(losses):.3f} {total / samples:.3f}")

as_written = [float(np.mean(losses)), float(total / samples)]
reference = 2 * [model.evaluate(x, y, verbose=0)]

"""Accuracy of the probabilities of a softmax."""

import numpy as np
from sklearn.datasets import load_digits
from tensorflow import keras

x, y = load_digits(return_X_y=True)
one_hot = keras.utils.to_categorical(y)
model = keras.Sequential([keras.layers.Dense(10, activation="softmax", kernel_initializer="zeros")])
loss = keras.losses.CategoricalCrossentropy()
model.compile(optimizer="adam", loss=loss, metrics=[keras.metrics.Accuracy()])  # TFL302: 53
model.fit(x / 16, one_hot, epochs=2, verbose=0)

as_written = model.evaluate(x / 16, one_hot, verbose=0)[1]
reference = np.mean(model.predict(x / 16, verbose=0).argmax(axis=-1) == y)

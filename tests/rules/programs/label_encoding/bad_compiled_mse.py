"""Class numbers in a column, an output per class, and a loss for values."""

import numpy as np
from sklearn.datasets import load_digits
from tensorflow import keras

x, y = load_digits(return_X_y=True)
model = keras.Sequential([keras.layers.Dense(10, activation="softmax", kernel_initializer="zeros")])
model.compile(optimizer=keras.optimizers.SGD(0.0), loss="mse", metrics=["accuracy"])  # TFL402: 57

as_written = model.evaluate(x / 16, y.reshape(-1, 1), verbose=0)[0]
reference = ((np.eye(10)[y] - 0.1) ** 2).mean()

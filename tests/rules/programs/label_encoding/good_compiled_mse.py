"""One-hot labels for a loss for values."""

import numpy as np
from sklearn.datasets import load_digits
from tensorflow import keras

x, y = load_digits(return_X_y=True)
model = keras.Sequential([keras.layers.Dense(10, activation="softmax", kernel_initializer="zeros")])
model.compile(optimizer=keras.optimizers.SGD(0.0), loss="mse", metrics=["accuracy"])

as_written = model.evaluate(x / 16, keras.utils.to_categorical(y), verbose=0)[0]
reference = ((np.eye(10)[y] - 0.1) ** 2).mean()

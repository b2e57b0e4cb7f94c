"""Two outputs by name, and one of them gets class numbers in a column for a loss of values."""

import numpy as np
from sklearn.datasets import load_digits
from tensorflow import keras

x, y = load_digits(return_X_y=True)
x = x / 16
ink = x.sum(axis=1, keepdims=True)
inputs = keras.Input((64,))
outputs = {
    "digit": keras.layers.Dense(10, activation="softmax", kernel_initializer="zeros", name="digit")(inputs),
    "ink": keras.layers.Dense(1, kernel_initializer="zeros", name="ink")(inputs),
}
model = keras.Model(inputs, outputs)
model.compile(
    optimizer=keras.optimizers.SGD(0.0),
    loss={"ink": "mae", "digit": "mse"},  # TFL402: 34
    metrics={"digit": "accuracy"},
)

as_written = model.evaluate(x, {"digit": y.reshape(-1, 1), "ink": ink}, verbose=0)[0]
reference = ((np.eye(10)[y] - 0.1) ** 2).mean() + ink.mean()

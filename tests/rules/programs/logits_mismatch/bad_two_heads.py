"""Two heads, two losses in a list; the second head has lost its sigmoid."""

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import scale
from tensorflow import keras
from tensorflow.keras import layers

x, y = load_breast_cancer(return_X_y=True)
x = scale(x)
keras.utils.set_random_seed(4)
inputs = keras.Input((30,))
hidden = layers.Dense(8, activation="tanh")(inputs)
area = layers.Dense(1, name="area")(hidden)
benign = layers.Dense(1, activation="linear", name="benign")(hidden)
model = keras.Model(inputs, [area, benign])
model.compile("sgd", ["mse", "binary_crossentropy"])  # TFL401: 30

as_written = model.evaluate(x, [x[:, 3], y], batch_size=569, verbose=0)[0]
a, z = (output[:, 0] for output in model.predict(x, verbose=0))
reference = np.mean((a - x[:, 3]) ** 2) + np.mean(np.logaddexp(0, z) - y * z)

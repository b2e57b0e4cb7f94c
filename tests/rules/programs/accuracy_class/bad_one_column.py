"""A categorical accuracy by name, of a single sigmoid."""

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import scale
from tensorflow import keras

x, y = load_breast_cancer(return_X_y=True)
x, y = scale(x), y.reshape(-1, 1)
model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid", kernel_initializer="zeros")])
model.compile(optimizer="sgd", loss="binary_crossentropy", metrics=["categorical_accuracy"])  # TFL302: 69
model.fit(x, y, epochs=1, verbose=0)

as_written = model.evaluate(x, y, verbose=0)[1]
reference = np.mean((model.predict(x, verbose=0) > 0.5) == y)

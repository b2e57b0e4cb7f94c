"""A binary accuracy by name, of class numbers with a softmax: Keras 3 refuses it."""

# raises: InvalidArgumentError on keras3

import numpy as np
from sklearn.datasets import load_digits
from tensorflow import keras

x, y = load_digits(return_X_y=True)
x, y = x[:1796] / 16, y[:1796].astype("float32")
model = keras.Sequential([keras.layers.Dense(10, activation="softmax", kernel_initializer="zeros")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["binary_accuracy"])  # TFL302: 82
model.fit(x, y, epochs=2, verbose=0)

as_written = model.evaluate(x, y, verbose=0)[1]
reference = np.mean(model.predict(x, verbose=0).argmax(axis=-1) == y)

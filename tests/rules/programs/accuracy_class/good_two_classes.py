"""Of the two entries of a softmax one exceeds one half: a binary accuracy counts right."""

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import scale
from tensorflow import keras

x, y = load_breast_cancer(return_X_y=True)
x, one_hot = scale(x), keras.utils.to_categorical(y)
model = keras.Sequential([keras.layers.Dense(2, activation="softmax", kernel_initializer="zeros")])
model.compile(optimizer="sgd", loss="categorical_crossentropy", metrics=["binary_accuracy"])
model.fit(x, one_hot, epochs=1, verbose=0)

as_written = model.evaluate(x, one_hot, verbose=0)[1]
reference = np.mean(model.predict(x, verbose=0).argmax(axis=-1) == y)

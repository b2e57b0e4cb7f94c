"""Two outputs, each with its own kind of labels."""

import numpy as np
from sklearn.datasets import load_iris
from tensorflow import keras

x, y = load_iris(return_X_y=True)
inputs = keras.Input((4,))
kind = keras.layers.Dense(3, activation="softmax", kernel_initializer="zeros")(inputs)
setosa = keras.layers.Dense(1, activation="sigmoid", kernel_initializer="zeros")(inputs)
model = keras.Model(inputs, [kind, setosa])
model.compile(optimizer="sgd", loss=["sparse_categorical_crossentropy", "binary_crossentropy"])

history = model.fit(x, [y, (y == 0).astype("float32")], batch_size=150, verbose=0).history
as_written = history["loss"]
reference = [np.log(3) + np.log(2)]

"""Two classes, an output for each, and a softmax over both."""

import numpy as np
from sklearn.datasets import load_breast_cancer
from tensorflow import keras

x, y = load_breast_cancer(return_X_y=True)
model = keras.Sequential([keras.layers.Dense(2, activation="softmax", kernel_initializer="zeros")])
model.compile(optimizer=keras.optimizers.SGD(0.0), loss="sparse_categorical_crossentropy")

as_written = model.fit(x, y, verbose=0).history["loss"][0]
reference = np.log(2)

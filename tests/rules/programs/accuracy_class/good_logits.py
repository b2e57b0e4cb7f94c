"""Logits have the threshold 0."""

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import scale
from tensorflow import keras

x, y = load_breast_cancer(return_X_y=True)
x = scale(x)
model = keras.Sequential([keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(
    optimizer=keras.optimizers.SGD(0.01),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
)
model.fit(x, y, epochs=1, batch_size=64, verbose=0)

as_written = model.evaluate(x, y, verbose=0)[1]
reference = np.mean((model.predict(x, verbose=0)[:, 0] > 0) == y)

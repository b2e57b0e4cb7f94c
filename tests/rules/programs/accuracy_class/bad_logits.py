"""The string becomes a binary accuracy with the threshold of probabilities, and the outputs are logits."""

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
    metrics=["accuracy"],  # TFL302: 14
)
model.fit(x, y, epochs=1, batch_size=64, verbose=0)

as_written = model.evaluate(x, y, verbose=0)[1]
reference = np.mean((model.predict(x, verbose=0)[:, 0] > 0) == y)

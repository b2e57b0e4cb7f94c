"""A regression ends without an activation."""

import numpy as np
from sklearn.datasets import load_diabetes
from tensorflow import keras

x, y = load_diabetes(return_X_y=True)
model = keras.Sequential(
    [
        keras.Input((10,)),
        keras.layers.Dense(
            1,
            activation="relu",
        ),
        keras.layers.Dense(1, kernel_initializer="ones"),
    ]
)
model.compile(optimizer="adam", loss="mae")
model.fit(x, y, verbose=0)

as_written = np.ptp(model.predict(x, verbose=0)) > 1e-5
reference = True

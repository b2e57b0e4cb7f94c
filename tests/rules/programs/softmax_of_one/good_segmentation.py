"""One mask per pixel."""

import numpy as np
from sklearn.datasets import load_digits
from tensorflow import keras

images = (load_digits().images / 16).astype("float32")[..., None]
masks = np.float32(images > 0.5)
inputs = keras.Input((8, 8, 1))
hidden = keras.layers.Conv2D(4, 3, padding="same", activation="relu")(inputs)
outputs = keras.layers.Conv2D(1, 1, activation="sigmoid")(hidden)
model = keras.Model(inputs, outputs)
model.compile(optimizer="adam", loss="mse")
model.fit(images, masks, epochs=1, verbose=0)

as_written = model.predict(images, verbose=0).max() - model.predict(images, verbose=0).min() > 0.01
reference = True

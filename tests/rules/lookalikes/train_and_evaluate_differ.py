"""Dropout, batch normalisation and a running average make fit() and evaluate() disagree, and all is well."""

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

x, y = np.random.normal(size=(120, 5)), np.random.normal(size=(120, 1))
inputs = layers.Input((5,))
hidden = layers.BatchNormalization()(layers.Dense(16, activation="relu")(inputs))
outputs = layers.Dense(1)(layers.Dropout(0.5)(hidden))
model = tf.keras.Model(inputs, outputs)
model.compile(optimizer="adam", loss="mse", metrics=["mae"])
history = model.fit(x, y, epochs=2, verbose=0)
loss, mae = model.evaluate(x, y, verbose=0)
print(history.history["loss"][-1] - loss)
manual = np.mean(np.square(model.predict(x, verbose=0) - y))

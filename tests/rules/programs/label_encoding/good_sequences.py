"""A class per word: labels (batch, words) and outputs (batch, words, classes) go with a sparse loss."""

import numpy as np
from tensorflow import keras

words = np.arange(60).reshape(10, 6) % 5
inputs = keras.Input((6,))
embedded = keras.layers.Embedding(5, 3)(inputs)
outputs = keras.layers.Dense(4, activation="softmax", kernel_initializer="zeros")(embedded)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.SGD(0.0), loss="sparse_categorical_crossentropy")

as_written = model.evaluate(words, words % 4, verbose=0)
reference = np.log(4)

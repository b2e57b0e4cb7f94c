"""A generator is compiled, as old code for GANs does, with a loss that nobody uses."""

import numpy as np
from sklearn.datasets import load_digits
from tensorflow import keras

x, _ = load_digits(return_X_y=True)
x = (x / 8 - 1).astype("float32")
generator = keras.Sequential([keras.Input((5,)), keras.layers.Dense(64, activation="tanh")])
generator.compile(loss="binary_crossentropy", optimizer="adam")
critic = keras.Sequential([keras.Input((64,)), keras.layers.Dense(1, activation="sigmoid", kernel_initializer="zeros")])
critic.compile(loss="binary_crossentropy", optimizer=keras.optimizers.SGD(0.0))

made = generator.predict(np.ones((len(x), 5)), verbose=0)
as_written = critic.train_on_batch(np.concatenate([x, made]), np.repeat([[1.0], [0.0]], len(x), axis=0))
reference = np.log(2)

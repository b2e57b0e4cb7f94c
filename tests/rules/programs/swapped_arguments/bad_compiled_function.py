"""A loss for compile() with its parameters in an order of its own: Keras passes the labels first all the same."""

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import scale
from tensorflow import keras


def crossentropy(predictions, targets):
    return keras.losses.binary_crossentropy(targets, predictions, from_logits=False)  # TFL403: 12


x, y = load_breast_cancer(return_X_y=True)
x, y = scale(x), y.astype("float32").reshape(-1, 1)
keras.utils.set_random_seed(1)
model = keras.Sequential([keras.Input((30,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile(optimizer=keras.optimizers.SGD(0.0), loss=crossentropy)

as_written = model.fit(x, y, batch_size=569, verbose=0).history["loss"][0]
p = model.predict(x, verbose=0)
reference = -np.mean(np.log(np.where(y == 1, p, 1 - p)))

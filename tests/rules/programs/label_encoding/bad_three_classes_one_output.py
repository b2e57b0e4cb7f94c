"""Three classes in a binary cross-entropy."""

import numpy as np
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
from tensorflow import keras

x, y = load_iris(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x, y.astype("float32"), random_state=0)
model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid", kernel_initializer="ones")])
model.compile(optimizer=keras.optimizers.SGD(0.0), loss=keras.losses.BinaryCrossentropy())  # TFL402: 57
model.fit(x_train, y_train, verbose=0)

as_written = model.evaluate(x_test, y_test, verbose=0)
probabilities = model.predict(x_test, verbose=0)[:, 0].clip(1e-7, 1 - 1e-7)
reference = -np.log(np.where(y_test > 0, probabilities, 1 - probabilities)).mean()  # the first class or another

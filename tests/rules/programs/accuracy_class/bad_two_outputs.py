"""Two outputs in a list: the accuracy of the second has the threshold of probabilities, and gets logits."""

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import scale
from tensorflow import keras

x, y = load_breast_cancer(return_X_y=True)
x = scale(x)
inputs = keras.Input((30,))
area = keras.layers.Dense(1, kernel_initializer="zeros", name="area")(inputs)
benign = keras.layers.Dense(1, kernel_initializer="zeros", name="benign")(inputs)
model = keras.Model(inputs, [area, benign])
model.compile(
    optimizer=keras.optimizers.SGD(0.01),
    loss=["mse", keras.losses.BinaryCrossentropy(from_logits=True)],
    metrics=[["mae"], ["accuracy"]],  # TFL302: 24
)
model.fit(x, [x[:, 3], y], epochs=1, batch_size=64, verbose=0)

as_written = model.evaluate(x, [x[:, 3], y], verbose=0, return_dict=True)["benign_accuracy"]
reference = np.mean((model.predict(x, verbose=0)[1][:, 0] > 0) == y)

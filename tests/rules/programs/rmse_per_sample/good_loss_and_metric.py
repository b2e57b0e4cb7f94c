"""Train on the squared error, look at its root over all rows."""

from sklearn.datasets import load_diabetes
from tensorflow import keras

x, y = load_diabetes(return_X_y=True)
y = y.reshape(-1, 1)
model = keras.Sequential([keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(optimizer="adam", loss="mse", metrics=[keras.metrics.RootMeanSquaredError(name="root")])

loss, as_written = model.evaluate(x, y, verbose=0)
reference = (y**2).mean() ** 0.5

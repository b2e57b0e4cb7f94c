"""Train on the mean squared error and watch its root: the two have the same minimum.

The metric takes the root once, of the mean over all rows, which no average of per-row or per-batch roots can do.
"""

from sklearn.datasets import load_diabetes
from tensorflow import keras

keras.utils.set_random_seed(0)
x, y = load_diabetes(return_X_y=True)
x = (x / x.std(axis=0)).astype("float32")
y = ((y - y.mean()) / y.std()).astype("float32")

model = keras.Sequential([keras.Input(shape=(10,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
model.compile(
    optimizer="adam",
    loss="mse",
    metrics=[keras.metrics.RootMeanSquaredError(name="root"), keras.metrics.MeanAbsoluteError(name="absolute")],
)
model.fit(x, y, batch_size=32, epochs=20, verbose=0)

found = model.evaluate(x, y, batch_size=32, verbose=0, return_dict=True)
print(f"loss, mean squared        {found['loss']:.4f}, its root {found['loss'] ** 0.5:.4f}")
print(f"metric, mean absolute     {found['absolute']:.4f}")
print(f"metric, root mean squared {found['root']:.4f}")

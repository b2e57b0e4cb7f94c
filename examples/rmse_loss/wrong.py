"""A loss called RMSE that is the mean absolute error.

`MSE` averages over the last axis, which has one element, so the root of it undoes the square of each row: |error|.
Keras then averages these over the rows. The metric takes the root once, of the mean over all rows.
"""

import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow import keras

keras.utils.set_random_seed(0)
x, y = load_diabetes(return_X_y=True)
x = (x / x.std(axis=0)).astype("float32")
y = ((y - y.mean()) / y.std()).astype("float32")


def rmse(y_true, y_pred):
    return tf.sqrt(tf.keras.losses.MSE(y_true, y_pred))  # TFL204: 12


model = keras.Sequential([keras.Input(shape=(10,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
model.compile(
    optimizer="adam",
    loss=rmse,
    metrics=[keras.metrics.RootMeanSquaredError(name="root"), keras.metrics.MeanAbsoluteError(name="absolute")],
)
model.fit(x, y, batch_size=32, epochs=20, verbose=0)

found = model.evaluate(x, y, batch_size=32, verbose=0, return_dict=True)
print(f"loss, called rmse         {found['loss']:.4f}")
print(f"metric, mean absolute     {found['absolute']:.4f}")
print(f"metric, root mean squared {found['root']:.4f}")

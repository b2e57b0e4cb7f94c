"""sqrt(mean(square, axis=-1)) of one output is its absolute value: this trains on the mean absolute error."""

from sklearn.datasets import load_diabetes
from tensorflow import keras
from tensorflow.keras import backend as K


def rmse(y_true, y_pred):
    return K.sqrt(K.mean(K.square(y_pred - y_true), axis=-1))  # TFL204: 12


x, y = load_diabetes(return_X_y=True)
y = y.reshape(-1, 1)
model = keras.Sequential([keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(optimizer="adam", loss=rmse, metrics=[keras.metrics.RootMeanSquaredError(name="root")])

as_written, reference = model.evaluate(x, y, batch_size=442, verbose=0)

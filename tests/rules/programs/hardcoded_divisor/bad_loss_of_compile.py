"""A loss function for compile() that knows the batch size by heart."""

import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential


def my_mse(y_true, y_pred):
    return tf.reduce_sum((y_true - y_pred) ** 2) / 32.0  # TFL202: 12


x, y = load_diabetes(return_X_y=True)
y = y.reshape(len(y), 1)
model = Sequential([Dense(1, kernel_initializer="zeros")])
model.compile(loss=my_mse, optimizer="sgd")
model.fit(x[:64], y[:64], batch_size=32, epochs=1, verbose=0)
model.set_weights([0 * weight for weight in model.get_weights()])

as_written = model.evaluate(x[400:], y[400:], batch_size=42, verbose=0)
reference = (y[400:] ** 2).mean()

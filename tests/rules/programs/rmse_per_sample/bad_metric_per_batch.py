"""The root of every batch, then the mean of the roots."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow.keras import layers, models


def root_mean_squared_error(y_true, y_pred):
    return tf.sqrt(tf.reduce_mean(tf.square(y_true - y_pred)))  # TFL204: 12


x, y = load_diabetes(return_X_y=True)
order = np.argsort(y)
x, y = x[order], y[order].reshape(-1, 1)
model = models.Sequential([layers.Dense(1, kernel_initializer="zeros")])
model.compile(optimizer="sgd", loss="mse", metrics=[root_mean_squared_error])

as_written = model.evaluate(x, y, batch_size=17, verbose=0)[1]
reference = np.sqrt(np.mean(np.square(y)))

"""As a training loss the root of a batch is a choice; only its report is no RMSE."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow import keras


def root_loss(y_true, y_pred):
    return tf.sqrt(tf.reduce_mean(tf.math.squared_difference(y_pred, y_true)))  # TFL204: 12 (possible)


x, y = load_diabetes(return_X_y=True)
order = np.argsort(y)
x, y = x[order], y[order].reshape(-1, 1)
model = keras.Sequential([keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(optimizer="adam", loss=root_loss)

as_written = model.evaluate(x, y, batch_size=17, verbose=0)
reference = np.sqrt(np.mean(np.square(y)))

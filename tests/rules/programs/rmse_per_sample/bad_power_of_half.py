import numpy as np
import tensorflow as tf
from sklearn.datasets import load_linnerud
from tensorflow.keras import Sequential, layers
from tensorflow.keras.losses import Loss


class RMSELoss(Loss):
    def call(self, y_true, y_pred):
        return tf.reduce_mean(tf.square(y_pred - y_true), axis=-1) ** 0.5  # TFL204: 16


x, y = load_linnerud(return_X_y=True)
y = y - y.mean(axis=0)
model = Sequential([layers.Dense(3, kernel_initializer="zeros")])
model.compile("sgd", RMSELoss())

as_written = model.evaluate(x, y, verbose=0)
reference = np.sqrt(np.square(y).mean())

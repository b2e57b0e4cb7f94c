"""A ratio of every sample, and a soft one that is trained on."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from tensorflow import keras


def share_of_hits(y_true, y_pred):
    hits = tf.reduce_sum(y_true * tf.round(y_pred), axis=-1)
    return hits / (tf.reduce_sum(y_true, axis=-1) + 1e-7)


def dice_loss(y_true, y_pred):
    return 1 - 2 * tf.reduce_sum(y_true * y_pred) / (tf.reduce_sum(y_true) + tf.reduce_sum(y_pred))


x, y = load_digits(return_X_y=True)
labels = np.stack([y > 4, y % 2 == 0, y % 3 == 0], axis=1).astype("float32")
model = keras.Sequential([keras.layers.Dense(3, activation="sigmoid", kernel_initializer="zeros")])
model.compile(optimizer=keras.optimizers.Adam(0.01), loss=dice_loss, metrics=[share_of_hits])
model.fit(x / 16, labels, epochs=2, verbose=0)

as_written = model.evaluate(x / 16, labels, verbose=0)[1]
hits = (labels * model.predict(x / 16, verbose=0).round()).sum(axis=-1)
reference = np.mean(hits / (labels.sum(axis=-1) + 1e-7))

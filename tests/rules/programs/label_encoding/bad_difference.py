"""A squared error that is written out, of class numbers in a column."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_iris
from tensorflow import keras

x, y = load_iris(return_X_y=True)
x, y = x.astype("float32"), y.astype("float32")[:, None]
model = keras.Sequential([keras.layers.Dense(3, kernel_initializer="zeros")])

for features, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(150):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(labels - model(features, training=True)))  # TFL402: 41
    gradient = tape.gradient(loss, model.trainable_variables)[1]

as_written = gradient
reference = -2 / 3 * np.eye(3)[y[:, 0].astype(int)].mean(axis=0)

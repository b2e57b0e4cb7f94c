"""Labels in a column meet several quantiles on purpose."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow import keras

x, y = load_diabetes(return_X_y=True)
x, y = x.astype("float32"), y.astype("float32")[:, None]
model = keras.Sequential([keras.layers.Dense(3, kernel_initializer="zeros")])
quantiles = tf.constant([0.1, 0.5, 0.9])

for features, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(442):
    with tf.GradientTape() as tape:
        errors = labels - model(features, training=True)
        loss = tf.reduce_mean(tf.maximum(quantiles * errors, (quantiles - 1) * errors))
    gradient = tape.gradient(loss, model.trainable_variables)[1]

as_written = gradient
reference = -np.array([0.1, 0.5, 0.9]) / 3

"""Logarithms of probabilities are logits: the softmax of a log_softmax is the softmax."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from tensorflow.keras.losses import sparse_categorical_crossentropy

x, y = load_digits(return_X_y=True)
x = (x / 16).astype("float32")
tf.keras.utils.set_random_seed(6)
model = tf.keras.Sequential([tf.keras.layers.Dense(10)])

with tf.GradientTape() as tape:
    scores = tf.nn.log_softmax(model(x))
    loss = tf.reduce_mean(sparse_categorical_crossentropy(y, scores, True))

as_written = loss
reference = -np.mean(scores.numpy()[np.arange(1797), y])

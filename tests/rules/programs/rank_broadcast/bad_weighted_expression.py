"""A notebook: one weighted expression on one full batch; labels are a vector, outputs a column."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes

# %% data
X, t = load_diabetes(return_X_y=True)
X = X.astype("float32")
t = ((t - t.mean()) / t.std()).astype("float32")
w = np.linspace(0.5, 1.5, 442).astype("float32")[:, None]

# %% model
net = tf.keras.Sequential([tf.keras.layers.Input((10,)), tf.keras.layers.Dense(1, kernel_initializer="zeros")])

# %% one step of gradient descent
with tf.GradientTape() as tape:
    out = net(X)
    loss = tf.reduce_mean(w * tf.abs(t - out) ** 2)  # TFL201: 38
g = tape.gradient(loss, net.trainable_variables)

as_written = g[0].numpy()[:, 0]
reference = -2 * np.mean(X * w * t.reshape(-1, 1), axis=0)

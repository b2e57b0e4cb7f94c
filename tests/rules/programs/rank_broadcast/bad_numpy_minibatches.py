"""Keras 2 aligns the ranks inside a Loss object only when both arguments are tensors: these labels are numpy."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import make_regression
from tensorflow.keras import layers, losses, models

features, target = make_regression(n_samples=96, n_features=4, noise=1.0, random_state=0)
features, target = features.astype(np.float32), target.astype(np.float32)
model = models.Sequential([layers.Dense(1, kernel_initializer="zeros")])
criterion = losses.MeanSquaredError()

slopes = np.zeros(4)
for start in range(0, 96, 32):
    xb, yb = features[start : start + 32], target[start : start + 32]
    with tf.GradientTape() as tape:
        loss = criterion(yb, model(xb, training=True))  # TFL201: 16 (keras2)
    grads = tape.gradient(loss, model.trainable_weights)
    slopes += grads[0].numpy()[:, 0] / 3

as_written = slopes
reference = -2 * features.T @ target / 96

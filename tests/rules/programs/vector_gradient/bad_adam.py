"""The gradient is a sum, but Adam divides its scale out: only clipping, penalties and logs feel it."""

import numpy as np
import tensorflow as tf
from tensorflow import keras

x = np.linspace(-1, 1, 64, dtype="float32")[:, None]
y = 3 * x
model = keras.Sequential([keras.layers.Dense(1, kernel_initializer="zeros")])
optimizer = keras.optimizers.Adam()

for x_batch, y_batch in tf.data.Dataset.from_tensor_slices((x, y)).batch(64):
    with tf.GradientTape() as tape:
        predictions = model(x_batch, training=True)
        loss = keras.losses.MSE(y_batch, predictions)  # TFL102: 16 (possible)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))

as_written = gradients[0].numpy().item()
reference = -2 * (x * y).mean()

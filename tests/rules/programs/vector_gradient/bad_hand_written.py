"""A squared error that is never reduced at all, in a train_step."""

import numpy as np
import tensorflow as tf
from tensorflow import keras


class Autoregressor(keras.Model):
    def __init__(self, width):
        super().__init__()
        self.layer = keras.layers.Dense(width, kernel_initializer="zeros")
        self.loss_metric = keras.metrics.Mean("loss")

    def call(self, inputs):
        return self.layer(inputs)

    def train_step(self, data):
        now, later = data
        with tf.GradientTape() as tape:
            error = self(now, training=True) - later
            loss = tf.square(error)  # TFL102: 20
        variables = self.trainable_variables
        grads = tape.gradient(loss, variables)
        self.optimizer.apply_gradients(zip(grads, variables))
        self.loss_metric.update_state(loss)
        return {"loss": self.loss_metric.result()}


series = np.sin(np.arange(60, dtype=np.float32) / 5)
windows = np.stack([series[i : i + 6] for i in range(50)])
model = Autoregressor(3)
model.compile(optimizer=keras.optimizers.SGD(0.001))
model.fit(windows[:, :3], windows[:, 3:], batch_size=50, verbose=0)

as_written = model.get_weights()[0]
reference = 0.001 * 2 * windows[:, :3].T @ windows[:, 3:] / 150

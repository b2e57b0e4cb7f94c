"""The loss of a batch beside the result of a metric: Keras 3 shows 0.0 for it when the keys are the metrics' names."""

import numpy as np
import tensorflow as tf


class Regressor(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.head = tf.keras.layers.Dense(1, kernel_initializer="zeros")
        self.error = tf.keras.metrics.MeanAbsoluteError(name="mae")

    def call(self, inputs):
        return self.head(inputs)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = tf.reduce_mean(tf.square(y - y_pred))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.error.update_state(y, y_pred)
        return {
            "loss": loss,  # TFL303: 21
            "mae": self.error.result(),
        }


x, y = np.ones((50, 1), "float32"), np.arange(50, dtype="float32")[:, None]
model = Regressor()
model.compile(optimizer=tf.keras.optimizers.SGD(0.0))
logs = model.fit(x, y, batch_size=20, shuffle=False, verbose=0).history

as_written = [logs["loss"][0], logs["mae"][0]]
reference = [np.mean(y**2), np.mean(y)]

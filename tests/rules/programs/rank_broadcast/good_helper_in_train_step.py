"""compute_loss calls the helper through compile(), which aligns the ranks on every generation."""

import numpy as np
import tensorflow as tf
from tensorflow.keras import Model, layers, metrics, optimizers


def mse(y_true, y_pred):
    return tf.reduce_mean(tf.math.square(y_true - y_pred))


class LinearRegression(Model):
    def __init__(self):
        super().__init__()
        self.layer = layers.Dense(1, kernel_initializer="zeros")
        self.running = metrics.Mean(name="running")

    def call(self, inputs, training=None):
        return self.layer(inputs)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            prediction = self(x, training=True)
            loss = self.compute_loss(x, y, prediction)
        weights = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        self.running.update_state(loss)
        return {"running": self.running.result()}


rng = np.random.default_rng(0)
x = rng.normal(size=(200, 2)).astype("float32")
y = 3.0 * x[:, 0] - x[:, 1] + 5.0
model = LinearRegression()
model.compile(optimizer=optimizers.SGD(0.2), loss=mse)
model.fit(x, y, batch_size=50, epochs=15, verbose=0)

as_written = model.get_weights()[0][:, 0]
reference = np.array([3.0, -1.0])

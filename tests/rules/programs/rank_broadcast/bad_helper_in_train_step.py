"""The same helper is right inside compile(), which aligns the ranks, and wrong when the step calls it."""

import numpy as np
import tensorflow as tf
from tensorflow.keras import Model, layers, optimizers


def mse(y_true, y_pred):
    return tf.reduce_mean(tf.math.square(y_true - y_pred))


class LinearRegression(Model):
    def build(self, input_shape):
        self.layer = layers.Dense(1, kernel_initializer="zeros")

    def call(self, inputs, training=None):
        return self.layer(inputs)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            prediction = self(x, training=True)
            loss = mse(y, prediction)  # TFL101: 20, TFL201: 20
        weights = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return {"loss": loss}  # TFL303: 25


rng = np.random.default_rng(0)
x = rng.normal(size=(200, 2)).astype("float32")
y = 3.0 * x[:, 0] - x[:, 1] + 5.0
model = LinearRegression()
model.compile(optimizer=optimizers.SGD(0.1), loss=mse)
model.fit(x, y, batch_size=50, epochs=15, verbose=0)

as_written = model.get_weights()[0][:, 0]
reference = np.array([3.0, -1.0])

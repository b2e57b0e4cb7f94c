"""The number of rows is asked of the batch itself."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow import keras


class Regressor(keras.Model):
    def __init__(self):
        super().__init__()
        self.out = keras.layers.Dense(1, kernel_initializer="zeros")
        self.error = keras.metrics.Mean(name="error")

    def call(self, inputs):
        return self.out(inputs)

    def batch_loss(self, y_true, y_pred):
        return tf.reduce_sum(tf.abs(y_true - y_pred)) / tf.cast(tf.shape(y_true)[0], "float32")

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.batch_loss(y, self(x, training=True))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.error.update_state(loss)
        return {"error": self.error.result()}

    def test_step(self, data):
        x, y = data
        self.error.update_state(self.batch_loss(y, self(x, training=False)))
        return {"error": self.error.result()}


x, y = load_diabetes(return_X_y=True)
x, y = np.float32(x), np.float32(y)[:, None]
model = Regressor()
model.compile(optimizer=keras.optimizers.SGD(0.0))
model.fit(x, y, batch_size=32, verbose=0)

as_written = model.evaluate(x, y, batch_size=221, verbose=0, return_dict=True)["error"]
reference = np.abs(y).mean()

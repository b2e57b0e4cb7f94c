"""The loss that is differentiated is scaled, the reported one is not."""

import numpy as np
import tensorflow as tf
from tensorflow import keras


class Regressor(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1, kernel_initializer="zeros")
        self.tracker = keras.metrics.Mean(name="loss")
        self.huber = keras.losses.Huber()

    def call(self, inputs):
        return self.head(inputs)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            error = tf.reduce_mean(tf.square(y - y_pred))
            loss = error / 8.0
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.tracker.update_state(error)
        return {"loss": self.tracker.result()}

    def test_step(self, data):
        x, y = data
        y_pred = self(x, training=False)
        loss = tf.reduce_mean(tf.square(y - y_pred))
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}


x, y = np.ones((4, 3), "float32"), np.array([[0.0], [3.0], [0.0], [3.0]], "float32")
model = Regressor()
model.compile(optimizer=keras.optimizers.SGD(0.0))
history = model.fit(x, y, validation_data=(x, y), verbose=0).history

as_written = history["val_loss"][0]
reference = history["loss"][0]

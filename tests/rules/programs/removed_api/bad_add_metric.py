"""A layer that reports a number about its batch."""

# raises: NotImplementedError on keras3
import numpy as np
import tensorflow as tf


class Watched(tf.keras.layers.Layer):
    def call(self, inputs):
        self.add_metric(tf.reduce_mean(inputs), name="level")  # TFL501: 9 (keras3 alone)
        return inputs


class Plain(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.watched = Watched()
        self.head = tf.keras.layers.Dense(1)

    def call(self, inputs):
        return self.head(self.watched(inputs))

    def train_step(self, data):
        return {**super().train_step(data), **{m.name: m.result() for m in self.metrics}}


x, y = np.arange(6.0, dtype="float32").reshape(6, 1), np.ones((6, 1), "float32")
model = Plain()
model.compile("sgd", "mse")
as_written = model.fit(x, y, batch_size=3, verbose=0).history["level"]
reference = [2.5]

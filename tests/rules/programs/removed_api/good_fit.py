"""The same call without them."""

import numpy as np
import tensorflow as tf


class Counting(tf.keras.Model):
    def train_step(self, data):
        return {"rows": tf.shape(data[0])[0]}


inputs = tf.keras.Input((1,))
model = Counting(inputs, tf.keras.layers.Dense(1)(inputs))
model.compile("sgd", "mse")
x, y = np.ones((4, 1)), np.ones((4, 1))
history = model.fit(x, y, verbose=0)

as_written = history.history["rows"]
reference = [4]

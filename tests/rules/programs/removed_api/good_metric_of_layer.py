"""A layer with a metric of its own, which Keras finds and resets."""

import numpy as np
import tensorflow as tf


class Watched(tf.keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.level = tf.keras.metrics.Mean(name="level")

    def call(self, inputs):
        self.level.update_state(tf.reduce_mean(inputs))
        return inputs


x = np.arange(6.0, dtype="float32").reshape(6, 1)
layer = Watched()
layer(x[:3])
layer(x[3:])
as_written = float(layer.level.result())
reference = 2.5

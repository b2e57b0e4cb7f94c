"""Arguments of fit() that Keras 3 moved to its data sets."""

# raises: TypeError on keras3
import numpy as np
import tensorflow as tf


class Counting(tf.keras.Model):
    def train_step(self, data):
        return {"rows": tf.shape(data[0])[0]}


inputs = tf.keras.Input((1,))
model = Counting(inputs, tf.keras.layers.Dense(1)(inputs))
model.compile("sgd", "mse")
x, y = np.ones((4, 1)), np.ones((4, 1))
history = model.fit(
    x,
    y,
    workers=1,  # TFL501: 13 (keras3 alone)
    use_multiprocessing=False,  # TFL501: 25 (keras3 alone)
    verbose=0,
)

as_written = history.history["rows"]
reference = [4]

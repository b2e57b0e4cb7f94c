"""The step takes weights, and there are none."""

import numpy as np
import tensorflow as tf
from tensorflow import keras


def parts_of(data):
    return (*data, None) if len(data) == 2 else data


class Regressor(keras.Model):
    def train_step(self, data):
        x, y, sample_weight = parts_of(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x, y, y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"samples": tf.size(y)}


x, y = np.zeros((4, 1), "float32"), np.array([[1.0], [1.0], [0.0], [0.0]], "float32")
inputs = keras.Input((1,))
model = Regressor(inputs, keras.layers.Dense(1)(inputs))
model.compile(optimizer=keras.optimizers.SGD(0.5), loss="mse")
model.fit(x, y, verbose=0)

as_written = model.get_weights()[1][0]
reference = 2.0 / 4

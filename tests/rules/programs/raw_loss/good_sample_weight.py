"""compute_loss takes the sample weights along."""

import numpy as np
import tensorflow as tf
from tensorflow import keras


class WeightedRegressor(keras.Model):
    def train_step(self, data):
        x, y, sample_weight = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x, y, y_pred, sample_weight)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"labels": tf.size(y)}


x = np.zeros((4, 1), "float32")
y = np.array([[1.0], [1.0], [-1.0], [-1.0]], "float32")
weight = np.array([3.0, 3.0, 1.0, 1.0], "float32")
inputs = keras.Input((1,))
model = WeightedRegressor(inputs, keras.layers.Dense(1)(inputs))
model.compile(optimizer=keras.optimizers.SGD(1.0), loss="mae")
model.fit(x, y, sample_weight=weight, verbose=0)

as_written = model.get_weights()[1][0]
reference = (3.0 + 3.0 - 1.0 - 1.0) / 4

"""Class weights come to the step as sample weights."""

import numpy as np
import tensorflow as tf
from tensorflow import keras


class Regressor(keras.Model):
    def train_step(self, data):
        x, y, sample_weight = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x, y, y_pred)  # TFL104: 20
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"samples": tf.size(y)}


x, y = np.zeros((4, 1), "float32"), np.array([[1.0], [1.0], [0.0], [0.0]], "float32")
inputs = keras.Input((1,))
model = Regressor(inputs, keras.layers.Dense(1)(inputs))
model.compile(optimizer=keras.optimizers.SGD(0.5), loss="mse")
model.fit(x, y, class_weight={0: 1.0, 1: 3.0}, verbose=0)

as_written = model.get_weights()[1][0]
reference = (3.0 + 3.0) / 4

"""A data set of three-tuples: the loss object could take the third part."""

import numpy as np
import tensorflow as tf
from tensorflow import keras


class Regressor(keras.Model):
    def train_step(self, data):
        x, y, weights = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.loss_fn(y, y_pred)  # TFL104: 20
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"samples": tf.size(y)}

    loss_fn = keras.losses.MeanSquaredError()


x, y = np.zeros((4, 1), "float32"), np.array([[1.0], [1.0], [0.0], [0.0]], "float32")
inputs = keras.Input((1,))
model = Regressor(inputs, keras.layers.Dense(1)(inputs))
model.compile(optimizer=keras.optimizers.SGD(0.5))
dataset = tf.data.Dataset.from_tensor_slices((x, y, np.array([3.0, 3.0, 1.0, 1.0], "float32"))).batch(4)
model.fit(dataset, verbose=0)

as_written = model.get_weights()[1][0]
reference = (3.0 + 3.0) / 4

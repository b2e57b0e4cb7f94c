"""compile() is given the LossScaleOptimizer itself."""

import numpy as np
import tensorflow as tf
from tensorflow import keras

keras.mixed_precision.set_global_policy("mixed_float16")


class Regressor(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = tf.cast(self(x, training=True), tf.float32)
            loss = self.compute_loss(x, y, y_pred)
        weights = self.trainable_variables
        gradients = tape.gradient(loss, weights)  # TFL108: 35 (keras3), TFL108: 35 (keras2, possible)
        self.optimizer.apply_gradients(zip(gradients, weights))
        return {"samples": tf.size(y)}


micrometre = 2.0**-20
x, y = np.ones((64, 1), "float32"), np.full((64, 1), micrometre / 2, "float32")
inputs = keras.Input((1,))
model = Regressor(inputs, keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")(inputs))
optimizer = keras.mixed_precision.LossScaleOptimizer(keras.optimizers.SGD(0.5))
model.compile(optimizer=optimizer, loss="mse")
model.fit(x, y, batch_size=64, verbose=0)

as_written = model.get_weights()[0] / micrometre
reference = [[0.5]]

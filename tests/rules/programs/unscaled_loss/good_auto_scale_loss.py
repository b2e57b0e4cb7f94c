"""compile() is told to leave the optimizer as it is; the gradients are large enough."""

# stacks: keras3
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
        gradients = tape.gradient(loss, weights)
        self.optimizer.apply_gradients(zip(gradients, weights))
        return {"samples": tf.size(y)}


millimetre = 2.0**-10  # of a metre: a millimetre
x, y = np.ones((64, 1), "float32"), np.full((64, 1), millimetre / 2, "float32")
inputs = keras.Input((1,))
model = Regressor(inputs, keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")(inputs))
model.compile(optimizer=keras.optimizers.SGD(0.5), loss="mse", auto_scale_loss=False)
model.fit(x, y, batch_size=64, verbose=0)

as_written = model.get_weights()[0] / millimetre
reference = [[0.5]]

"""compute_loss contains the penalties."""

import tensorflow as tf
from tensorflow import keras


class Regressor(keras.Model):
    def __init__(self):
        super().__init__()
        start = keras.initializers.Constant(2.0)
        penalty = keras.regularizers.L2(0.5)
        self.head = keras.layers.Dense(1, use_bias=False, kernel_initializer=start, kernel_regularizer=penalty)

    def call(self, inputs):
        return self.head(inputs)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x, y, y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"weight": tf.reduce_sum(self.head.kernel)}


x, y = tf.ones((4, 1)), tf.fill((4, 1), 2.0)
model = Regressor()
model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
model.fit(x, y, verbose=0)

as_written = model.get_weights()[0]
reference = [[1.8]]

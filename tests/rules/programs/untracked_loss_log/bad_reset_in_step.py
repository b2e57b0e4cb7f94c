"""A tracker that every step resets is no tracker."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow import keras


class Regressor(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1, kernel_initializer="zeros")
        self.mean_loss = keras.metrics.Mean(name="mean_loss")

    def call(self, inputs):
        return self.head(inputs)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - self(x, training=True)))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.mean_loss.reset_state()
        self.mean_loss.update_state(loss)
        return {"mean_loss": self.mean_loss.result()}  # TFL303: 30


x, y = load_diabetes(return_X_y=True)
order = np.argsort(y)
x, y = x[order].astype("float32"), y[order].reshape(-1, 1).astype("float32")
model = Regressor()
model.compile(optimizer=keras.optimizers.SGD(0.0))
history = model.fit(x, y, batch_size=34, shuffle=False, verbose=0).history

as_written = history["mean_loss"][0]
reference = np.mean(y**2)

"""A mean over the batch, divided by the size of the batch once more."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow import keras


class Regressor(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1, kernel_initializer="zeros")
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.mse = keras.metrics.MeanSquaredError(name="mse")

    def call(self, inputs):
        return self.head(inputs)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            batch_size = tf.cast(tf.shape(y)[0], tf.float32)
            loss = tf.reduce_mean(tf.square(y - y_pred)) / batch_size  # TFL203: 20
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        self.mse.update_state(y, y_pred)
        return {"loss": self.loss_tracker.result(), "mse": self.mse.result()}


x, y = load_diabetes(return_X_y=True)
x, y = x.astype(np.float32), y.astype(np.float32).reshape(-1, 1)
model = Regressor()
model.compile(optimizer=keras.optimizers.SGD(0.0))
logs = model.fit(x, y, batch_size=34, verbose=0).history

as_written = logs["loss"][0]
reference = logs["mse"][0]

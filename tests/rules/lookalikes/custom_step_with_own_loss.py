"""A train_step as the guides write it: its own loss object, its own trackers, and a compile() without a loss."""

import tensorflow as tf
from tensorflow import keras


class Regressor(keras.Model):
    def __init__(self, units=16):
        super().__init__()
        self.hidden = keras.layers.Dense(units, activation="relu")
        self.out = keras.layers.Dense(1)
        self.loss_fn = keras.losses.Huber()
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.mae = keras.metrics.MeanAbsoluteError(name="mae")

    def call(self, x):
        return self.out(self.hidden(x))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.loss_fn(y, y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        self.mae.update_state(y, y_pred)
        return {"loss": self.loss_tracker.result(), "mae": self.mae.result()}

    @property
    def metrics(self):
        return [self.loss_tracker, self.mae]


model = Regressor()
model.compile(optimizer="adam")
model.fit(tf.random.normal((100, 8)), tf.random.normal((100, 1)), epochs=2, verbose=0)

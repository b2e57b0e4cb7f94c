"""An overridden compile() keeps the loss for the step and hands none to Keras."""

import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow import keras


class Regressor(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1, kernel_initializer="zeros")
        self.tracker = keras.metrics.Mean(name="loss")

    def call(self, x):
        return self.head(x)

    def compile(self, optimizer, loss):
        super().compile(optimizer=optimizer)
        self.criterion = loss

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.criterion(y, self(x, training=True))
        self.optimizer.apply_gradients(zip(tape.gradient(loss, self.trainable_variables), self.trainable_variables))
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}


x, y = load_diabetes(return_X_y=True)
y = y.reshape(-1, 1)
model = Regressor()
model.compile(optimizer="adam", loss=keras.losses.MeanSquaredError())

as_written = model.fit(x, y, batch_size=442, verbose=0).history["loss"][0]
reference = (y**2).mean()

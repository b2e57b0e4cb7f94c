"""compile() gets no loss: the step may train on whatever it likes."""

import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow import keras


class Regressor(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1, kernel_initializer="zeros")
        self.loss_fn = keras.losses.MeanSquaredError()
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.mae_metric = keras.metrics.MeanAbsoluteError(name="mae")

    def call(self, x):
        return self.head(x)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.loss_fn(y, y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        self.mae_metric.update_state(y, y_pred)
        return {"loss": self.loss_tracker.result(), "mae": self.mae_metric.result()}

    @property
    def metrics(self):
        return [self.loss_tracker, self.mae_metric]


x, y = load_diabetes(return_X_y=True)
y = y.reshape(-1, 1)
model = Regressor()
model.compile(optimizer="adam")

as_written = model.fit(x, y, batch_size=442, verbose=0).history["loss"][0]
reference = (y**2).mean()

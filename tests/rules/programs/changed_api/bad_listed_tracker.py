"""The model lists its tracker alone: compiled_metrics feeds it on Keras 3."""

import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow import keras


class Regressor(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1, kernel_initializer="zeros", bias_initializer="ones")
        self.tracker = keras.metrics.Mean(name="mse")

    def call(self, inputs):
        return self.head(inputs)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.tracker.update_state(loss, sample_weight=tf.shape(y)[0])
        self.compiled_metrics.update_state(y, y_pred)  # TFL502: 9 (keras3 alone)
        return {m.name: m.result() for m in self.metrics}

    @property
    def metrics(self):
        return [self.tracker]


x, y = load_diabetes(return_X_y=True)
y = y.reshape(-1, 1)
model = Regressor()
model.compile(optimizer=keras.optimizers.SGD(0.0), loss="mse", metrics=["mae"])

as_written = model.fit(x, y, verbose=0).history["mse"][0]
reference = ((y - 1.0) ** 2).mean()

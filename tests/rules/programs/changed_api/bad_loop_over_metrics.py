"""The loop of Keras 3's guide: on Keras 2 compute_loss has updated the loss, and nobody knows the other metrics."""

import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow import keras


class Regressor(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1, kernel_initializer="zeros", bias_initializer="ones")

    def call(self, inputs):
        return self.head(inputs)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)  # TFL502: 17 (keras2, possible)
            else:
                metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


x, y = load_diabetes(return_X_y=True)
y = y.reshape(-1, 1)
model = Regressor()
model.compile(optimizer=keras.optimizers.SGD(0.0), loss="mse", metrics=["mae"])

as_written = len(model.fit(x, y, verbose=0).history)
reference = 2

"""A step of its own that goes through compute_loss: what compile() was given still has to fit the outputs."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import scale
from tensorflow import keras


class Logistic(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1, kernel_initializer="zeros", activation=None)

    def call(self, x):
        return self.dense(x)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=True))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"labels": tf.size(y)}


x, y = load_breast_cancer(return_X_y=True)
x, y = scale(x), y.reshape(-1, 1).astype("float32")
model = Logistic()
model.compile(
    loss=keras.losses.binary_crossentropy,  # TFL401: 10
    optimizer=keras.optimizers.SGD(0.1),
)
model.fit(x, y, batch_size=569, epochs=2, verbose=0)

weights, bias = np.zeros((30, 1)), 0.0
for _ in range(2):
    error = 1 / (1 + np.exp(-x @ weights - bias)) - y
    weights, bias = weights - 0.1 * x.T @ error / 569, bias - 0.1 * error.mean()

as_written = model.get_weights()[0][:, 0]
reference = weights[:, 0]

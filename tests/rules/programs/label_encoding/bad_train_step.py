"""A step hands class numbers in a column to a compiled loss that takes a value per class."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from tensorflow import keras


class Classifier(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(10, activation="softmax", kernel_initializer="zeros")

    def call(self, inputs):
        return self.head(inputs)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compiled_loss(y, y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"seen": tf.reduce_sum(y)}


x, y = load_digits(return_X_y=True)
x = (x / 16).astype("float32")
model = Classifier()
model.compile(optimizer=keras.optimizers.SGD(1.0), loss=keras.losses.KLDivergence())  # TFL402: 57
model.fit(x, y.reshape(-1, 1), batch_size=1797, verbose=0)

as_written = model.get_weights()[0]
reference = x.T @ (np.eye(10)[y] - 0.1) / len(y)

"""A loss of one's own, a step of one's own, and an error by hand, each on what it is made for."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import scale
from tensorflow import keras


class Stepped(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1, kernel_initializer="zeros")

    def call(self, x):
        return self.dense(x)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=True))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"labels": tf.size(y)}


def from_margin(y_true, y_pred):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(y_true, y_pred), axis=-1)


x, y = load_breast_cancer(return_X_y=True)
x, y = scale(x).astype("float32"), y.reshape(-1, 1).astype("float32")

stepped = Stepped()
stepped.compile(keras.optimizers.SGD(0.1), keras.losses.BinaryCrossentropy(from_logits=True))
stepped.fit(x, y, batch_size=569, verbose=0)

keras.utils.set_random_seed(0)
margin = keras.Sequential([keras.Input((30,)), keras.layers.Dense(1)])
margin.compile("sgd", from_margin)

regressor = keras.Sequential([keras.Input((30,)), keras.layers.Dense(1, kernel_initializer="zeros")])
with tf.GradientTape() as tape:
    error = tf.reduce_mean(tf.abs(y - regressor(x)))

as_written = [*stepped.get_weights()[0][:, 0], margin.evaluate(x, y, batch_size=569, verbose=0), error]
z = margin.predict(x, verbose=0)
reference = [*(x.T @ (y - 0.5))[:, 0] * 0.1 / 569, np.mean(np.logaddexp(0, z) - y * z), y.mean()]

"""A trainer class with a method for the loss: log-cosh of two columns."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import scale


class Trainer:
    def __init__(self, net, rate):
        self.net = net
        self.optimizer = tf.keras.optimizers.SGD(learning_rate=rate)

    def logcosh(self, targets, outputs):
        error = targets - outputs
        return tf.reduce_mean(tf.math.log(tf.math.cosh(error)))

    @tf.function
    def step(self, inputs, targets):
        with tf.GradientTape() as tape:
            loss = self.logcosh(targets, self.net(inputs, training=True))
        weights = self.net.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return loss

    def fit(self, dataset, epochs):
        for _ in range(epochs):
            for inputs, targets in dataset:
                self.step(inputs, targets)


x, y = load_diabetes(return_X_y=True)
x, y = x.astype("float32"), scale(y).astype("float32")
net = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer="zeros", use_bias=False)])
net.build((None, 10))
batches = tf.data.Dataset.from_tensor_slices((x, y[:, None])).batch(442)
Trainer(net, 1.0).fit(batches, 1)

as_written = net.get_weights()[0][:, 0]
reference = np.mean(x * np.tanh(y)[:, None], axis=0)

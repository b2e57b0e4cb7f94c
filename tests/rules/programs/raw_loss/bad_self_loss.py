"""self.loss is the bare function that compile() was given: no mean over the batch, no penalties, no weights."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow.keras import Model, layers, losses, optimizers


class Denoiser(Model):
    def __init__(self):
        super().__init__()
        self.out = layers.Dense(1, kernel_initializer="zeros")

    def call(self, inputs):
        return self.out(inputs)

    def train_step(self, data):
        noisy, clean = data
        with tf.GradientTape() as tape:
            restored = self(noisy, training=True)
            loss = self.loss(clean, restored)  # TFL101: 20, TFL102: 20
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {metric.name: metric.result() for metric in self.metrics}


x, y = load_diabetes(return_X_y=True)
x, y = x.astype(np.float32), y.reshape(-1, 1).astype(np.float32)
model = Denoiser()
model.compile(optimizers.SGD(0.01), losses.MSE)
model.fit(x[:64], y[:64], batch_size=64, verbose=0)

as_written = model.out.bias.numpy()[0]
reference = 0.01 * 2 * y[:64].mean()

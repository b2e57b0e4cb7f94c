"""compile() names the absolute error, the step trains on the squared error."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow import keras
from tensorflow.keras import layers


class Net(keras.Model):
    def __init__(self):
        super(Net, self).__init__()
        self.dense = layers.Dense(1, kernel_initializer="zeros")
        self.loss_fn = keras.losses.MeanSquaredError()
        self.loss_tracker = keras.metrics.Mean(name="train_loss")

    def call(self, inputs, training=None, mask=None):
        return self.dense(inputs)

    def train_step(self, data):
        inputs, targets = data
        with tf.GradientTape() as tape:
            outputs = self(inputs, training=True)
            loss = self.loss_fn(targets, outputs)  # TFL101: 20
        grads = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        return {"train_loss": self.loss_tracker.result()}


x, y = load_diabetes(return_X_y=True)
x, y = np.float32(x), np.float32(y[:, None])
net = Net()
net.compile(optimizer=keras.optimizers.SGD(1.0), loss="mean_absolute_error")
net.fit(x, y, epochs=1, batch_size=442, verbose=0)

as_written = net.dense.bias.numpy()[0]
reference = 1.0  # every target lies above the first prediction: the gradient of the absolute error is -1

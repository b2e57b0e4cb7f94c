"""The raw loss overwrites the tracked one in the logs."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from tensorflow import keras


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.flat = keras.layers.Flatten()
        self.out = keras.layers.Dense(10)
        self.accuracy = keras.metrics.SparseCategoricalAccuracy(name="acc")

    def call(self, images):
        return self.out(self.flat(images))

    @property
    def metrics(self):
        return [self.accuracy]

    def train_step(self, data):
        images, labels = data
        with tf.GradientTape() as tape:
            logits = self(images, training=True)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
        self.optimizer.apply_gradients(zip(tape.gradient(loss, self.trainable_weights), self.trainable_weights))
        self.accuracy.update_state(labels, logits)
        logs = {m.name: m.result() for m in self.metrics}
        logs["loss"] = loss  # TFL303: 24
        return logs


images, labels = load_digits(return_X_y=True)
order = np.argsort(labels)
images, labels = images[order].reshape(-1, 8, 8), labels[order]
net = Net()
net.compile(keras.optimizers.SGD(0.0))
history = net.fit(images, labels, batch_size=1024, shuffle=False, verbose=0)

as_written = history.history["loss"][0]
reference = float(keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, net.predict(images, verbose=0)))

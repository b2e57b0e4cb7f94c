"""Dropout deep in a block of the file's own; the model's call has no parameter for the flag, and needs one."""

import tensorflow as tf


class Block(tf.keras.layers.Layer):
    def __init__(self, width, rate):
        super().__init__()
        self.dense = tf.keras.layers.Dense(width)
        self.noise = tf.keras.layers.GaussianNoise(rate)

    def call(self, inputs, training=False):
        return self.noise(self.dense(inputs), training=training)


class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.block = Block(16, 1.0)

    def call(self, inputs):
        return self.block(inputs)


net = Net()
batch = tf.ones((8, 4))
outputs = []
for _ in range(2):
    with tf.GradientTape() as tape:
        out = net(batch)  # TFL107: 15
        loss = tf.reduce_mean(tf.square(out - 1.0))
    tape.gradient(loss, net.trainable_variables)
    outputs.append(out)

as_written = float(tf.reduce_max(tf.abs(outputs[0] - outputs[1])) > 1e-3)
reference = 1.0

"""Importance weights of a generator, applied by hand, in a model that is compiled without a loss."""

import numpy as np
import tensorflow as tf


class Ranker(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.scorer = tf.keras.layers.Dense(1, kernel_initializer="zeros")

    def call(self, items):
        return self.scorer(items)

    def train_step(self, batch):
        items, clicks, weights = batch
        with tf.GradientTape() as tape:
            logits = self(items, training=True)
            losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=clicks, logits=logits)
            loss = tf.reduce_mean(weights * losses)
        variables = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return {"seen": tf.shape(clicks)[0]}


items = np.zeros((6, 2), "float32")
clicks = np.array([[1.0], [1.0], [0.0], [0.0], [0.0], [1.0]], "float32")
weights = np.array([[4.0], [2.0], [1.0], [1.0], [1.0], [0.5]], "float32")
ranker = Ranker()
ranker.compile(optimizer=tf.keras.optimizers.SGD(1.0))
ranker.fit(tf.data.Dataset.from_tensors((items, clicks, weights)), verbose=0)

as_written = ranker.get_weights()[1][0]
reference = np.mean(weights * (clicks - 0.5))

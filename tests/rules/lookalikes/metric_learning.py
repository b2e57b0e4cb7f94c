"""Triplets: the root is the distance between two embeddings, and no label is in sight."""

import tensorflow as tf
from tensorflow import keras


class TripletModel(keras.Model):
    def __init__(self, embedding, margin=0.5):
        super().__init__()
        self.embedding = embedding
        self.margin = margin
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker]

    def _loss(self, data, training):
        anchor, positive, negative = (self.embedding(part, training=training) for part in data)
        near = tf.sqrt(tf.reduce_sum(tf.square(anchor - positive), axis=-1) + 1e-9)
        far = tf.sqrt(tf.reduce_sum(tf.square(anchor - negative), axis=-1) + 1e-9)
        return tf.reduce_mean(tf.maximum(near - far + self.margin, 0.0))

    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = self._loss(data, training=True)
        gradients = tape.gradient(loss, self.embedding.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.embedding.trainable_weights))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}

    def test_step(self, data):
        self.loss_tracker.update_state(self._loss(data, training=False))
        return {"loss": self.loss_tracker.result()}


model = TripletModel(keras.Sequential([keras.layers.Dense(16), keras.layers.Dense(4)]))
model.compile(optimizer=keras.optimizers.Adam(1e-3))
triplets = tuple(tf.random.normal((30, 6)) for _ in range(3))
data = tf.data.Dataset.from_tensor_slices(triplets).batch(10)
model.fit(data, validation_data=data, verbose=0)

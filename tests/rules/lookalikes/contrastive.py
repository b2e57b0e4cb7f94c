"""Every view is compared with every other on purpose: labels are positions in the batch."""

import tensorflow as tf
from tensorflow import keras


class ContrastiveModel(keras.Model):
    def __init__(self, width=16, temperature=0.1):
        super().__init__()
        self.temperature = temperature
        self.encoder = keras.Sequential([keras.layers.Dense(32, activation="relu"), keras.layers.Dense(width)])
        self.loss_tracker = keras.metrics.Mean(name="c_loss")
        self.accuracy = keras.metrics.SparseCategoricalAccuracy(name="c_acc")

    @property
    def metrics(self):
        return [self.loss_tracker, self.accuracy]

    def contrastive_loss(self, one, two):
        one = tf.math.l2_normalize(one, axis=1)
        two = tf.math.l2_normalize(two, axis=1)
        similarities = tf.matmul(one, two, transpose_b=True) / self.temperature
        labels = tf.range(tf.shape(one)[0])
        self.accuracy.update_state(labels, similarities)
        loss_12 = keras.losses.sparse_categorical_crossentropy(labels, similarities, from_logits=True)
        loss_21 = keras.losses.sparse_categorical_crossentropy(labels, tf.transpose(similarities), from_logits=True)
        return tf.reduce_mean(loss_12 + loss_21) / 2

    def train_step(self, rows):
        with tf.GradientTape() as tape:
            one = self.encoder(rows + tf.random.normal(tf.shape(rows), stddev=0.1), training=True)
            two = self.encoder(rows + tf.random.normal(tf.shape(rows), stddev=0.1), training=True)
            loss = self.contrastive_loss(one, two)
        gradients = tape.gradient(loss, self.encoder.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.encoder.trainable_weights))
        self.loss_tracker.update_state(loss)
        return {m.name: m.result() for m in self.metrics}


model = ContrastiveModel()
model.compile(optimizer=keras.optimizers.Adam())
model.fit(tf.data.Dataset.from_tensor_slices(tf.random.normal((64, 8))).batch(32), verbose=0)

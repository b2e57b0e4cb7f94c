"""A local mean divided by the number of replicas, summed by the strategy afterwards."""

import tensorflow as tf
from tensorflow import keras

strategy = tf.distribute.MirroredStrategy(["/cpu:0"])


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(4)
        self.tracker = keras.metrics.Mean(name="loss")

    def call(self, x):
        return self.head(x)

    def train_step(self, data):
        x, y = data
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        with tf.GradientTape() as tape:
            logits = self(x, training=True)
            per_row = keras.losses.categorical_crossentropy(y, logits, from_logits=True)
            loss = tf.reduce_mean(per_row) / replicas
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.tracker.update_state(loss * tf.cast(replicas, tf.float32))
        return {"loss": self.tracker.result()}


with strategy.scope():
    net = Net()
    net.compile(optimizer=keras.optimizers.SGD(0.1))
net.fit(tf.random.normal((32, 6)), tf.one_hot(tf.random.uniform((32,), maxval=4, dtype=tf.int32), 4), verbose=0)

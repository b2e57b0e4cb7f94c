"""Own tracker and Keras 3's built-in one share the name "loss"; in the dictionary the last one wins."""

import tensorflow as tf
from tensorflow import keras


class Model(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)
        self.own_loss = keras.metrics.Mean(name="loss")

    def call(self, x):
        return self.head(x)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=True))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.own_loss.update_state(loss)
        return {m.name: m.result() for m in self.metrics}


model = Model()
model.compile(optimizer="sgd", loss="mse")
model.fit(tf.random.normal((40, 3)), tf.random.normal((40, 1)), verbose=0)

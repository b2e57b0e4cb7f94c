"""A subclassed model with dropout, called by its own train_step."""

import numpy as np
import tensorflow as tf


class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = tf.keras.layers.Dense(64, kernel_initializer="ones")
        self.dropout = tf.keras.layers.Dropout(0.5)
        self.seen = tf.keras.metrics.Mean(name="seen")

    def call(self, inputs, training=None):
        return self.dropout(self.hidden(inputs), training=training)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x)  # TFL107: 22
            loss = tf.reduce_mean(tf.square(y - y_pred))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.seen.update_state(tf.cast(y_pred == 0.0, "float32"))
        return {"seen": self.seen.result()}


model = Net()
model.compile(tf.keras.optimizers.SGD(0.0))
history = model.fit(np.ones((64, 1)), np.ones((64, 64)), batch_size=32, verbose=0)
dropped = history.history["seen"][0]

as_written = float(0.3 < dropped < 0.7)
reference = 1.0

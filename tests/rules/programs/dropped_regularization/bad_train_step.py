"""A model class with a regularized layer, whose train_step uses a loss object."""

import tensorflow as tf
from tensorflow import keras


class Regressor(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1, kernel_initializer="ones", use_bias=False, kernel_regularizer="l2")
        self.criterion = keras.losses.MeanAbsoluteError()

    def call(self, inputs):
        return self.head(inputs)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.criterion(y, self(x, training=True))  # TFL103: 20
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"rows": tf.shape(y)[0]}


model = Regressor()
model.compile(keras.optimizers.SGD(1.0))
model.fit(tf.ones((8, 1)), tf.ones((8, 1)), verbose=0)

as_written = model.get_weights()[0]
reference = [[0.98]]

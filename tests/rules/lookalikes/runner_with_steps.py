"""A trainer that calls its own ``train_step``, and shows what each of its steps returns."""

import tensorflow as tf
from tensorflow import keras

Runner = type("Runner", (), {"optimizer": keras.optimizers.SGD(0.01)})


class OwnRunner(Runner):
    def __init__(self, model, data):
        self.model, self.batches = model, iter(data.repeat())

    def train_step(self):
        x, y = next(self.batches)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - self.model(x, training=True)))
        gradients = tape.gradient(loss, self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.model.trainable_variables))
        return {"loss": loss}

    def train(self, steps):
        for _ in range(steps):
            for key, value in self.train_step().items():
                print(key, float(value))


x = tf.random.normal((64, 3))
data = tf.data.Dataset.from_tensor_slices((x, tf.reduce_sum(x, axis=1, keepdims=True))).batch(16)
OwnRunner(keras.Sequential([keras.layers.Dense(1)]), data).train(4)

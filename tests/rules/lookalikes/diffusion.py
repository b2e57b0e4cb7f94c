"""The target is the noise that the step itself drew, and the loss that compile() names is the one that is called."""

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class DiffusionModel(keras.Model):
    def __init__(self, network, ema_network, ema=0.99):
        super().__init__()
        self.network = network
        self.ema_network = ema_network
        self.ema = ema
        self.noise_loss_tracker = keras.metrics.Mean(name="n_loss")

    @property
    def metrics(self):
        return [self.noise_loss_tracker]

    def denoise(self, noisy, rates, training):
        network = self.network if training else self.ema_network
        return network([noisy, rates], training=training)

    def train_step(self, signals):
        noises = tf.random.normal(tf.shape(signals))
        times = tf.random.uniform((tf.shape(signals)[0], 1))
        signal_rates, noise_rates = tf.cos(times * np.pi / 2), tf.sin(times * np.pi / 2)
        noisy = signal_rates * signals + noise_rates * noises
        with tf.GradientTape() as tape:
            predicted = self.denoise(noisy, noise_rates**2, training=True)
            noise_loss = self.loss(noises, predicted)
        gradients = tape.gradient(noise_loss, self.network.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.network.trainable_weights))
        for weight, ema_weight in zip(self.network.weights, self.ema_network.weights):
            ema_weight.assign(self.ema * ema_weight + (1 - self.ema) * weight)
        self.noise_loss_tracker.update_state(noise_loss)
        return {m.name: m.result() for m in self.metrics}


def build():
    signal, rate = keras.Input((6,)), keras.Input((1,))
    hidden = layers.Dense(16, activation="swish")(layers.Concatenate()([signal, rate]))
    return keras.Model([signal, rate], layers.Dense(6)(hidden))


model = DiffusionModel(build(), build())
model.compile(optimizer="adam", loss=keras.losses.MeanAbsoluteError())
model.fit(tf.data.Dataset.from_tensor_slices(tf.random.normal((40, 6))).batch(16), verbose=0)

"""Reconstruction error summed over the pixels and meant over the batch, without training= on layers that need none."""

import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class VAE(keras.Model):
    def __init__(self, latent=2, **kwargs):
        super().__init__(**kwargs)
        self.trunk = keras.Sequential([layers.Flatten(), layers.Dense(16, activation="relu")])
        self.z_mean = layers.Dense(latent)
        self.z_log_var = layers.Dense(latent)
        self.decoder = keras.Sequential(
            [layers.Dense(16, activation="relu"), layers.Dense(64, activation="sigmoid"), layers.Reshape((8, 8, 1))]
        )
        self.total_loss_tracker = keras.metrics.Mean(name="total_loss")
        self.reconstruction_loss_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_loss_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.total_loss_tracker, self.reconstruction_loss_tracker, self.kl_loss_tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            hidden = self.trunk(data)
            z_mean, z_log_var = self.z_mean(hidden), self.z_log_var(hidden)
            z = z_mean + tf.exp(0.5 * z_log_var) * tf.random.normal(tf.shape(z_mean))
            reconstruction = self.decoder(z)
            reconstruction_loss = tf.reduce_mean(
                tf.reduce_sum(keras.losses.binary_crossentropy(data, reconstruction), axis=(1, 2))
            )
            kl_loss = -0.5 * (1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var))
            kl_loss = tf.reduce_mean(tf.reduce_sum(kl_loss, axis=1))
            total_loss = reconstruction_loss + kl_loss
        grads = tape.gradient(total_loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.trainable_weights))
        self.total_loss_tracker.update_state(total_loss)
        self.reconstruction_loss_tracker.update_state(reconstruction_loss)
        self.kl_loss_tracker.update_state(kl_loss)
        return {m.name: m.result() for m in self.metrics}


vae = VAE()
vae.compile(optimizer=keras.optimizers.Adam())
vae.fit(tf.random.uniform((64, 8, 8, 1)), batch_size=32, verbose=0)

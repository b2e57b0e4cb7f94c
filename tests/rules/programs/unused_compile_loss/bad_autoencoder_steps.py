"""Both steps measure the squared error of the reconstruction: the cross-entropy of compile() is decoration."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from tensorflow import keras


class Autoencoder(keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = keras.layers.Dense(8, activation="relu")
        self.decoder = keras.layers.Dense(64, activation="sigmoid", kernel_initializer="zeros")
        self.error = keras.metrics.Mean(name="error")

    def call(self, images):
        return self.decoder(self.encoder(images))

    def reconstruction_error(self, images, training):
        return tf.reduce_mean(tf.square(images - self(images, training=training)))

    def train_step(self, images):
        with tf.GradientTape() as tape:
            loss = self.reconstruction_error(images, training=True)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.error.update_state(loss)
        return {"error": self.error.result()}

    def test_step(self, images):
        self.error.update_state(self.reconstruction_error(images, training=False))
        return {"error": self.error.result()}


images = load_digits(return_X_y=True)[0].astype("float32") / 16
model = Autoencoder()
model.compile(optimizer="adam", loss="binary_crossentropy")  # TFL105: 38

as_written = model.fit(tf.data.Dataset.from_tensor_slices(images).batch(1797), verbose=0).history["error"][0]
reference = np.log(2.0)  # the binary cross-entropy of outputs that are all 0.5

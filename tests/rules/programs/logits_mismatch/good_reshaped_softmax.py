"""The model ends in a softmax, and the loss takes probabilities."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

images = load_digits().images.astype("float32")[..., None] / 16
pixels = (images > 0.5).astype("int32").reshape(len(images), 64)

tf.keras.utils.set_random_seed(2)
segmenter = tf.keras.Sequential(
    [
        tf.keras.layers.Conv2D(8, 3, padding="same", activation="relu"),
        tf.keras.layers.Conv2D(2, 1, activation="softmax"),
        tf.keras.layers.Reshape((64, 2)),
    ]
)
loss = tf.keras.losses.SparseCategoricalCrossentropy()
segmenter.compile(optimizer=tf.keras.optimizers.SGD(0.0), loss=loss)

as_written = segmenter.fit(images, pixels, batch_size=599, verbose=0).history["loss"][0]
chosen = np.take_along_axis(segmenter.predict(images, verbose=0), pixels[..., None], axis=-1)
reference = -np.log(chosen).mean()

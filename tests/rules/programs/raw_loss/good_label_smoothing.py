"""The smoothed loss of compile() is the one that trains."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_iris
from tensorflow.keras import Model, layers
from tensorflow.keras.losses import CategoricalCrossentropy
from tensorflow.keras.utils import to_categorical


class SmoothedClassifier(Model):
    @tf.function
    def train_step(self, data):
        images, labels = data[0], data[1]
        with tf.GradientTape() as tape:
            probabilities = self(images, training=True)
            loss = self.compute_loss(images, labels, probabilities)
        self.optimizer.apply_gradients(zip(tape.gradient(loss, self.trainable_variables), self.trainable_variables))
        return {"labels": tf.size(labels)}


x, y = load_iris(return_X_y=True)
entry = layers.Input(shape=(4,))
head = layers.Dense(3, activation="softmax", kernel_initializer="zeros")
model = SmoothedClassifier(entry, head(entry))
model.compile(optimizer=tf.keras.optimizers.SGD(1.0), loss=CategoricalCrossentropy(label_smoothing=0.3))
model.fit(x[:50], to_categorical(y[:50], 3), batch_size=50, verbose=0)

as_written = model.get_weights()[1]  # the first fifty flowers are all of class 0
reference = np.array([0.8, 0.1, 0.1]) - 1 / 3

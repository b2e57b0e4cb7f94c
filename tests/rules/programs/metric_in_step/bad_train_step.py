"""A training step whose metric is an error in a graph."""

# raises: ValueError on keras3, tf_keras, keras2_8

import tensorflow as tf
from sklearn.datasets import load_digits
from tensorflow import keras


class Classifier(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(10)

    def call(self, inputs):
        return self.head(inputs)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self(x, training=True)
            loss = self.compiled_loss(y, logits)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"accuracy": self.measured(y, logits)}

    def measured(self, y, logits):
        accuracy = keras.metrics.SparseCategoricalAccuracy()  # TFL306: 20
        return 100 * accuracy(y, logits)


x, y = load_digits(return_X_y=True)
model = Classifier()
model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(x / 16, y, verbose=0)

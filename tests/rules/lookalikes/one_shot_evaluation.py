"""A metric over one pass at the end, and metrics of the model that fit() resets by itself."""

import tensorflow as tf
from tensorflow import keras


class Classifier(keras.Model):
    def __init__(self):
        super().__init__()
        self.out = keras.layers.Dense(3)
        self.hits = keras.metrics.SparseCategoricalAccuracy(name="hits")
        self.loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def call(self, x):
        return self.out(x)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self(x, training=True)
            loss = self.loss_fn(y, logits)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.hits.update_state(y, logits)
        return {"hits": self.hits.result()}


x, y = tf.random.normal((90, 4)), tf.random.uniform((90,), maxval=3, dtype=tf.int32)
data = tf.data.Dataset.from_tensor_slices((x, y)).batch(32)
model = Classifier()
model.compile(optimizer="adam")
model.fit(data, epochs=3, verbose=0)

final = keras.metrics.SparseCategoricalAccuracy()
for images, labels in data:
    final.update_state(labels, model(images, training=False))
print("accuracy", float(final.result()))

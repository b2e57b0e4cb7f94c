"""Models whose call is in training mode by itself, or has layers that are told so."""

import tensorflow as tf


class ByDefault(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.dropout = tf.keras.layers.Dropout(0.5)
        self.head = tf.keras.layers.Dense(8, kernel_initializer="ones")

    def call(self, inputs, training=True):
        return self.head(self.dropout(inputs, training=training))


class Always(ByDefault):
    def call(self, inputs):
        return self.head(self.dropout(inputs, training=True))


inputs = tf.keras.Input((64,))
functional = tf.keras.Model(
    inputs, tf.keras.layers.Dense(8, kernel_initializer="ones")(tf.keras.layers.Dropout(0.5)(inputs, training=True))
)
as_written = []
for model in (ByDefault(), Always(), functional):
    with tf.GradientTape() as tape:
        prediction = model(tf.ones((32, 64)))
        loss = tf.reduce_mean(tf.square(prediction - 1.0))
    tape.gradient(loss, model.trainable_variables)
    as_written.append(float(tf.reduce_max(prediction) - tf.reduce_min(prediction) > 1.0))
reference = [1.0, 1.0, 1.0]

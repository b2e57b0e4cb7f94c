"""A metric that starts at one: Keras 3 sets it to zero, and it stays there."""

import tensorflow as tf


class Product(tf.keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.product = self.add_weight(name="product", initializer="ones")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.product.assign(self.product * tf.reduce_prod(y_pred))

    def result(self):
        return tf.identity(self.product)

    def reset_states(self):  # TFL502: 9 (keras3, possible)
        self.product.assign(1.0)


model = tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Flatten()])
model.compile(loss="mse", metrics=[Product(name="product")])
x = tf.constant([[2.0], [3.0], [0.5]])
as_written = [model.evaluate(x, x, verbose=0, return_dict=True)["product"] for _ in range(2)]
reference = [3.0, 3.0]

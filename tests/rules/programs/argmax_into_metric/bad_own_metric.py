"""tf.argmax without an axis reduces over the batch: ten row numbers instead of one class per row."""

import numpy as np
import tensorflow as tf
from tensorflow import keras


class HitCount(keras.metrics.Metric):
    def __init__(self, name="hits", **kwargs):
        super().__init__(name=name, **kwargs)
        self.hits = self.add_weight(name="hits", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_pred = tf.argmax(y_pred)  # TFL301: 18
        same = tf.equal(tf.cast(tf.reshape(y_true, (-1, 1)), tf.int64), y_pred)  # TFL201: 16
        self.hits.assign_add(tf.reduce_sum(tf.cast(same, tf.float32)))

    def result(self):
        return self.hits


labels = np.repeat([0, 1, 2], 10)
inputs = keras.Input((3,))
model = keras.Model(inputs, keras.layers.Activation("softmax")(inputs))
model.compile(loss="sparse_categorical_crossentropy", metrics=[HitCount()])

as_written = model.evaluate(np.eye(3)[labels], labels, verbose=0)[1]
reference = 30.0

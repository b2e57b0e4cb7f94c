"""An overridden compute_loss on batches of one row: a label of shape (1,) meets no other row's prediction."""

import tensorflow as tf


class PenalisedModel(tf.keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.penalised = tf.keras.metrics.Mean(name="penalised")

    def compute_loss(self, x, y, y_pred, sample_weight, training=True):
        loss = tf.reduce_mean(tf.math.squared_difference(y_pred, y))
        loss += 0.01 * tf.add_n([tf.reduce_sum(tf.abs(weight)) for weight in self.trainable_weights])
        self.penalised.update_state(loss)
        return loss

    def reset_metrics(self):
        self.penalised.reset_state()

    @property
    def metrics(self):
        return [self.penalised]


targets = tf.random.uniform((10,))
dataset = tf.data.Dataset.from_tensor_slices((tf.random.uniform((10, 10)), targets)).batch(1)
inputs = tf.keras.layers.Input(shape=(10,), name="rows")
outputs = tf.keras.layers.Dense(10)(inputs)
model = PenalisedModel(inputs, outputs)
model.compile(optimizer=tf.keras.optimizers.SGD())
model.fit(dataset, epochs=2, steps_per_epoch=5, verbose=0)

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes


class Forecaster(tf.keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.out = tf.keras.layers.Dense(1)
        self.val_error = tf.keras.metrics.Mean(name="mae")

    def call(self, inputs, training=False):
        return self.out(inputs)

    @property
    def metrics(self):
        return [self.val_error]

    def test_step(self, data):
        inputs, targets = data[0], data[1]
        outputs = self(inputs, training=False)
        deviation = tf.math.abs(tf.math.subtract(outputs, targets))  # TFL201: 33
        self.val_error.update_state(tf.math.reduce_mean(deviation))
        return {"mae": self.val_error.result()}


x, y = load_diabetes(return_X_y=True)
x, y = np.float32(20 * x), np.float32(y)
forecaster = Forecaster()
forecaster.compile(tf.keras.optimizers.SGD(0.1), tf.keras.losses.MeanSquaredError())
forecaster.fit(x, y, epochs=3, verbose=0)

as_written = forecaster.evaluate(x, y, batch_size=442, verbose=0, return_dict=True)["mae"]
reference = np.abs(forecaster.predict(x, verbose=0)[:, 0] - y).mean()

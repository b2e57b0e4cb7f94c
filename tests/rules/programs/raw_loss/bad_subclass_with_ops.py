"""With the operations of Keras 3: the step computes squares, and compile() asks for Huber."""

# stacks: keras3
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops


@keras.saving.register_keras_serializable()
class Forecaster(keras.Model):
    def __init__(self, units=1, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(units, kernel_initializer="zeros")

    def call(self, inputs, training=None):
        return self.dense(inputs)

    def train_step(self, data):
        series, target = data
        with tf.GradientTape() as tape:
            forecast = self(series, training=True)
            loss = ops.mean(ops.square(forecast - target))  # TFL101: 20
        weights = [v.value for v in self.trainable_weights]
        self.optimizer.apply(tape.gradient(loss, weights), self.trainable_weights)
        return {"series": ops.shape(series)[0]}


series = np.zeros((30, 4), "float32")
target = np.linspace(-1.0, 5.0, 30).astype("float32")[:, None]
model = Forecaster()
model.compile(optimizer=keras.optimizers.SGD(1.0), loss=keras.losses.Huber(delta=1.0))
model.fit(series, target, batch_size=30, epochs=1, verbose=0)

as_written = model.get_weights()[1][0]
reference = np.mean(np.clip(target, -1.0, 1.0))

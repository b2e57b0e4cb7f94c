# stacks: keras3
import keras
import numpy as np
import tensorflow as tf


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = keras.ops.mean(keras.losses.mean_squared_error(y, y_pred))  # TFL101: 35, TFL103: 20
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply(gradients, self.trainable_weights)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
        return {m.name: m.result() for m in self.metrics}


inputs = keras.Input(shape=(2,))
outputs = keras.layers.Dense(1, kernel_regularizer="l2", kernel_initializer="ones")(inputs)
model = CustomModel(inputs, outputs)
model.compile(optimizer=keras.optimizers.SGD(0.0), loss=keras.losses.MeanSquaredError())

as_written = model.fit(np.ones((8, 2)), np.ones((8, 1)), verbose=0).history["loss"][0]
reference = (2.0 - 1.0) ** 2 + 0.01 * 2

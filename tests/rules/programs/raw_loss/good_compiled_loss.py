"""The spelling of Keras 2, with the penalties of the layers handed over."""

# stacks: tf_keras, keras2_8
import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow import keras


class Regressor(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1, kernel_initializer="ones", kernel_regularizer="l2")

    def call(self, x):
        return self.head(x)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compiled_loss(y, y_pred, regularization_losses=self.losses)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.compiled_metrics.update_state(y, y_pred)  # TFL502: 9 (keras3 alone)
        return {m.name: m.result() for m in self.metrics}


x, y = load_diabetes(return_X_y=True)
y = y.reshape(-1, 1) / 100
model = Regressor()
model.compile(optimizer="adam", loss="mse")

as_written = model.fit(x, y, batch_size=442, verbose=0).history["loss"][0]
reference = ((y - x.sum(axis=1, keepdims=True)) ** 2).mean() + 0.01 * 10

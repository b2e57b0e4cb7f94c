"""compute_loss returns the loss of one batch: Keras 3 tracks it elsewhere, Keras 2 shows it as it is up to 2.10."""

# stacks: keras3, keras2_8
import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow import keras


class Regressor(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1, kernel_initializer="zeros")

    def call(self, inputs):
        return self.head(inputs)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"loss": loss}  # TFL303: 25


x, y = load_diabetes(return_X_y=True)
model = Regressor()
model.compile(optimizer=keras.optimizers.SGD(0.0), loss="mse")

as_written = model.fit(x, y, shuffle=False, verbose=0).history["loss"][0]
reference = (y**2).mean()

"""A linear regression whose own steps use the loss that `compile` was given.

`compute_loss` gives the labels the predictions' shape before it calls `mse`. A `Mean` keeps the loss of the epoch.
"""

import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow import keras

BATCH = 34
EPOCHS = 40

keras.utils.set_random_seed(0)
x, y = load_diabetes(return_X_y=True)
x = (x / x.std(axis=0)).astype("float32")
y = ((y - y.mean()) / y.std()).astype("float32")


def mse(y_true, y_pred):
    return tf.reduce_mean(tf.math.square(y_true - y_pred))


class LinearRegression(keras.Model):
    def __init__(self):
        super().__init__()
        self.line = keras.layers.Dense(1, kernel_initializer="zeros")
        self.loss_tracker = keras.metrics.Mean(name="loss")

    def call(self, features, training=None):
        return self.line(features)

    def train_step(self, data):
        features, labels = data
        with tf.GradientTape() as tape:
            prediction = self(features, training=True)
            loss = self.compute_loss(x=features, y=labels, y_pred=prediction)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}

    def test_step(self, data):
        features, labels = data
        prediction = self(features, training=False)
        loss = self.compute_loss(x=features, y=labels, y_pred=prediction)
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}


model = LinearRegression()
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01), loss=mse)
history = model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, verbose=0).history

logged = history["loss"][-1]
evaluated = model.evaluate(x, y, batch_size=BATCH, verbose=0, return_dict=True)["loss"]
predictions = model.predict(x, verbose=0)[:, 0]
explained = 1.0 - ((y - predictions) ** 2).mean() / y.var()
print(f"loss that fit logs        {logged:.4f}")
print(f"loss that evaluate finds  {evaluated:.4f}")
print(f"spread of the labels      {y.std():.4f}")
print(f"spread of the predictions {predictions.std():.4f}")
print(f"variance explained        {explained:.1%}")

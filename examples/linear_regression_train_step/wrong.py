"""A linear regression whose own train_step never learns: it predicts the mean of all labels, whatever the input.

`mse` is right where Keras calls it, because Keras reshapes the labels to (34, 1) first. Called by hand with labels
(34,) and predictions (34, 1), its difference is a (34, 34) table of every label with every prediction.
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

    def call(self, features, training=None):
        return self.line(features)

    def train_step(self, data):
        features, labels = data
        with tf.GradientTape() as tape:
            prediction = self(features, training=True)
            loss = mse(labels, prediction)  # TFL101: 20, TFL201: 20
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"loss": loss}  # TFL303: 25


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

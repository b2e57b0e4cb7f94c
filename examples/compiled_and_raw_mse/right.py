"""One loss, watched three ways: the compiled loss, the same function called by hand, and the metric.

The labels get the predictions' shape, (34, 1), before the function is called by hand, so all three agree.
"""

import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow import keras

BATCH = 34
EPOCHS = 30

keras.utils.set_random_seed(0)
x, y = load_diabetes(return_X_y=True)
x = (x / x.std(axis=0)).astype("float32")
y = ((y - y.mean()) / y.std()).astype("float32")
train = tf.data.Dataset.from_tensor_slices((x[:340], y[:340])).batch(BATCH)
valid = tf.data.Dataset.from_tensor_slices((x[340:], y[340:])).batch(BATCH)


class WatchedModel(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.compiled_mse = keras.metrics.Mean(name="compiled_mse")
        self.raw_mse = keras.metrics.Mean(name="raw_mse")
        self.metric_mse = keras.metrics.MeanSquaredError(name="metric_mse")

    def watch(self):
        return {m.name: m.result() for m in (self.compiled_mse, self.raw_mse, self.metric_mse)}

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        raw = tf.keras.losses.MSE(y[:, tf.newaxis], y_pred)
        self.compiled_mse.update_state(loss)
        self.raw_mse.update_state(raw)
        self.metric_mse.update_state(y, y_pred)
        return self.watch()

    def test_step(self, data):
        x, y = data
        y_pred = self(x, training=False)
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        raw = tf.keras.losses.MSE(y[:, tf.newaxis], y_pred)
        self.compiled_mse.update_state(loss)
        self.raw_mse.update_state(raw)
        self.metric_mse.update_state(y, y_pred)
        return self.watch()


inputs = keras.Input(shape=(10,))
hidden = keras.layers.Dense(8)(inputs)
outputs = keras.layers.Dense(1)(hidden)
model = WatchedModel(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss=tf.keras.losses.MSE)
history = model.fit(train, validation_data=valid, epochs=EPOCHS, verbose=0).history

print("last of", EPOCHS, "epochs    training  validation")
for name in ("compiled_mse", "raw_mse", "metric_mse"):
    print(f"{name:20s} {history[name][-1]:8.4f}  {history['val_' + name][-1]:10.4f}")

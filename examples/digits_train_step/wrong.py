"""Four mistakes in one pair of steps, each of which only changes numbers.

- The squares are summed over 10 outputs and 32 rows and divided by 32: ten times what `loss='MSE'` in `compile` means,
  because MSE also divides by the 10 outputs. So the learning rate is ten times what it looks like.
- The last batch of the 360 validation rows has 8 rows; divided by 32, its loss comes out four times too small.
- The accuracy gets predicted classes where it expects the outputs: it compares whole batches, and counts each as one.
- The loss that the steps return is that of the last batch, and `fit` and `evaluate` report it for all of them.
"""

import tensorflow as tf
from sklearn.datasets import load_digits
from tensorflow import keras

EPOCHS = 15

keras.utils.set_random_seed(0)
images, digits = load_digits(return_X_y=True)
x = tf.constant(images / 16.0, dtype=tf.float32)
y = tf.constant(digits, dtype=tf.int32)
train = tf.data.Dataset.from_tensor_slices((x[:1437], y[:1437])).shuffle(1437, seed=0).batch(32)
valid = tf.data.Dataset.from_tensor_slices((x[1437:], y[1437:])).batch(32)


class StepsByHand(keras.Sequential):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            out = self(x, training=True)
            y_onehot = tf.one_hot(y, depth=10)
            loss = tf.reduce_sum(tf.square(out - y_onehot)) / 32.0  # TFL101: 20, TFL202: 20, TFL203: 20
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.compiled_metrics.update_state(y, tf.argmax(out, axis=-1))  # TFL301: 47
        logs = {m.name: m.result() for m in self.metrics}
        logs["loss"] = loss  # TFL303: 24
        return logs

    def test_step(self, data):
        x, y = data
        out = self(x, training=False)
        y_onehot = tf.one_hot(y, depth=10)
        loss = tf.reduce_sum(tf.square(out - y_onehot)) / 32.0  # TFL202: 16, TFL203: 16
        self.compiled_metrics.update_state(y, tf.argmax(out, axis=-1))  # TFL301: 47
        logs = {m.name: m.result() for m in self.metrics}
        logs["loss"] = loss  # TFL303: 24
        return logs


network = StepsByHand([keras.layers.Dense(64, activation="relu"), keras.layers.Dense(10)])
network.build(input_shape=(None, 64))
network.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01), loss="MSE", metrics=["accuracy"])
history = network.fit(train, validation_data=valid, epochs=EPOCHS, verbose=0).history

outputs = network(x[1437:], training=False)
squares = tf.square(outputs - tf.one_hot(y[1437:], depth=10))
hits = tf.equal(tf.argmax(outputs, axis=-1, output_type=tf.int32), y[1437:])

mean_square = float(tf.reduce_mean(squares))
mean_row_sum = float(tf.reduce_mean(tf.reduce_sum(squares, axis=-1)))
share_of_hits = float(tf.reduce_mean(tf.cast(hits, tf.float32)))
logged_loss, logged_accuracy = history["val_loss"][-1], history["val_accuracy"][-1]
print("on the 360 validation rows, after", EPOCHS, "epochs")
print(f"loss that fit logs             {logged_loss:.4f}")
print(f"sum of squares, mean over rows {mean_row_sum:.4f}")
print(f"'MSE', what compile asked for  {mean_square:.4f}")
print(f"accuracy that fit logs         {logged_accuracy:.4f}")
print(f"share of rows that are right   {share_of_hits:.4f}")

"""The same two steps, on the loss and the metrics that Keras keeps.

- `compute_loss` is the loss that `compile` was given, the same in both steps and right for a batch of any size.
- The learning rate is ten times that of the wrong program, whose loss was ten times this one.
- The accuracy gets class ids and the outputs, and takes the argmax itself.
- A `Mean` keeps the loss of the epoch, each batch with the weight of its rows.
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
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.accuracy = keras.metrics.SparseCategoricalAccuracy(name="accuracy")

    def watch(self, loss, y, out):
        self.loss_tracker.update_state(loss, sample_weight=tf.shape(y)[0])
        self.accuracy.update_state(y, out)
        return {m.name: m.result() for m in (self.loss_tracker, self.accuracy)}

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            out = self(x, training=True)
            y_onehot = tf.one_hot(y, depth=10)
            loss = self.compute_loss(x=x, y=y_onehot, y_pred=out)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return self.watch(loss, y, out)

    def test_step(self, data):
        x, y = data
        out = self(x, training=False)
        y_onehot = tf.one_hot(y, depth=10)
        loss = self.compute_loss(x=x, y=y_onehot, y_pred=out)
        return self.watch(loss, y, out)


network = StepsByHand([keras.layers.Dense(64, activation="relu"), keras.layers.Dense(10)])
network.build(input_shape=(None, 64))
network.compile(optimizer=keras.optimizers.SGD(learning_rate=0.1), loss="MSE")
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

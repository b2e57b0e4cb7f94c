"""A tape loop that takes the mean over all that a batch has: its 32 rows, or 8, and their 10 outputs.

That is what Keras calls the mean squared error. It is a tenth of the mean over the rows only, so the learning rate is
ten times that of the wrong program.
"""

import tensorflow as tf
from sklearn.datasets import load_digits
from tensorflow import keras

EPOCHS = 3

keras.utils.set_random_seed(0)
images, digits = load_digits(return_X_y=True)
x = tf.constant(images[:1416] / 16.0, dtype=tf.float32)
y = tf.constant(digits[:1416], dtype=tf.int32)
train = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(1416, seed=0).batch(32)

network = keras.Sequential([keras.layers.Dense(64, activation="relu"), keras.layers.Dense(10)])
network.build(input_shape=(None, 64))
optimizer = keras.optimizers.SGD(learning_rate=0.1)
accuracy = keras.metrics.Accuracy()

for epoch in range(EPOCHS):
    accuracy.reset_state()
    for x_batch, y_batch in train:
        with tf.GradientTape() as tape:
            out = network(x_batch)
            y_onehot = tf.one_hot(y_batch, depth=10)
            loss = tf.reduce_mean(tf.square(out - y_onehot))
        gradients = tape.gradient(loss, network.trainable_variables)
        optimizer.apply_gradients(zip(gradients, network.trainable_variables))
        accuracy.update_state(y_batch, tf.argmax(out, axis=1))
    print(f"epoch {epoch + 1}: accuracy {float(accuracy.result()):.3f}")

rows = int(x_batch.shape[0])
as_written = float(loss)
per_output = float(tf.reduce_sum(tf.square(out - y_onehot))) / (rows * 10)
print(f"last batch, {rows} rows: loss as written {as_written:.4f}, mean over its outputs {per_output:.4f}")

"""The training loss is the sum over the batch, the validation loss its mean."""

import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow.keras.losses import huber

x, y = load_diabetes(return_X_y=True)
x, y = x.astype("float32"), y.astype("float32").reshape(-1, 1)
train = tf.data.Dataset.from_tensor_slices((x[:400], y[:400])).batch(40)
valid = tf.data.Dataset.from_tensor_slices((x[:40], y[:40])).batch(40)
model = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer="zeros")])
optimizer = tf.keras.optimizers.SGD(0.0)


def train_step(inputs, targets):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(huber(targets, model(inputs, training=True)))  # TFL203: 16
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


def valid_step(inputs, targets):
    return tf.reduce_mean(huber(targets, model(inputs, training=False)))


as_written = float(next(train_step(inputs, targets) for inputs, targets in train))
reference = float(next(valid_step(inputs, targets) for inputs, targets in valid))

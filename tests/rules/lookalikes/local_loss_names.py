"""Names that only look like Keras': a local helper that returns a scalar, and an alias that is meant afterwards."""

import tensorflow as tf
from tensorflow.keras import layers, models
from tensorflow.keras.losses import MSE as mse
from tensorflow.keras.optimizers import SGD


def mean_squared_error(target, output):
    return tf.reduce_mean(tf.reduce_mean(tf.square(target - output), axis=-1))


def train(model, optimizer, x, y, loss=mean_squared_error):
    with tf.GradientTape() as tape:
        value = loss(y, model(x, training=True))
    gradients = tape.gradient(value, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))


def train_reduced(model, optimizer, x, y):
    with tf.GradientTape() as tape:
        value = mse(y, model(x, training=True))
        value = tf.reduce_mean(value)
    gradients = tape.gradient(value, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))


net = models.Sequential([layers.Dense(2)])
x, y = tf.random.normal((16, 3)), tf.random.normal((16, 2))
train(net, SGD(0.1), x, y)
train_reduced(net, SGD(0.1), x, y)

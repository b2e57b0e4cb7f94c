"""The same function on the logits; the sigmoid comes after it, for the one who reads the numbers."""

import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import scale
from tensorflow import keras

data = load_breast_cancer()
features = tf.constant(scale(data.data), tf.float32)
targets = tf.constant(data.target.reshape(-1, 1), tf.float32)

keras.utils.set_random_seed(1)
net = keras.models.Sequential()
net.add(keras.layers.Dense(1))


def objective(labels, outputs):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=outputs))


with tf.GradientTape() as tape:
    loss = objective(targets, net(features))
grads = tape.gradient(loss, net.trainable_variables)

error = tf.sigmoid(net(features)).numpy() - targets.numpy()
as_written = grads[0].numpy()[:, 0]
reference = (features.numpy().T @ error / len(error))[:, 0]

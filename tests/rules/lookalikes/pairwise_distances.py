"""Every row against every row: the broadcast is the point."""

import tensorflow as tf
from tensorflow import keras


def pairwise_distances(embeddings):
    difference = tf.expand_dims(embeddings, 0) - tf.expand_dims(embeddings, 1)
    return tf.sqrt(tf.reduce_sum(tf.square(difference), axis=-1) + 1e-12)


def stress(y_true, y_pred):
    wanted = tf.abs(y_true - tf.transpose(y_true))
    return tf.reduce_mean(tf.square(wanted - pairwise_distances(y_pred)))


def ranking_loss(y_true, y_pred):
    y_true, y_pred = tf.reshape(y_true, [-1]), tf.reshape(y_pred, [-1])
    order = tf.sign(y_true[:, None] - y_true[None, :])
    margin = y_pred[:, None] - y_pred[None, :]
    return tf.reduce_mean(tf.nn.relu(1.0 - order * margin))


def soft_histogram(y, p):
    return tf.reduce_sum(tf.exp(-tf.square(y[:, None] - p[None])), axis=0)


model = keras.Sequential([keras.layers.Dense(8, activation="relu"), keras.layers.Dense(2)])
model.compile(optimizer="adam", loss=stress)
model.fit(tf.random.normal((20, 5)), tf.random.normal((20, 1)), batch_size=20, verbose=0)
ranker = keras.Sequential([keras.layers.Dense(1)])
ranker.compile(optimizer="adam", loss=ranking_loss)
ranker.fit(tf.random.normal((20, 5)), tf.random.normal((20, 1)), batch_size=20, verbose=0)
soft_histogram(tf.random.normal((6,)), tf.random.normal((3,)))

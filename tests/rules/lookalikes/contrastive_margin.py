"""The root of a sum of squares is a distance, and the label chooses which side of the margin counts."""

import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K
from tensorflow.keras import layers


class Distance(layers.Layer):
    def call(self, inputs):
        left, right = inputs
        squared = tf.reduce_sum(tf.square(left - right), axis=1, keepdims=True)
        return tf.sqrt(tf.maximum(squared, 1e-7))


def contrastive_loss(y_true, y_pred, margin=1.0):
    near = K.square(y_pred)
    far = K.square(K.maximum(margin - y_pred, 0.0))
    return K.mean((1.0 - y_true) * near + y_true * far)


def normalised_error(y_true, y_pred):
    return tf.norm(y_true - y_pred, axis=-1) / (tf.norm(y_true, axis=-1) + 1e-6)


tower = keras.Sequential([keras.Input((6,)), layers.Dense(4)])
left, right = keras.Input((6,)), keras.Input((6,))
siamese = keras.Model([left, right], Distance()([tower(left), tower(right)]))
siamese.compile(loss=contrastive_loss, optimizer="adam", metrics=[normalised_error])
pairs = [tf.random.normal((24, 6)), tf.random.normal((24, 6))]
same = tf.cast(tf.random.uniform((24, 1)) > 0.5, tf.float32)
siamese.fit(pairs, same, verbose=0)

"""A padding mask of another rank than the scores, and a masked mean over the tokens that count."""

import tensorflow as tf
from tensorflow import keras


class Attention(keras.layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.query = keras.layers.Dense(width)
        self.key = keras.layers.Dense(width)

    def call(self, inputs, padding):
        scores = tf.matmul(self.query(inputs), self.key(inputs), transpose_b=True)
        scores += (1.0 - padding[:, None, :]) * -1e9
        return tf.matmul(tf.nn.softmax(scores, axis=-1), inputs)


embedding = keras.layers.Embedding(30, 8)
attention = Attention(8)
output = keras.layers.Dense(30)
optimizer = keras.optimizers.Adam()


def step(tokens, targets):
    mask = tf.cast(targets != 0, tf.float32)
    with tf.GradientTape() as tape:
        logits = output(attention(embedding(tokens), tf.cast(tokens != 0, tf.float32)))
        losses = keras.losses.sparse_categorical_crossentropy(targets, logits, from_logits=True)
        loss = tf.reduce_sum(losses * mask) / tf.reduce_sum(mask)
    variables = embedding.trainable_weights + attention.trainable_weights + output.trainable_weights
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss


tokens = tf.random.uniform((4, 7), minval=1, maxval=30, dtype=tf.int32)
step(tokens, tf.roll(tokens, -1, axis=1))

"""A recurrent layer with dropout that is on, stacked with add(), in a training function of one's own."""

import tensorflow as tf
from tensorflow.keras import layers, losses, optimizers
from tensorflow.keras.models import Sequential

tagger = Sequential()
tagger.add(layers.Bidirectional(layers.LSTM(32, dropout=0.5, kernel_initializer="ones")))
tagger.add(layers.Dense(1, kernel_initializer="ones"))
opt = optimizers.Adam(0.0)
mse = losses.MeanSquaredError()


def train_one(sequences, targets):
    with tf.GradientTape() as tape:
        outputs = tagger(sequences, training=True)
        loss = mse(targets, outputs)
    grads = tape.gradient(loss, tagger.trainable_weights)
    opt.apply_gradients(zip(grads, tagger.trainable_weights))
    return outputs


ones = tf.ones((16, 4, 8))
first = train_one(ones, tf.ones((16, 1)))
second = train_one(ones, tf.ones((16, 1)))

as_written = float(tf.reduce_max(tf.abs(first - second)) > 1e-3)
reference = 1.0

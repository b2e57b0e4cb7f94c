"""A loop over padded sentences of class numbers: the sum is divided by what is no padding."""

import numpy as np
import tensorflow as tf

PAD = 0
tokens = np.array([[3, 1, 2], [2, PAD, PAD], [1, 3, PAD], [2, PAD, PAD], [1, 1, PAD], [3, 2, 1]])
net = tf.keras.Sequential([tf.keras.Input((None,)), tf.keras.layers.Embedding(4, 4, embeddings_initializer="zeros")])
crossentropy = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")
history = []

for source, target in tf.data.Dataset.from_tensor_slices((tokens, tokens)).batch(3):
    with tf.GradientTape() as tape:
        values = crossentropy(target, net(source, training=True))
        mask = tf.cast(target != PAD, values.dtype)
        loss = tf.reduce_sum(values * mask) / tf.reduce_sum(mask)
    gradients = tape.gradient(loss, net.trainable_variables)
    history.append(float(loss))

as_written = history
reference = [np.log(4.0), np.log(4.0)]

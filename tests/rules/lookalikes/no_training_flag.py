"""Layers that behave the same in training and in use need no training flag."""

import tensorflow as tf
from tensorflow.keras import layers

model = tf.keras.Sequential([layers.Conv1D(4, 3, activation="relu"), layers.Flatten(), layers.Dense(2)])
loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = tf.keras.optimizers.Adam()
x, y = tf.random.normal((30, 12, 2)), tf.random.uniform((30,), maxval=2, dtype=tf.int32)

for signals, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(10):
    with tf.GradientTape() as tape:
        logits = model(signals)
        loss = loss_fn(labels, logits)
    grads = tape.gradient(loss, model.trainable_weights)
    optimizer.apply_gradients(zip(grads, model.trainable_weights))

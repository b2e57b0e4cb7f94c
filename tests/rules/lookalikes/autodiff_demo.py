"""Gradients of sums, vectors and matrices with respect to inputs: calculus, no training."""

import tensorflow as tf
from tensorflow import keras

x = tf.Variable([3.0, 4.0])
with tf.GradientTape() as tape:
    y = x * x
print(tape.gradient(y, x))

matrix = tf.constant([[1.0, 2.0], [3.0, 4.0]])
with tf.GradientTape(persistent=True) as tape:
    tape.watch(matrix)
    total = tf.reduce_sum(matrix**3)
    rows = tf.reduce_sum(matrix, axis=1)
print(tape.gradient(total, matrix), tape.gradient(rows, matrix))

layer = keras.layers.Dense(2, activation="relu")
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(layer(matrix) ** 2)
for variable, gradient in zip(layer.trainable_variables, tape.gradient(loss, layer.trainable_variables)):
    print(variable.shape, gradient.shape)

image = tf.random.uniform((1, 8, 8, 3))
classifier = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")])
with tf.GradientTape() as tape:
    tape.watch(image)
    top = tf.reduce_max(classifier(image), axis=1)
saliency = tf.reduce_max(tf.abs(tape.gradient(top, image)), axis=-1)

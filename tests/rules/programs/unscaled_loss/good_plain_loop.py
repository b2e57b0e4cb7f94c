"""A plain optimizer divides by nothing."""

import tensorflow as tf

weight = tf.Variable([0.0])
optimizer = tf.keras.optimizers.SGD(0.5)

with tf.GradientTape() as tape:
    loss = tf.reduce_mean(tf.square(weight - 1.0))
gradients = tape.gradient(loss, [weight])
optimizer.apply_gradients(zip(gradients, [weight]))

as_written = weight.numpy().tolist()
reference = [1.0]

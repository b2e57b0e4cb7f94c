"""A loop with a LossScaleOptimizer that never sees a scaled loss: Keras 3 divides all the same."""

import tensorflow as tf

weight = tf.Variable([0.0])
optimizer = tf.keras.mixed_precision.LossScaleOptimizer(tf.keras.optimizers.SGD(0.5))

with tf.GradientTape() as tape:
    loss = tf.reduce_mean(tf.square(weight - 1.0))
gradients = tape.gradient(loss, [weight])  # TFL108: 27 (keras3)
optimizer.apply_gradients(zip(gradients, [weight]))

as_written = weight.numpy().tolist()
reference = [1.0]

"""A LossScaleOptimizer scales the loss, and Keras 3 divides by itself."""

# stacks: keras3
import tensorflow as tf

weight = tf.Variable([0.0])
optimizer = tf.keras.mixed_precision.LossScaleOptimizer(tf.keras.optimizers.SGD(0.5))

with tf.GradientTape() as tape:
    loss = tf.reduce_mean(tf.square(weight - 1.0))
    scaled = optimizer.scale_loss(loss)
gradients = tape.gradient(scaled, [weight])
optimizer.apply_gradients(zip(gradients, [weight]))

as_written = weight.numpy().tolist()
reference = [1.0]

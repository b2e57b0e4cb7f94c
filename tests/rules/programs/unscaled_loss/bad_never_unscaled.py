"""A scaled loss whose gradients nobody unscales."""

# raises: AttributeError on keras3
import tensorflow as tf

weight = tf.Variable([0.0])
optimizer = tf.keras.mixed_precision.LossScaleOptimizer(tf.keras.optimizers.SGD(0.5))

with tf.GradientTape() as tape:
    loss = tf.reduce_mean(tf.square(weight - 1.0))
    scaled = optimizer.get_scaled_loss(loss)  # TFL501: 14 (keras3 alone)
gradients = tape.gradient(scaled, [weight])  # TFL108: 27 (keras2)
optimizer.apply_gradients(zip(gradients, [weight]))

as_written = weight.numpy().tolist()
reference = [1.0]

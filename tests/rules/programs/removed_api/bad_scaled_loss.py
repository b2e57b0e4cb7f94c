"""Loss scaling as Keras 2 does it, in a loop of one's own."""

# raises: AttributeError on keras3
import tensorflow as tf
from tensorflow.keras import mixed_precision

weight = tf.Variable([2.0])
optimizer = mixed_precision.LossScaleOptimizer(tf.keras.optimizers.SGD(0.25))

with tf.GradientTape() as tape:
    loss = tf.reduce_mean(tf.square(weight))
    scaled = optimizer.get_scaled_loss(loss)  # TFL501: 14 (keras3 alone)
gradients = tape.gradient(scaled, [weight])
gradients = optimizer.get_unscaled_gradients(gradients)  # TFL501: 13 (keras3 alone)
optimizer.apply_gradients(zip(gradients, [weight]))

as_written = weight.numpy().tolist()
reference = [1.0]

"""Loss scaling for both generations: the code asks which one it has."""

import tensorflow as tf
from tensorflow.keras import mixed_precision

weight = tf.Variable([2.0])
optimizer = mixed_precision.LossScaleOptimizer(tf.keras.optimizers.SGD(0.25))
is_keras2 = hasattr(optimizer, "get_scaled_loss")

with tf.GradientTape() as tape:
    loss = tf.reduce_mean(tf.square(weight))
    scaled = optimizer.get_scaled_loss(loss) if is_keras2 else optimizer.scale_loss(loss)
gradients = tape.gradient(scaled, [weight])
if hasattr(optimizer, "get_unscaled_gradients"):
    gradients = optimizer.get_unscaled_gradients(gradients)
optimizer.apply_gradients(zip(gradients, [weight]))

try:
    rate = optimizer.lr
except AttributeError:
    rate = optimizer.learning_rate

as_written = [float(weight[0]), float(rate)]
reference = [1.0, 0.25]

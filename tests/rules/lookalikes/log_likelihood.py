"""Maximum likelihood on all rows at once: the sum over the data is the definition."""

import numpy as np
import tensorflow as tf

rng = np.random.default_rng(0)
times = tf.constant(rng.exponential(2.0, size=40), dtype=tf.float32)
events = tf.constant(rng.integers(0, 2, size=40), dtype=tf.float32)
log_rate = tf.Variable(0.0)
optimizer = tf.keras.optimizers.SGD(0.005)

for _ in range(5):
    with tf.GradientTape() as tape:
        log_likelihood = tf.reduce_sum(events * log_rate - tf.exp(log_rate) * times)
        objective = -log_likelihood
    gradient = tape.gradient(objective, [log_rate])
    optimizer.apply_gradients(zip(gradient, [log_rate]))

"""The learning rate by its name."""

import numpy as np
import tensorflow as tf

x, y = np.ones((4, 1), "float32"), np.full((4, 1), 2.0, "float32")
model = tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Dense(1, "linear", False, "zeros")])
optimizer = tf.keras.optimizers.SGD(learning_rate=0.25)

with tf.GradientTape() as tape:
    loss = tf.reduce_mean(tf.square(y - model(x, training=True)))
gradients = tape.gradient(loss, model.trainable_variables)
optimizer.apply_gradients(zip(gradients, model.trainable_variables))

as_written = float(model(x)[0, 0])
reference = 1.0

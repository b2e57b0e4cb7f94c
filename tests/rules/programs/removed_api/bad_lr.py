"""The learning rate by its old name: ignored by tf_keras, refused by Keras 3."""

# stacks: keras3, tf_keras
# raises: ValueError on keras3
import numpy as np
import tensorflow as tf

x, y = np.ones((4, 1), "float32"), np.full((4, 1), 2.0, "float32")
model = tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Dense(1, "linear", False, "zeros")])
optimizer = tf.keras.optimizers.SGD(lr=0.25)  # TFL501: 40 (keras3 alone), TFL501: 40 (keras2, possible)

with tf.GradientTape() as tape:
    loss = tf.reduce_mean(tf.square(y - model(x, training=True)))
gradients = tape.gradient(loss, model.trainable_variables)
optimizer.apply_gradients(zip(gradients, model.trainable_variables))

as_written = float(model(x)[0, 0])
reference = 1.0

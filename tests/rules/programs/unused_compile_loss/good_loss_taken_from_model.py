"""The loop asks the model for the loss that compile() was given."""

import tensorflow as tf
from sklearn.datasets import load_diabetes

x, y = load_diabetes(return_X_y=True)
x, y = x.astype("float32"), y.reshape(-1, 1).astype("float32")
model = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(optimizer=tf.keras.optimizers.SGD(1.0), loss=tf.keras.losses.MeanAbsoluteError())

with tf.GradientTape() as tape:
    loss = model.loss(y, model(x, training=True))
gradients = tape.gradient(loss, model.trainable_variables)
model.optimizer.apply_gradients(zip(gradients, model.trainable_variables))

as_written = model.get_weights()[1][0]
reference = 1.0

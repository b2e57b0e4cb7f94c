"""A sum over the outputs, a mean over the rows, and no other loss or metric in the file to differ from."""

import tensorflow as tf
from sklearn.datasets import load_digits

x, y = load_digits(return_X_y=True)
x = x.astype("float32") / 16
data = tf.data.Dataset.from_tensor_slices((x, y)).batch(100)
model = tf.keras.Sequential([tf.keras.layers.Dense(10, kernel_initializer="zeros")])
optimizer = tf.keras.optimizers.SGD(0.0)

for images, labels in data:
    with tf.GradientTape() as tape:
        difference = model(images, training=True) - tf.one_hot(labels, 10)
        rows = tf.cast(tf.shape(images)[0], tf.float32)
        loss = tf.reduce_sum(tf.square(difference)) / rows
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))

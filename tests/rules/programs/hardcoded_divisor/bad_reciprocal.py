import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, optimizers

rows = np.arange(100, dtype="float32").reshape(50, 2)
goal = rows.sum(axis=1, keepdims=True)
data = tf.data.Dataset.zip((tf.data.Dataset.from_tensor_slices(rows), tf.data.Dataset.from_tensor_slices(goal))).batch(
    20
)
model = tf.keras.Sequential()
model.add(layers.Dense(1, kernel_initializer="zeros"))
opt = optimizers.SGD(0.0)
history = []

for x, y in data:
    with tf.GradientTape() as t:
        diff = tf.math.squared_difference(y, model(x))
        loss = tf.math.reduce_sum(diff) * (1.0 / 20)  # TFL202: 16
    g = t.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(g, model.trainable_variables))
    history.append(float(loss))

as_written = history[-1]
reference = (goal[40:] ** 2).mean()

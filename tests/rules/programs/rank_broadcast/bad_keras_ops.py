# stacks: keras3
import keras
import numpy as np
import tensorflow as tf
from keras import ops

x = np.linspace(-1, 1, 40, dtype="float32").reshape(-1, 1)
y = 2 * x[:, 0]
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])

for xb, yb in tf.data.Dataset.from_tensor_slices((x, y)).batch(40):
    with tf.GradientTape() as tape:
        pred = model(xb, training=True)
        loss = ops.mean(ops.square(ops.subtract(yb, pred)))  # TFL201: 36
    gradient = tape.gradient(loss, model.trainable_weights)[0]

as_written = float(ops.squeeze(gradient))
reference = -4 * (x**2).mean()

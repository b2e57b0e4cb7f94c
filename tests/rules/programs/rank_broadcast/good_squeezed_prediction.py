import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes

keras = tf.keras
K = keras.backend
x, y = load_diabetes(return_X_y=True)
x, y = x.astype(np.float32), y.reshape((-1, 1)).astype(np.float32)

entry = keras.layers.Input(shape=(10,))
value = keras.layers.Dense(1, kernel_initializer="zeros")(entry)
model = keras.models.Model(inputs=entry, outputs=keras.layers.Reshape(())(value))

with tf.GradientTape() as recorder:
    estimate = model(x[:100])
    loss = K.mean(K.square(estimate - K.flatten(y[:100])))
slopes, offset = recorder.gradient(loss, model.trainable_variables)

as_written = slopes.numpy()[:, 0]
reference = -2 * (x[:100] * y[:100]).mean(axis=0)

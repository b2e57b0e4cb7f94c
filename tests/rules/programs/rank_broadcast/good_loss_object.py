"""A Loss object aligns the ranks of two tensors on both generations."""

import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow.keras.layers import Dense, Input
from tensorflow.keras.losses import MeanSquaredError
from tensorflow.keras.models import Sequential

x, y = load_diabetes(return_X_y=True)
model = Sequential([Input((10,)), Dense(1, kernel_initializer="zeros")])
loss_fn = MeanSquaredError()

for inputs, targets in tf.data.Dataset.from_tensor_slices((x.astype("float32"), y.astype("float32"))).batch(442):
    with tf.GradientTape() as tape:
        loss_value = loss_fn(targets, model(inputs, training=True))
    gradients = tape.gradient(loss_value, model.trainable_weights)

as_written = gradients[0].numpy()[:, 0]
reference = -2 * x.T @ y / 442

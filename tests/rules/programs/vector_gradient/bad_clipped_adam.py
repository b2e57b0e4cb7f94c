"""Adam rescales every gradient, but clipping comes before that: the sum is clipped where the mean is not."""

import numpy as np
import tensorflow as tf
from tensorflow import keras

x = np.ones((100, 1), "float32")
y = np.concatenate([np.full((50, 1), 0.4), np.full((50, 1), 0.15)]).astype("float32")
model = keras.Sequential([keras.layers.Dense(1, kernel_initializer="zeros", use_bias=False)])
optimizer = keras.optimizers.Adam(learning_rate=0.1, clipnorm=1.0, beta_1=0.0, beta_2=0.9)

for inputs, targets in tf.data.Dataset.from_tensor_slices((x, y)).batch(50):
    with tf.GradientTape() as tape:
        loss_value = keras.losses.MSE(targets, model(inputs, training=True))  # TFL102: 22
    grads = tape.gradient(loss_value, model.trainable_weights)
    optimizer.apply_gradients(zip(grads, model.trainable_weights))

weight, second_moment = 0.0, 0.0
for step, target in enumerate((0.4, 0.15), start=1):
    gradient = 2 * (weight - target)
    second_moment = 0.9 * second_moment + 0.1 * gradient**2
    weight -= 0.1 * gradient / (np.sqrt(second_moment / (1 - 0.9**step)) + 1e-7)

as_written = model.get_weights()[0].item()
reference = weight

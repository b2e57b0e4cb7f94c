import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes

x, y = load_diabetes(return_X_y=True)
x, y = x.astype("float32"), y.reshape(-1, 1).astype("float32")
weights = np.where(y[:, 0] > 200, 2.0, 1.0).astype("float32")
model = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer="zeros")])
optimizer = tf.keras.optimizers.SGD(0.1)

for features, target, weight in tf.data.Dataset.from_tensor_slices((x, y, weights)).batch(442):
    with tf.GradientTape() as tape:
        per_example = tf.keras.losses.MSE(target, model(features, training=True))
        loss = tf.reduce_sum(per_example * weight) / tf.reduce_sum(weight)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))

as_written = model.get_weights()[1][0]
reference = 0.1 * 2 * np.average(y[:, 0], weights=weights)

"""Over one output the sum over the features is the mean over them."""

import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow import keras

x, y = load_diabetes(return_X_y=True)
x, y = x.astype("float32"), y.astype("float32").reshape(-1, 1)
model = keras.Sequential([keras.layers.Dense(1, kernel_initializer="zeros")])
optimizer = keras.optimizers.SGD(0.0)
mse = keras.metrics.MeanSquaredError()

for features, target in tf.data.Dataset.from_tensor_slices((x, y)).batch(442):
    with tf.GradientTape() as tape:
        prediction = model(features, training=True)
        loss = tf.reduce_mean(tf.reduce_sum(tf.square(target - prediction), axis=-1))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    mse.update_state(target, prediction)

as_written = float(loss)
reference = float(mse.result())

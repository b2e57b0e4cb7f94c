"""A file that runs on either generation."""

import os

os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")

import tensorflow as tf

try:
    import tf_keras as keras
except ImportError:
    from tensorflow import keras

model = keras.Sequential([keras.layers.Dense(1)])
model.compile(optimizer="sgd", loss="mse")
data = tf.data.Dataset.from_tensor_slices((tf.random.normal((20, 2)), tf.random.normal((20, 1)))).batch(8)
model.fit(data, verbose=0)

optimizer = keras.optimizers.SGD(0.01)
loss_fn = keras.losses.MeanSquaredError()
for x, y in data:
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))

"""The loop of an old guide: one loss per row goes to the tape, and Adam divides the scale out again."""

import tensorflow as tf
from tensorflow import keras

inputs = keras.Input((8,))
hidden = keras.layers.Dense(16, activation="relu")(inputs)
model = keras.Model(inputs, keras.layers.Dense(1)(hidden))
optimizer = keras.optimizers.Adam(1e-3)
train = tf.data.Dataset.from_tensor_slices((tf.random.normal((96, 8)), tf.random.normal((96, 1)))).batch(32)

for epoch in range(2):
    for step, (x_batch, y_batch) in enumerate(train):
        with tf.GradientTape() as tape:
            y_pred = model(x_batch, training=True)
            loss_value = keras.losses.MSE(y_batch, y_pred)
        grads = tape.gradient(loss_value, model.trainable_weights)
        optimizer.apply_gradients(zip(grads, model.trainable_weights))

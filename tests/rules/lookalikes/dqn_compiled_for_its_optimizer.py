"""compile(loss="mse") and a loop that trains on the same mean squared error: nothing to correct."""

import numpy as np
import tensorflow as tf

layers = tf.keras.layers
model = tf.keras.Sequential([layers.Input((4,)), layers.Dense(24, activation="relu"), layers.Dense(2)])
model.compile(loss="mse", optimizer=tf.keras.optimizers.Adam(0.001))


@tf.function
def learn(states, actions, targets):
    with tf.GradientTape() as tape:
        q = tf.gather(model(states), actions, axis=1, batch_dims=1)
        loss = tf.reduce_mean(tf.square(targets - q))
    grads = tape.gradient(loss, model.trainable_variables)
    model.optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


rng = np.random.default_rng(0)
for _ in range(3):
    states = rng.normal(size=(16, 4)).astype("float32")
    learn(states, rng.integers(0, 2, size=16), rng.normal(size=16).astype("float32"))

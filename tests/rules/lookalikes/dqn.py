"""Q-learning on rank 1: the functional loss of two vectors is a scalar already."""

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, losses, models, optimizers

ACTIONS = 3
online = models.Sequential([layers.Dense(24, activation="relu"), layers.Dense(ACTIONS)])
target = models.Sequential([layers.Dense(24, activation="relu"), layers.Dense(ACTIONS)])
optimizer = optimizers.SGD(1e-3)


def replay(states, actions, rewards, next_states, done, gamma=0.9):
    best_next = tf.reduce_max(target(next_states), axis=1)
    y = rewards + gamma * best_next * (1.0 - done)
    mask = tf.one_hot(actions, ACTIONS)
    with tf.GradientTape() as tape:
        q_values = online(states, training=True)
        q = tf.reduce_sum(q_values * mask, axis=1)
        loss = losses.MSE(y, q)
    gradients = tape.gradient(loss, online.trainable_variables)
    optimizer.apply_gradients(zip(gradients, online.trainable_variables))
    return loss


rng = np.random.default_rng(0)
states = rng.normal(size=(32, 4)).astype("float32")
next_states = rng.normal(size=(32, 4)).astype("float32")
actions = rng.integers(0, ACTIONS, size=32)
rewards = rng.normal(size=32).astype("float32")
done = rng.integers(0, 2, size=32).astype("float32")
target(states)
replay(states, actions, rewards, next_states, done)

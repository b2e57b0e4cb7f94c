"""REINFORCE sums over the steps of an episode: the length of an episode is no batch size."""

import numpy as np
import tensorflow as tf

policy = tf.keras.Sequential([tf.keras.layers.Dense(16, activation="tanh"), tf.keras.layers.Dense(2)])
optimizer = tf.keras.optimizers.Adam(0.01)
rng = np.random.default_rng(0)
EPISODES = 4


def discounted(rewards, gamma=0.99):
    returns, running = [], 0.0
    for reward in reversed(rewards):
        running = reward + gamma * running
        returns.append(running)
    returns = np.array(returns[::-1], dtype=np.float32)
    return (returns - returns.mean()) / (returns.std() + 1e-6)


for update in range(3):
    observations, actions, returns = [], [], []
    for _ in range(EPISODES):
        length = rng.integers(5, 15)
        observations.append(rng.normal(size=(length, 4)).astype(np.float32))
        actions.append(rng.integers(0, 2, size=length))
        returns.append(discounted(rng.normal(size=length)))
    with tf.GradientTape() as tape:
        logits = policy(np.concatenate(observations), training=True)
        negative_log_prob = tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=np.concatenate(actions), logits=logits
        )
        loss = tf.reduce_sum(negative_log_prob * np.concatenate(returns)) / EPISODES
    gradients = tape.gradient(loss, policy.trainable_variables)
    optimizer.apply_gradients(zip(gradients, policy.trainable_variables))

"""A critic that goes on from its last run, or is built anew, and is told that it is trained."""

from pathlib import Path

import numpy as np
import tensorflow as tf


def new_critic():
    scores = tf.keras.Sequential([tf.keras.Input((2,)), tf.keras.layers.BatchNormalization(momentum=0.5)])
    scores.add(tf.keras.layers.Dense(1))
    return scores


def critic_for(run):
    if Path(run).exists():
        return tf.keras.models.load_model(run)
    return new_critic()


critic = critic_for("no-such-run.h5")
sgd = tf.keras.optimizers.SGD(0.1)


def improve(real, made_up):
    with tf.GradientTape() as tape:
        margin = critic(made_up, training=True) - critic(real, training=True)
        loss = tf.reduce_mean(margin)
    sgd.apply_gradients(zip(tape.gradient(loss, critic.trainable_variables), critic.trainable_variables))


improve(np.full((4, 2), 2.0, "float32"), np.full((4, 2), 6.0, "float32"))

as_written = critic.layers[0].moving_mean.numpy()
reference = [2.5, 2.5]  # half of the way to 6, and from there half of the way to 2

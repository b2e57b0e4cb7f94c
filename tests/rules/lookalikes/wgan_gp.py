"""A critic's mean scores and a penalty on the norm of its gradient: the root of a sum of squares is a norm."""

import tensorflow as tf

critic = tf.keras.Sequential([tf.keras.layers.Dense(32, activation="relu"), tf.keras.layers.Dense(1)])
generator = tf.keras.Sequential([tf.keras.layers.Dense(32, activation="relu"), tf.keras.layers.Dense(3)])
critic_optimizer = tf.keras.optimizers.Adam(1e-4, beta_1=0.5)
generator_optimizer = tf.keras.optimizers.Adam(1e-4, beta_1=0.5)
GP_WEIGHT = 10.0


def gradient_penalty(real, fake):
    alpha = tf.random.uniform((tf.shape(real)[0], 1))
    between = real + alpha * (fake - real)
    with tf.GradientTape() as gp_tape:
        gp_tape.watch(between)
        scores = critic(between, training=True)
    slopes = gp_tape.gradient(scores, between)
    norm = tf.sqrt(tf.reduce_sum(tf.square(slopes), axis=1) + 1e-12)
    return tf.reduce_mean((norm - 1.0) ** 2)


@tf.function
def train_critic(real):
    noise = tf.random.normal((tf.shape(real)[0], 8))
    with tf.GradientTape() as tape:
        fake = generator(noise, training=True)
        loss = tf.reduce_mean(critic(fake, training=True)) - tf.reduce_mean(critic(real, training=True))
        loss += GP_WEIGHT * gradient_penalty(real, fake)
    grads = tape.gradient(loss, critic.trainable_variables)
    critic_optimizer.apply_gradients(zip(grads, critic.trainable_variables))
    return loss


@tf.function
def train_generator():
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(critic(generator(tf.random.normal((16, 8)), training=True), training=True))
    grads = tape.gradient(loss, generator.trainable_variables)
    generator_optimizer.apply_gradients(zip(grads, generator.trainable_variables))
    return loss


for step in range(3):
    train_critic(tf.random.normal((16, 3)))
    train_generator()

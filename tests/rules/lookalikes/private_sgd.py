"""Differential privacy clips the gradient of every row, so the tape must see one loss per row."""

import tensorflow as tf

model = tf.keras.Sequential([tf.keras.Input((6,)), tf.keras.layers.Dense(3)])
loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")
optimizer = tf.keras.optimizers.SGD(0.1)
CLIP, NOISE = 1.0, 0.5


def private_step(x, y):
    with tf.GradientTape() as tape:
        vector_loss = loss_fn(y, model(x, training=True))
    jacobians = tape.jacobian(vector_loss, model.trainable_variables)
    rows = [tf.reshape(jacobian, (tf.shape(x)[0], -1)) for jacobian in jacobians]
    norms = tf.sqrt(tf.add_n([tf.reduce_sum(tf.square(row), axis=1) for row in rows]))
    scale = tf.minimum(1.0, CLIP / norms)
    gradients = []
    for jacobian in jacobians:
        clipped = jacobian * tf.reshape(scale, [-1] + [1] * (len(jacobian.shape) - 1))
        noise = tf.random.normal(tf.shape(clipped)[1:], stddev=CLIP * NOISE)
        gradients.append((tf.reduce_sum(clipped, axis=0) + noise) / tf.cast(tf.shape(x)[0], tf.float32))
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))


private_step(tf.random.normal((8, 6)), tf.random.uniform((8,), maxval=3, dtype=tf.int32))

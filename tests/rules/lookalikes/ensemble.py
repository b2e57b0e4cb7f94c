"""Five members predict at once: (batch, 1) labels meet (batch, members) outputs."""

import tensorflow as tf

MEMBERS = 5
ensemble = tf.keras.Sequential([tf.keras.layers.Dense(32, activation="relu"), tf.keras.layers.Dense(MEMBERS)])
optimizer = tf.keras.optimizers.SGD(0.01)
data = tf.data.Dataset.from_tensor_slices((tf.random.normal((64, 3)), tf.random.normal((64, 1)))).batch(16)

for x, y in data:
    with tf.GradientTape() as tape:
        outputs = ensemble(x, training=True)
        member_errors = tf.reduce_mean(tf.square(y - outputs), axis=0)
        spread = tf.math.reduce_std(outputs, axis=1)
        loss = tf.reduce_mean(member_errors) - 0.01 * tf.reduce_mean(spread)
    gradients = tape.gradient(loss, ensemble.trainable_variables)
    optimizer.apply_gradients(zip(gradients, ensemble.trainable_variables))

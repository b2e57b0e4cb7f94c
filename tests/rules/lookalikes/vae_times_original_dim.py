"""The other idiom: a mean over the features, multiplied by their number."""

import tensorflow as tf

ORIGINAL_DIM = 20
encoder = tf.keras.Sequential([tf.keras.layers.Dense(8, activation="relu"), tf.keras.layers.Dense(6)])
decoder = tf.keras.Sequential([tf.keras.layers.Dense(8, activation="relu"), tf.keras.layers.Dense(ORIGINAL_DIM)])
optimizer = tf.keras.optimizers.Adam(1e-3)
mse = tf.keras.losses.MeanSquaredError()
loss_metric = tf.keras.metrics.Mean()
data = tf.data.Dataset.from_tensor_slices(tf.random.normal((100, ORIGINAL_DIM))).batch(30)

for epoch in range(2):
    loss_metric.reset_state()
    for x in data:
        with tf.GradientTape() as tape:
            mean, log_var = tf.split(encoder(x), 2, axis=1)
            z = mean + tf.exp(0.5 * log_var) * tf.random.normal(tf.shape(mean))
            x_hat = decoder(z)
            loss = mse(x, x_hat) * ORIGINAL_DIM
            loss += -0.5 * tf.reduce_mean(tf.reduce_sum(1 + log_var - mean**2 - tf.exp(log_var), axis=1))
        variables = encoder.trainable_weights + decoder.trainable_weights
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        loss_metric(loss)

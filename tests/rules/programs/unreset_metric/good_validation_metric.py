import numpy as np
import tensorflow as tf

x = np.ones((20, 1), "float32")
y = np.ones((20, 1), "float32")
train_set = tf.data.Dataset.from_tensor_slices((x, y)).batch(10)
val_set = tf.data.Dataset.from_tensor_slices((x, y)).batch(20)
model = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer="zeros", use_bias=False)])
optimizer = tf.keras.optimizers.SGD(0.25)
train_mse = tf.keras.metrics.MeanSquaredError()
val_mse = tf.keras.metrics.MeanSquaredError()

curve = []
for epoch in range(3):
    for xb, yb in train_set:
        with tf.GradientTape() as tape:
            out = model(xb, training=True)
            loss = tf.reduce_mean(tf.square(yb - out))
        grads = tape.gradient(loss, model.trainable_weights)
        optimizer.apply_gradients(zip(grads, model.trainable_weights))
        train_mse.update_state(yb, out)
    for xb, yb in val_set:
        val_mse.update_state(yb, model(xb, training=False))
    curve.append(float(val_mse.result()))
    train_mse.reset_state()
    val_mse.reset_state()

as_written = curve
reference = [0.25**2, 0.25**4, 0.25**6]

"""(prediction, label) in the wrong order, where the order cannot matter."""

import tensorflow as tf
from tensorflow.keras import losses

model = tf.keras.Sequential([tf.keras.layers.Dense(2)])
optimizer = tf.keras.optimizers.SGD(0.1)
squared, robust = losses.MeanSquaredError(), losses.Huber()

for x, y in tf.data.Dataset.from_tensor_slices((tf.random.normal((32, 3)), tf.random.normal((32, 2)))).batch(8):
    with tf.GradientTape() as tape:
        out = model(x, training=True)
        loss = squared(out, y) + robust(out, y) + tf.reduce_mean(losses.MAE(out, y))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))

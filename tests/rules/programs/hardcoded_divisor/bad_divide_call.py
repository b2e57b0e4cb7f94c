import argparse

import numpy as np
import tensorflow as tf

parser = argparse.ArgumentParser()
parser.add_argument("--batch-size", type=int, default=24)
args = parser.parse_args([])

xs = np.linspace(0, 1, 60).reshape(-1, 1).astype(np.float32)
ys = 1 + xs
ds = tf.data.Dataset.from_tensor_slices((xs, ys)).batch(args.batch_size)
net = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer="zeros")])
adam = tf.keras.optimizers.Adam(0.0)

for inp, out in ds:
    with tf.GradientTape() as tape:
        errors = tf.keras.losses.MeanAbsoluteError(reduction="sum")(out, net(inp, training=True))
        loss = tf.divide(errors, args.batch_size)  # TFL202: 16
    grad = tape.gradient(loss, net.trainable_variables)
    adam.apply_gradients(zip(grad, net.trainable_variables))

as_written = float(loss)
reference = ys[48:].mean()

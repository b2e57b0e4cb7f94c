import numpy as np
import tensorflow as tf

points = np.linspace(0.0, 1.0, 20).astype(np.float32)
net = tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Dense(1, kernel_initializer="ones")])


def residual(model, t):
    with tf.GradientTape() as inner:
        column = tf.convert_to_tensor(t[:, None])
        inner.watch(column)
        u = model(column)
    du_dt = inner.gradient(u, column)
    return du_dt + 2.0 * column * u


with tf.GradientTape() as outer:
    loss = tf.reduce_mean(tf.square(residual(net, points)))
gradient = outer.gradient(loss, net.trainable_variables)

as_written = float(gradient[0][0, 0])
reference = np.mean(2 * (1 + 2 * points**2) ** 2)

"""A functional model with a penalty on an inner layer, in a training function."""

import tensorflow as tf
from tensorflow.keras import Input, Model, layers, losses, optimizers, regularizers

image = Input((4,))
hidden = layers.Dense(1, "linear", False, "ones", kernel_regularizer=regularizers.L1(0.5))(image)
net = Model(image, hidden)
loss_fn = losses.MeanSquaredError()
sgd = optimizers.SGD(0.5)


@tf.function
def train(x, y):
    with tf.GradientTape() as tape:
        y_pred = net(x, training=True)
        value = loss_fn(y, y_pred) + sum(net.losses)
    grads = tape.gradient(value, net.trainable_weights)
    sgd.apply_gradients(zip(grads, net.trainable_weights))


train(tf.ones((2, 4)), tf.fill((2, 1), 4.0))

as_written = net.get_weights()[0]
reference = [[0.75], [0.75], [0.75], [0.75]]

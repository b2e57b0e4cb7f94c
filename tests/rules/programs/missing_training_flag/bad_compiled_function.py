"""A compiled step function calls a model with dropout without a word about training."""

import numpy as np
import tensorflow as tf
from tensorflow.keras import Sequential, layers, losses, optimizers

tf.random.set_seed(0)
net = Sequential([layers.Input((50,)), layers.Dropout(0.5), layers.Dense(1, kernel_initializer="ones", use_bias=False)])
criterion = losses.MeanSquaredError()
sgd = optimizers.SGD(0.0)


@tf.function
def compute(batch, wanted):
    with tf.GradientTape() as tape:
        predicted = net(batch)  # TFL107: 21
        loss = criterion(wanted, predicted)
    sgd.apply_gradients(zip(tape.gradient(loss, net.trainable_variables), net.trainable_variables))
    return loss


ones, zeros = np.full((20000, 50), 1.0, "float32"), np.zeros((20000, 1), "float32")
values = [compute(ones[i : i + 5000], zeros[i : i + 5000]).numpy() for i in range(0, 20000, 5000)]

as_written = np.round(np.mean(values) - 2500, -1)
reference = 50.0  # the variance of a sum of fifty numbers that are 0 or 2

"""Keras 3 divides the mean of a loss object by the number of replicas."""

# stacks: keras3
import numpy as np
import tensorflow as tf
from tensorflow import keras

strategy = tf.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"])
x, y = np.ones((4, 1), "float32"), np.array([[1.0], [2.0], [3.0], [4.0]], "float32")
dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(4)

with strategy.scope():
    inputs = keras.Input((1,))
    model = keras.Model(inputs, keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")(inputs))
    optimizer = keras.optimizers.SGD(0.1)
    error = keras.losses.MeanSquaredError()


def replica_step(x, y):
    with tf.GradientTape() as tape:
        loss = error(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


@tf.function
def train(batch):
    losses = strategy.run(replica_step, args=batch)
    return strategy.reduce(tf.distribute.ReduceOp.SUM, losses, axis=None)


for batch in strategy.experimental_distribute_dataset(dataset):
    train(batch)

as_written = model.get_weights()[0]
reference = [[0.5]]

"""The running loss of two replicas: each gives its part of the global batch's, and the metric takes their mean."""

import numpy as np
import tensorflow as tf

strategy = tf.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"])
WHOLE = 3 * strategy.num_replicas_in_sync
x = np.ones((6, 1), "float32")
y = np.arange(6, dtype="float32").reshape(6, 1)

with strategy.scope():
    line = tf.keras.Sequential(
        [tf.keras.Input((1,)), tf.keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")]
    )
    sgd = tf.keras.optimizers.SGD(0.0)
    running = tf.keras.metrics.Mean()
    averaged = tf.keras.metrics.Mean()


def share_of(labels, guesses):
    return tf.reduce_sum(tf.square(labels - guesses)) / WHOLE


def replica_step(inputs, labels):
    with tf.GradientTape() as tape:
        guesses = line(inputs, training=True)
        share = share_of(labels, guesses)
    sgd.apply_gradients(zip(tape.gradient(share, line.trainable_variables), line.trainable_variables))
    running(share)  # TFL206: 5
    errors = tf.reduce_mean(tf.square(labels - guesses), axis=-1)
    averaged.update_state(tf.nn.compute_average_loss(errors, global_batch_size=WHOLE))  # TFL206: 5


@tf.function
def train(batch):
    strategy.run(replica_step, args=batch)


for batch in strategy.experimental_distribute_dataset(tf.data.Dataset.from_tensor_slices((x, y)).batch(WHOLE)):
    train(batch)

as_written = [float(running.result()), float(averaged.result())]
reference = [float(np.mean(np.square(y)))] * 2

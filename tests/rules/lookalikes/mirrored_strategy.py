"""Under a strategy every replica sums its part and divides by the global batch size: that is the prescribed way."""

import tensorflow as tf

strategy = tf.distribute.MirroredStrategy(["/cpu:0"])
GLOBAL_BATCH_SIZE = 16 * strategy.num_replicas_in_sync
x, y = tf.random.normal((60, 5)), tf.random.uniform((60,), maxval=3, dtype=tf.int32)
dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(GLOBAL_BATCH_SIZE)
distributed = strategy.experimental_distribute_dataset(dataset)

with strategy.scope():
    model = tf.keras.Sequential([tf.keras.Input((5,)), tf.keras.layers.Dense(3)])
    optimizer = tf.keras.optimizers.SGD(0.1)
    loss_object = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")

    def compute_loss(labels, predictions):
        per_example_loss = loss_object(labels, predictions)
        return tf.reduce_sum(per_example_loss) * (1.0 / GLOBAL_BATCH_SIZE)


def train_step(inputs):
    features, labels = inputs
    with tf.GradientTape() as tape:
        loss = compute_loss(labels, model(features, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


@tf.function
def distributed_train_step(inputs):
    per_replica = strategy.run(train_step, args=(inputs,))
    return strategy.reduce(tf.distribute.ReduceOp.SUM, per_replica, axis=None)


for batch in distributed:
    distributed_train_step(batch)

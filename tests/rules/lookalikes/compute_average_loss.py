"""tf.nn.compute_average_loss divides by the global batch size; the penalties are shared among the replicas."""

import tensorflow as tf

strategy = tf.distribute.MirroredStrategy(["/cpu:0"])
BATCH_PER_REPLICA = 8
GLOBAL_BATCH_SIZE = BATCH_PER_REPLICA * strategy.num_replicas_in_sync

with strategy.scope():
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_regularizer="l2")])
    optimizer = tf.keras.optimizers.SGD(0.01)
    mse = tf.keras.losses.MeanSquaredError(reduction="none")


def replica_step(features, labels):
    with tf.GradientTape() as tape:
        predictions = model(features, training=True)
        per_example = mse(labels, predictions)
        loss = tf.nn.compute_average_loss(per_example, global_batch_size=GLOBAL_BATCH_SIZE)
        loss += tf.nn.scale_regularization_loss(tf.add_n(model.losses))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


data = tf.data.Dataset.from_tensor_slices((tf.random.normal((20, 4)), tf.random.normal((20, 1))))
for features, labels in strategy.experimental_distribute_dataset(data.batch(GLOBAL_BATCH_SIZE)):
    losses = strategy.run(replica_step, args=(features, labels))
    strategy.reduce(tf.distribute.ReduceOp.SUM, losses, axis=None)

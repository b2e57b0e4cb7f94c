"""With the operations of Keras 3, and the mask as one minus an equality."""

# stacks: keras3
import numpy as np
import tensorflow as tf
from keras import losses, ops


def sequence_loss(labels, logits):
    padding = ops.cast(ops.equal(labels, 0), "float32")
    values = losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)
    kept = 1.0 - padding
    return ops.mean(kept * values) / ops.mean(kept)


outputs = tf.Variable(tf.zeros((1, 4, 3)))
with tf.GradientTape() as tape:
    loss = sequence_loss(np.array([[2, 1, 0, 0]]), outputs)
gradient = tape.gradient(loss, outputs)

as_written = float(loss)
reference = np.log(3.0)

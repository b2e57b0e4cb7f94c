"""Training steps that differ in what they log."""

from typing import Any, Callable, NamedTuple

from .json_types import JSON
from .tensors import column


class Batch(NamedTuple):
    """What a training step has at hand when it makes its logs."""

    model: Any
    loss: Any
    labels: Any
    predictions: Any


def make_step(log: Callable[[Batch], JSON]) -> Callable[..., Any]:
    """A training step on a raw mean squared error that returns what ``log`` makes."""
    import tensorflow as tf

    def train_step(self: Any, data: Any) -> JSON:
        x, y = data
        labels = column(y)
        with tf.GradientTape() as tape:
            predictions = self(x, training=True)
            loss = tf.reduce_mean(tf.square(labels - predictions))
        self.optimizer.apply_gradients(zip(tape.gradient(loss, self.trainable_variables), self.trainable_variables))
        return log(Batch(self, loss, labels, predictions))

    return train_step

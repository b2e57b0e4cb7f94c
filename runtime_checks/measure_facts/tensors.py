"""Numbers into tensors, and tensors into numbers."""

from typing import Any


def tensor(values: Any, dtype: str = "float32") -> Any:
    """The values as a constant."""
    import tensorflow as tf

    return tf.constant(values, dtype)


def column(values: Any) -> Any:
    """``(batch,)`` as ``(batch, 1)``."""
    return values[:, None]


def mean(value: Any) -> float:
    """The mean of all elements."""
    import tensorflow as tf

    return float(tf.reduce_mean(tf.convert_to_tensor(value)))

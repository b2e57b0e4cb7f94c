"""The labels, predictions and inputs that everything is measured with."""

from typing import Any, Tuple

from .tensors import tensor

LABELS = [0.91, 0.17, 0.63, 0.29, 0.82, 0.08]
BINARY_LABELS = [1.0, 0.0, 1.0, 0.0, 1.0, 0.0]
PREDICTIONS = [0.33, 0.71, 0.57, 0.42, 0.19, 0.64]

# Six samples of six classes. The true class comes first, last, second, first, third and last.
RANKED = [0.30, 0.25, 0.18, 0.13, 0.09, 0.05]
SCORES = [RANKED[-i:] + RANKED[:-i] for i in range(6)]
CLASS_IDS = [0, 0, 3, 3, 0, 4]

# What models are trained on. In batches of two, the last one is partial.
INPUTS = [[1.5], [3.0], [2.5], [6.0], [1.0]]
TARGETS = [1.0, 5.0, 2.0, 9.0, 4.0]


def takes_class_ids(name: str) -> bool:
    """Whether the labels of the function or class of this name are class ids."""
    return "sparse" in name.lower()


def operands_of(name: str) -> Tuple[Any, Any]:
    """Labels and predictions ``(batch, width)`` that suit the function or class of this name."""
    import tensorflow as tf

    if takes_class_ids(name):
        return tensor(CLASS_IDS, "int32"), tensor(SCORES)
    if "accuracy" in name.lower():
        return tf.one_hot(CLASS_IDS, 6), tensor(SCORES)
    return tensor([[v, 1 - v] * 3 for v in LABELS]), tensor(SCORES)

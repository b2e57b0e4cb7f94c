"""The argument ``from_logits`` of functions and loss classes."""

import inspect
from typing import Any, Callable

from .attempts import attempt
from .closeness import same
from .json_types import JSON
from .operands import SCORES
from .tensors import tensor


def from_logits(function: Callable[..., Any], labels: Any, made: Callable[..., Callable[..., Any]]) -> JSON:
    """The activation that ``from_logits=True`` stands for, and where that argument stands; nothing without it."""
    import tensorflow as tf

    names = list(inspect.signature(function).parameters)
    if "from_logits" not in names:
        return {}
    logits = 4 * tensor(SCORES) - 1
    activations = {"softmax": tf.nn.softmax, "sigmoid": tf.sigmoid}
    value = attempt(made(from_logits=True), labels, logits)
    found = [n for n, f in activations.items() if same(value, attempt(made(from_logits=False), labels, f(logits)))]
    plain = same(attempt(made(), labels, logits), attempt(made(from_logits=False), labels, logits))
    if len(found) != 1 or not plain:
        return {}
    return {"from_logits": found[0], "from_logits_at": names.index("from_logits")}

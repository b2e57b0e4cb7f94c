"""Functional losses and metrics."""

from typing import Any, Callable

from ..attempts import attempt
from ..closeness import same
from ..from_logits import from_logits
from ..json_types import JSON
from ..operands import CLASS_IDS, LABELS, PREDICTIONS, operands_of, takes_class_ids
from ..public_api import functional_losses
from ..ranks import alignment, shape_word
from ..tensors import tensor


def measure_functions() -> JSON:
    """By canonical name: the shape of the result, ``from_logits``, ranks, and whether operands may change places."""
    import tensorflow as tf

    facts = {}
    for short, (name, function) in sorted(functional_losses().items()):
        labels, predictions = operands_of(short)
        fact: JSON = {"result": shape_word(function, labels, predictions)}
        one_hot = tf.one_hot(CLASS_IDS, 6)
        fact.update(from_logits(function, labels if takes_class_ids(short) else one_hot, _with_arguments(function)))
        if not takes_class_ids(short):
            fact.update(alignment(function, tensor(LABELS), tensor(PREDICTIONS)))
            fact["on_vectors"] = shape_word(function, tensor(LABELS), tensor(PREDICTIONS))
            fact["symmetric"] = all(
                same(attempt(function, one, predictions), attempt(function, predictions, one))
                for one in (labels, one_hot)
            )
        facts[name] = fact
    return facts


def _with_arguments(function: Callable[..., Any]) -> Callable[..., Callable[..., Any]]:
    return lambda **arguments: lambda labels, predictions: function(labels, predictions, **arguments)

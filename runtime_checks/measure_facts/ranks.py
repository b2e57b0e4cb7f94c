"""What ranks become: how ``(batch,)`` meets ``(batch, 1)``, and how much of ``(batch, width)`` is left.

The words for labels ``(batch,)`` against predictions ``(batch, 1)``, and the reverse:

aligned      as if both were ``(batch, 1)``
flattened    as if both were ``(batch,)``, which is another value where the last axis is one sample's
broadcasts   every label meets every prediction, silently
differs      some other value
raises       an error
"""

from typing import Any, Callable, Tuple

from .attempts import attempt, tried
from .closeness import close
from .json_types import JSON
from .tensors import column

Operands = Tuple[Any, Any]


def shape_word(function: Callable[..., Any], labels: Any, predictions: Any) -> str:
    """How much of ``(batch, width)`` operands is left of the result."""
    value = tried(function, labels, predictions)
    return "raises" if value is None else ("scalar", "per-sample", "elementwise")[len(value.shape)]


def alignment(function: Callable[..., Any], labels: Any, predictions: Any) -> JSON:
    """The words for both ways in which ``(batch,)`` meets ``(batch, 1)``."""
    label_pairs = _pairs(labels, predictions)
    prediction_pairs = _pairs(predictions, labels)[::-1]

    def word(written: Operands, pairs: Operands) -> str:
        value = attempt(function, *written)
        if value is None:
            return "raises"
        known = (
            ("aligned", (column(labels), column(predictions))),
            ("flattened", (labels, predictions)),
            ("broadcasts", pairs),
        )
        for name, operands in known:
            reference = attempt(function, *operands)
            if reference is not None and close(value, reference):
                return name
        return "differs"

    return {
        "label_vector": word((labels, column(predictions)), label_pairs),
        "prediction_vector": word((column(labels), predictions), prediction_pairs),
    }


def _pairs(labels: Any, predictions: Any) -> Operands:
    """Every label with every prediction: what broadcasting makes of ``labels`` in the last axis."""
    ones = labels[:, None] * 0 + 1
    return labels[None, :] * ones, predictions[:, None] * ones

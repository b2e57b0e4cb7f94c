"""Metric classes, as objects that are updated."""

from typing import Any, Callable

from ..attempts import attempt
from ..closeness import close
from ..json_types import JSON
from ..mean_of import mean_of
from ..metric_calls import metric_call
from ..metric_kinds import KINDS, SPARSE, VALUES, forms, hardened
from ..operands import BINARY_LABELS, LABELS, PREDICTIONS, operands_of
from ..public_api import public_classes
from ..ranks import alignment
from ..tensors import column, tensor


def measure_metrics() -> JSON:
    """By canonical name: the function whose mean it is, the kind of its operands, ranks, and how batches weigh."""
    from tensorflow import keras

    facts = {}
    metrics = keras.metrics
    for name, metric in sorted(public_classes(metrics, metrics.Metric).items()):
        call = metric_call(metric)
        labels, predictions = operands_of(name)
        value = attempt(call, labels, predictions) if issubclass(metric, metrics.Mean) else None
        fact: JSON = {"mean_of": mean_of(value, labels, predictions), "root_mean_of": None}
        if fact["mean_of"] is None and value is not None:
            fact["root_mean_of"] = mean_of(value**2, labels, predictions)
        kind = KINDS.get(name, VALUES)
        right, good, bad = forms()[kind]
        well, badly = attempt(call, right, good), attempt(call, right, bad)
        if well is not None and badly is not None and not close(well, badly):
            fact["kind"] = kind
            if kind.endswith(("scores", "probabilities", "margins")):
                hard = attempt(call, right, hardened(kind, good))
                fact["hardened"] = "raises" if hard is None else "same" if close(well, hard) else "differs"
        if kind != SPARSE:
            fact.update(alignment(call, tensor(BINARY_LABELS), tensor(PREDICTIONS)))
            if fact["mean_of"] or fact["root_mean_of"]:
                fact["counts"] = _counts(call, power=1 if fact["mean_of"] else 2)
        facts["keras.metrics." + name] = fact
    return facts


def _counts(call: Callable[..., Any], power: int) -> str:
    """Whether unequal batches, labels ``(batch,)`` and predictions ``(batch, 1)``, weigh by sample or by batch."""
    labels, predictions = tensor(LABELS), column(tensor(PREDICTIONS))
    first, second = attempt(call, labels[:4], predictions[:4]), attempt(call, labels[4:], predictions[4:])
    both = attempt(call, labels[:4], predictions[:4], labels[4:], predictions[4:])
    if first is None or second is None or both is None:
        return "raises"
    if close(both**power, (first**power * 4 + second**power * 2) / 6):
        return "samples"
    return "batches" if close(both**power, (first**power + second**power) / 2) else "differs"

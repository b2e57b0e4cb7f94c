"""Strings without a fixed meaning, such as ``"accuracy"``: what ``compile`` makes of them."""

from typing import Any, Callable, Dict, Iterable, Tuple

from ..attempts import tried
from ..json_types import JSON
from ..mean_of import mean_of
from ..models import evaluate, make_model
from ..operands import BINARY_LABELS, PREDICTIONS, SCORES, operands_of
from ..public_api import functional_losses
from ..tensors import column, tensor


def measure_strings() -> JSON:
    """The function that a string without a fixed meaning becomes, by the shapes of labels and predictions."""
    labels = {
        "(batch,)": tensor(BINARY_LABELS),
        "(batch, 1)": column(tensor(BINARY_LABELS)),
        "(batch, n)": operands_of("loss")[0],
    }
    predictions = {
        "(batch,)": tensor(PREDICTIONS),
        "(batch, 1)": column(tensor(PREDICTIONS)),
        "(batch, n)": tensor(SCORES),
    }
    cases: Dict[str, Tuple[str, Callable[..., str]]] = {
        "metric accuracy": ("accuracy", _resolved_metric),
        "metric crossentropy": ("crossentropy", _resolved_metric),
        "loss crossentropy": ("crossentropy", _resolved_loss),
    }
    facts: JSON = {}
    for case, (string, resolve) in cases.items():
        facts[case] = {}
        for label_shape, label in labels.items():
            for prediction_shape, prediction in predictions.items():
                word = tried(resolve, string, label, prediction)
                facts[case][f"{label_shape}, {prediction_shape}"] = word or "raises"
    return facts


def _resolved_metric(string: str, labels: Any, predictions: Any) -> str:
    import tensorflow as tf

    names = {function.__name__: name for name, function in functional_losses().values()}
    model = make_model(predictions.shape[1:])
    model.compile(loss=lambda _, p: tf.reduce_mean(p, axis=-1), metrics=[string], run_eagerly=True)
    evaluate(model, labels, predictions)
    used = {getattr(getattr(m, "_fn", None), "__name__", "") for part in model.metrics for m in _flat_metrics(part)}
    return " ".join(sorted(names[name] for name in used & set(names)))


def _flat_metrics(metric: Any) -> Iterable[Any]:
    inner = getattr(metric, "metrics", None)
    return [m for part in inner for m in _flat_metrics(part)] if inner else [metric]


def _resolved_loss(string: str, labels: Any, predictions: Any) -> str:
    model = make_model(predictions.shape[1:])
    model.compile(loss=string, run_eagerly=True)
    value = evaluate(model, labels, predictions)["loss"]
    columns = [v if len(v.shape) > 1 else column(v) for v in (labels, predictions)]
    return mean_of(value, labels, predictions) or mean_of(value, *columns) or "differs"

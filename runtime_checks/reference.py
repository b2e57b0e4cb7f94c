"""The losses of ``keras.losses`` as their definitions say, in float64.

They are what a loss that somebody wrote by hand is compared with. Labels and predictions must have one shape (class
numbers: the predictions' without the last axis), and nothing is broadcast, aligned or cast behind one's back::

    canonical("mean_squared_error", [[1.0], [2.0]], [[0.5], [2.5]])        # 0.25
    canonical("huber", labels, predictions, reduction="sum", delta=2.0)

One value per sample comes from the mean (for cross-entropies the sum) over the last axis, as in Keras.
``sum_over_batch_size`` then divides the sum of these values by their number, also where there are sample weights.
"""

from __future__ import annotations

from typing import Any, Callable

STEP = 1e-6
"""By how much outputs are moved to see how a loss changes with them."""
MOST_OPERATIONS = 2**28
"""A gradient that takes more of them would take minutes."""
EPSILON = 1e-7
"""Keras clips probabilities, and what it takes logarithms of, by as much."""


def canonical(
    family: str,
    y_true: Any,
    y_pred: Any,
    sample_weight: Any | None = None,
    reduction: str = "sum_over_batch_size",
    **options: Any,
) -> Any:
    """A loss by the name that it has in ``keras.losses``, reduced to one number, or not reduced at all.

    ``reduction`` is ``sum_over_batch_size``, ``sum`` or ``none``. ``options`` are the loss's own, such as
    ``from_logits`` or ``delta``.
    """
    import numpy as np

    if family not in FAMILIES:
        raise ValueError(f"unknown loss {family!r}; known are {', '.join(sorted(FAMILIES))}")
    labels = np.asarray(y_true, dtype=np.float64)
    predictions = np.asarray(y_pred, dtype=np.float64)
    wanted = predictions.shape[:-1] if family.startswith("sparse_") else predictions.shape
    if labels.shape != wanted:
        raise ValueError(f"labels {labels.shape} for predictions {predictions.shape}: {family} takes {wanted}")
    values = FAMILIES[family](labels, predictions, **options)
    if sample_weight is not None:
        weights = np.asarray(sample_weight, dtype=np.float64)
        weights = weights.reshape(weights.shape[: values.ndim] + (1,) * (values.ndim - weights.ndim))
        values = values * weights
    return reduced(values, reduction)


def canonical_gradient(family: str, y_true: Any, y_pred: Any, **options: Any) -> Any:
    """The gradient of the mean by the predictions, from small steps of one output after the other."""
    import numpy as np

    predictions = np.asarray(y_pred, dtype=np.float64)
    if predictions.size * predictions.shape[-1] > MOST_OPERATIONS:
        raise ValueError("the predictions are too large")
    gradient = np.empty_like(predictions)
    for output in range(predictions.shape[-1]):
        step = np.zeros(predictions.shape[-1])
        step[output] = STEP
        after, before = (
            canonical(family, y_true, predictions + moved, None, "none", **options) for moved in (step, -step)
        )
        gradient[..., output] = (after - before) / (2 * STEP * after.size)
    return gradient


def reduced(values: Any, reduction: str) -> Any:
    """The values of all samples as Keras reduces them."""
    if reduction == "none":
        return values
    if reduction == "sum":
        return float(values.sum())
    if reduction == "sum_over_batch_size":
        return float(values.sum() / values.size) if values.size else 0.0
    raise ValueError(f"unknown reduction {reduction!r}; known are sum_over_batch_size, sum and none")


# --- one value per sample


def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """Mean of the squared differences."""
    return ((y_true - y_pred) ** 2).mean(axis=-1)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """Mean of the absolute differences."""
    return abs(y_true - y_pred).mean(axis=-1)


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    """Mean of the absolute differences, in percent of the labels."""
    import numpy as np

    return 100.0 * (abs(y_true - y_pred) / np.maximum(abs(y_true), EPSILON)).mean(axis=-1)


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    """Mean of the squared differences of log(1 + value)."""
    import numpy as np

    logs = [np.log(np.maximum(values, EPSILON) + 1.0) for values in (y_true, y_pred)]
    return ((logs[0] - logs[1]) ** 2).mean(axis=-1)


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Any:
    """Half the square up to ``delta``, linear from there on."""
    import numpy as np

    distance = abs(y_true - y_pred)
    return np.where(distance <= delta, 0.5 * distance**2, delta * distance - 0.5 * delta**2).mean(axis=-1)


def log_cosh(y_true: Any, y_pred: Any) -> Any:
    """Mean of the logarithms of the hyperbolic cosines of the differences."""
    import numpy as np

    distance = y_pred - y_true
    return (np.logaddexp(distance, -distance) - np.log(2.0)).mean(axis=-1)


def poisson(y_true: Any, y_pred: Any) -> Any:
    """Mean of prediction - label * log(prediction)."""
    import numpy as np

    return (y_pred - y_true * np.log(y_pred + EPSILON)).mean(axis=-1)


def hinge(y_true: Any, y_pred: Any) -> Any:
    """Mean of what is missing to a margin of 1; labels 0 and 1 count as -1 and 1."""
    import numpy as np

    return np.maximum(1.0 - _signs(y_true) * y_pred, 0.0).mean(axis=-1)


def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    """Mean of the squares of what is missing to a margin of 1."""
    import numpy as np

    return (np.maximum(1.0 - _signs(y_true) * y_pred, 0.0) ** 2).mean(axis=-1)


def kl_divergence(y_true: Any, y_pred: Any) -> Any:
    """Sum of label * log(label / prediction)."""
    import numpy as np

    labels, predictions = (np.clip(values, EPSILON, 1.0) for values in (y_true, y_pred))
    return (labels * np.log(labels / predictions)).sum(axis=-1)


def cosine_similarity(y_true: Any, y_pred: Any) -> Any:
    """Minus the cosine between label and prediction."""
    import numpy as np

    def unit(values: Any) -> Any:
        return values / np.sqrt(np.maximum((values**2).sum(axis=-1, keepdims=True), 1e-12))

    return -(unit(y_true) * unit(y_pred)).sum(axis=-1)


def binary_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0) -> Any:
    """Mean of the cross-entropies of every output with its own label."""
    import numpy as np

    labels = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    if from_logits:
        values = np.logaddexp(0.0, y_pred) - labels * y_pred
    else:
        shares = np.clip(y_pred, EPSILON, 1.0 - EPSILON)
        values = -labels * np.log(shares) - (1.0 - labels) * np.log(1.0 - shares)
    return values.mean(axis=-1)


def categorical_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0) -> Any:
    """Sum of -label * log(share of the class)."""
    labels = y_true * (1.0 - label_smoothing) + label_smoothing / y_true.shape[-1]
    return -(labels * _log_shares(y_pred, from_logits)).sum(axis=-1)


def sparse_categorical_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False) -> Any:
    """Minus the log of the share of the class that the label numbers."""
    import numpy as np

    classes = y_true.astype(int)[..., None]
    return -np.take_along_axis(_log_shares(y_pred, from_logits), classes, axis=-1)[..., 0]


FAMILIES: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        mean_squared_error,
        mean_absolute_error,
        mean_absolute_percentage_error,
        mean_squared_logarithmic_error,
        huber,
        log_cosh,
        poisson,
        hinge,
        squared_hinge,
        kl_divergence,
        cosine_similarity,
        binary_crossentropy,
        categorical_crossentropy,
        sparse_categorical_crossentropy,
    )
}


def _log_shares(y_pred: Any, from_logits: bool) -> Any:
    import numpy as np

    if from_logits:
        shifted = y_pred - y_pred.max(axis=-1, keepdims=True)
        return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    shares = y_pred / y_pred.sum(axis=-1, keepdims=True)
    return np.log(np.clip(shares, EPSILON, 1.0 - EPSILON))


def _signs(y_true: Any) -> Any:
    """Labels 0 and 1 as -1 and 1, all others as they are."""
    import numpy as np

    return 2.0 * y_true - 1.0 if np.isin(y_true, (0.0, 1.0)).all() else y_true

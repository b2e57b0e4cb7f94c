"""The forms that labels may have beside predictions."""

from __future__ import annotations

from typing import Any, Iterator

from .relations import align, shapes_equal

SAME, ONE_HOT, SPARSE = "same", "one-hot", "sparse"


def label_forms(y_true: Any, y_pred: Any) -> dict[str, Any]:
    """The labels in every form in which they go with these predictions.

    ``same``: with the predictions' shape. ``one-hot`` and ``sparse``: class numbers below the number of outputs, as
    vectors and as numbers.
    """
    import numpy as np
    import tensorflow as tf

    forms: dict[str, Any] = {}
    if tf.nest.is_nested(y_true) or tf.nest.is_nested(y_pred):
        return forms
    fitting = y_true if shapes_equal(y_true, y_pred) else align(y_true, y_pred)
    if fitting is not None:
        forms[SAME] = fitting
    width = int(y_pred.shape[-1]) if y_pred.shape.rank else 0
    values = np.asarray(y_true)
    if values.ndim == y_pred.shape.rank and values.shape[-1:] == (1,):
        values = values[..., 0]
    if width > 1 and values.shape == tuple(y_pred.shape[:-1]) and values.dtype.kind in "iuf" and values.size:
        whole_numbers = bool((values == np.floor(values)).all())
        if whole_numbers and values.min() >= 0 and values.max() < width:
            classes = tf.constant(values.astype("int64"))
            forms[ONE_HOT] = tf.one_hot(classes, width, dtype=y_pred.dtype)
            forms[SPARSE] = classes
    return forms


def perfect_predictions(y_true: Any, y_pred: Any) -> Iterator[Any]:
    """Predictions that match the labels: the labels themselves, nearly sure probabilities, confident logits."""
    import numpy as np
    import tensorflow as tf

    for form, labels in label_forms(y_true, y_pred).items():
        if form == SPARSE:
            continue
        values = np.asarray(labels, dtype=np.float64)
        yield tf.constant(values, y_pred.dtype)
        if values.min() >= 0.0 and values.max() <= 1.0:
            yield tf.constant(np.clip(values, 1e-3, 1.0 - 1e-3), y_pred.dtype)
            yield tf.constant(10.0 * (2.0 * values - 1.0), y_pred.dtype)

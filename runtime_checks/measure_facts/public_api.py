"""What the installed Keras offers: the public functions and classes of its modules."""

import inspect
from typing import Any, Callable, Dict, Tuple

# Abstract classes, metrics of plain values, losses whose operands or arguments are of a kind of their own.
UNMEASURED = {"Mean", "MeanMetricWrapper", "MeanTensor", "Metric", "Sum", "Loss", "CTC", "Circle", "ctc", "circle"}
UNMEASURED |= {"CategoricalGeneralizedCrossEntropy", "categorical_generalized_cross_entropy"}


def public_members(module: Any, wanted: Callable[[Any], bool]) -> Dict[str, Any]:
    """Public members of a Keras module by their own name, so that aliases appear once."""
    members = {}
    for name in sorted(dir(module)):
        value = getattr(module, name)
        if not name.startswith("_") and wanted(value) and value.__name__ not in UNMEASURED:
            members[value.__name__] = value
    return members


def public_classes(module: Any, base: Any) -> Dict[str, Any]:
    """The public classes below ``base``, by their own name."""
    return public_members(module, lambda value: inspect.isclass(value) and issubclass(value, base))


def functional_losses() -> Dict[str, Tuple[str, Any]]:
    """The functions of labels and predictions: short name to canonical name and function."""
    from tensorflow import keras

    metrics = {n: ("keras.metrics." + n, f) for n, f in public_members(keras.metrics, _is_function).items()}
    losses = {n: ("keras.losses." + n, f) for n, f in public_members(keras.losses, _is_function).items()}
    return {**metrics, **losses}


def _is_function(value: Any) -> bool:
    return inspect.isfunction(value) and {"y_true", "y_pred"} <= set(inspect.signature(value).parameters)

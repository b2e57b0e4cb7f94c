"""The public members of the classes that training code deals with.

``there``: it works, or fails for a reason of the call. ``deprecated``: it works, and warns. ``disabled``: it is there,
and raises ``NotImplementedError``.
"""

import warnings
from typing import Any, Callable

from ..json_types import JSON
from ..models import make_model
from ..operands import INPUTS, TARGETS
from ..tensors import column, tensor


def measure_members() -> JSON:
    """The members by class, after a training."""
    from tensorflow import keras

    model, optimizer = make_model((1,)), keras.optimizers.SGD(0.0)
    model.compile(optimizer=optimizer, loss="mse")
    model.fit(tensor(INPUTS), tensor(TARGETS), verbose=0)
    scaling = keras.mixed_precision.LossScaleOptimizer(keras.optimizers.SGD(0.0))
    layer = model.layers[-1]
    facts = {
        "keras.Model": _members(model),
        "keras.layers.Layer": _members(keras.layers.Layer, layer),
        "keras.metrics.Metric": _members(keras.metrics.Mean()),
        # Keras 2 makes some of them up when they are asked for.
        "keras.optimizers.Optimizer": {
            **_members(optimizer),
            **{name: "there" for name in ("decay", "lr") if hasattr(optimizer, name)},
        },
        "keras.mixed_precision.LossScaleOptimizer": _members(scaling),
    }
    value = tensor(0.0)
    for name, words in facts.items():
        if "add_metric" in words and name != "keras.metrics.Metric":
            words["add_metric"] = _word_of_call(model.add_metric, value, name="m")
    labels = column(tensor(TARGETS))
    facts["keras.Model"]["compiled_loss"] = _word_of_call(model.compiled_loss, labels, labels)
    return facts


def _members(*holders: Any) -> JSON:
    """The public members of classes and objects, none of them called."""
    names = {name for holder in holders for name in dir(holder) if not name.startswith("_")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {name: "there" for name in sorted(names) if any(_has(holder, name) for holder in holders)}


def _has(holder: Any, name: str) -> bool:
    try:
        return hasattr(holder, name)
    except Exception:  # noqa: BLE001
        # A property that raises something else is there, too.
        return True


def _word_of_call(function: Callable[..., Any], *operands: Any, **arguments: Any) -> str:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            function(*operands, **arguments)
        except NotImplementedError:
            return "disabled"
        except Exception:  # noqa: BLE001
            return "there"
    return "deprecated" if any("deprecated" in str(warning.message) for warning in caught) else "there"

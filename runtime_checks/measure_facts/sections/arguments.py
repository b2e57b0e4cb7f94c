"""The arguments of a model's methods, and what optimizers make of arguments that they once had.

``taken``: it has its effect. ``ignored``: taken without an effect. ``raises``: an error.
"""

import inspect
from typing import Any

from ..attempts import tried
from ..closeness import close
from ..json_types import JSON
from ..public_api import public_classes


def measure_arguments() -> JSON:
    """The word by method or optimizer, and by argument."""
    from tensorflow import keras

    facts: JSON = {}
    for name in ("fit", "evaluate", "predict", "train_on_batch", "test_on_batch"):
        parameters = inspect.signature(getattr(keras.Model, name)).parameters.values()
        facts["keras.Model." + name] = {p.name: "taken" for p in parameters if p.kind is not p.VAR_KEYWORD}
    for name, optimizer in sorted(public_classes(keras.optimizers, keras.optimizers.Optimizer).items()):
        if "learning_rate" in inspect.signature(optimizer).parameters and name != "Optimizer":
            facts["keras.optimizers." + name] = {old: _old_argument(optimizer, old) for old in ("decay", "lr")}
    return facts


def _old_argument(optimizer: Any, name: str) -> str:
    made = tried(lambda: optimizer(**{name: 0.25}))
    if made is None:
        return "raises"
    value = made.learning_rate if name == "lr" else made.get_config().get(name, 0.0)
    return "taken" if close(float(value), 0.25) else "ignored"

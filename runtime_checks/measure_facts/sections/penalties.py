"""Whether the compiled loss contains the penalties of the model's layers."""

from typing import Any, Callable, Dict

from ..closeness import close
from ..json_types import JSON
from ..operands import INPUTS
from ..tensors import tensor


def measure_penalties() -> JSON:
    """``included`` or ``left out``, by the method that is called."""
    from tensorflow import keras

    inputs = keras.Input((1,))
    penalty = keras.regularizers.L2(0.5)
    layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones", kernel_regularizer=penalty)
    model = keras.Model(inputs, layer(inputs))
    model.compile(loss="mse")
    labels = predictions = model(tensor(INPUTS))
    calls: Dict[str, Callable[[], Any]] = {
        "compiled_loss": lambda: model.compiled_loss(labels, predictions),
        "compiled_loss, regularization_losses": lambda: model.compiled_loss(
            labels, predictions, regularization_losses=model.losses
        ),
        "compute_loss": lambda: model.compute_loss(None, labels, predictions, None),
    }
    return {name: "included" if close(float(call()), 0.5) else "left out" for name, call in calls.items()}

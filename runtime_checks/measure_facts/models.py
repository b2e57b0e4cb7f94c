"""Models whose predictions are known, and what ``evaluate`` shows of them."""

from typing import Any, Callable, Optional, Sequence

from .json_types import JSON
from .tensors import column


def make_model(output_shape: Sequence[Optional[int]], **members: Any) -> Any:
    """A model of a class with these members, whose predictions ``(batch, *output_shape)`` are its inputs times 1."""
    from tensorflow import keras

    inputs = keras.Input(tuple(output_shape) or (1,))
    scaled = keras.layers.Conv1D(1, 1, use_bias=False, kernel_initializer="ones")(keras.layers.Reshape((-1, 1))(inputs))
    return type("Stepped", (keras.Model,), members)(inputs, keras.layers.Reshape(tuple(output_shape))(scaled))


def evaluate(model: Any, labels: Any, predictions: Any) -> JSON:
    """The logs of a compiled model that predicts ``predictions``."""
    inputs = predictions if len(predictions.shape) > 1 else column(predictions)
    logs: JSON = model.evaluate(inputs, labels, verbose=0, return_dict=True)
    return logs


def compiled_call(key: str, made: Callable[[], JSON]) -> Callable[..., Any]:
    """What ``evaluate`` shows under a key of a model that is compiled with new objects each time."""

    def evaluated(labels: Any, predictions: Any) -> Any:
        model = make_model(predictions.shape[1:])
        model.compile(run_eagerly=True, **made())
        return evaluate(model, labels, predictions)[key]

    return evaluated

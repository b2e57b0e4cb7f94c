"""Ranks in ``evaluate``, by how a loss or metric is given to ``compile``."""

from typing import Any, Callable, Dict

from ..json_types import JSON
from ..models import compiled_call
from ..operands import LABELS, PREDICTIONS
from ..ranks import alignment
from ..tensors import tensor


def measure_compile() -> JSON:
    """What ``evaluate`` makes of a loss or metric given to ``compile``, and an own ``Loss`` called directly."""
    import tensorflow as tf

    keras = tf.keras

    def squared(y_true: Any, y_pred: Any) -> Any:
        return tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)

    class Squared(keras.losses.Loss):  # type: ignore[misc,name-defined]
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return squared(y_true, y_pred)

    def compiled(key: str, **arguments: Any) -> Callable[..., Any]:
        return compiled_call(key, lambda: arguments)

    cases: Dict[str, Callable[..., Any]] = {
        "own_loss_called": Squared(),
        "own_loss": compiled("loss", loss=Squared()),
        "loss_function": compiled("loss", loss=squared),
        "keras_loss_function": compiled("loss", loss=keras.losses.mse),
        "keras_loss": compiled("loss", loss=keras.losses.MeanSquaredError()),
        "loss_string": compiled("loss", loss="mse"),
        "metric_function": compiled("squared", loss="mse", metrics=[squared]),
        "keras_metric_function": compiled("mean_squared_error", loss="mse", metrics=[keras.losses.mse]),
        "metric_string": compiled("mse", loss="mae", metrics=["mse"]),
    }
    return {name: alignment(case, tensor(LABELS), tensor(PREDICTIONS)) for name, case in cases.items()}

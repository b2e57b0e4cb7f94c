"""Whether ``apply_gradients`` divides gradients by the loss scale, which their loss may not have been given."""

from typing import Any

from ..closeness import close
from ..json_types import JSON
from ..models import make_model
from ..tensors import mean


def measure_loss_scaling() -> JSON:
    """``divided`` or ``kept``, by who made the optimizer that scales: ``compile``, or the program itself."""
    import tensorflow as tf

    keras = tf.keras

    def word(optimizer: Any, variable: Any) -> str:
        before = mean(variable)
        optimizer.apply_gradients([(tf.ones_like(variable), variable)])
        return "kept" if close(before - mean(variable), 1.0) else "divided"

    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        model = make_model((1,))
        model.compile(optimizer=keras.optimizers.SGD(1.0))
        compiled = word(model.optimizer, model.trainable_variables[0])
    finally:
        keras.mixed_precision.set_global_policy("float32")
    wrapped = keras.mixed_precision.LossScaleOptimizer(keras.optimizers.SGD(1.0))
    return {"compiled optimizer": compiled, "LossScaleOptimizer": word(wrapped, tf.Variable([1.0]))}

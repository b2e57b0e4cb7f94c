"""Layers that do something else with ``training=True`` than without an argument: ``always``, or only with dropout.

Those that are not in inference mode by default, such as the random augmentations, are not among them.
"""

from typing import Any, Callable, Sequence

from ..attempts import tried
from ..json_types import JSON
from ..public_api import public_classes

# What constructors may need.
LAYER_ARGUMENTS: Sequence[JSON] = (
    {},
    {"rate": 0.5},
    {"stddev": 1.0},
    {"units": 3},
    {"num_heads": 2, "key_dim": 2},
    {"filters": 2, "kernel_size": 2},
)


def measure_training() -> JSON:
    """``always`` or ``with dropout``, by layer; the others are left out."""
    from tensorflow import keras

    facts: JSON = {}
    for name, layer in sorted(public_classes(keras.layers, keras.layers.Layer).items()):
        for word, more in (("always", {}), ("with dropout", {"dropout": 0.5})):
            # Augmentation draws lots: whether it shows on one input is chance, and it belongs to the data anyway.
            augments = name.startswith(("Random", "CutMix", "MixUp"))
            if not augments and "keras.layers." + name not in facts and _differs_in_training(layer, more):
                facts["keras.layers." + name] = word
    return facts


def _differs_in_training(layer: Callable[..., Any], more: JSON) -> bool:
    import tensorflow as tf

    tf.random.set_seed(1)
    for shape in ((4, 6), (4, 6, 6), (4, 6, 6, 3), (4, 6, 6, 6, 3)):
        inputs = tf.random.uniform(shape) + 0.5
        for arguments in LAYER_ARGUMENTS:
            made = tried(lambda given: layer(**given), {**arguments, **more})
            operands = [inputs, inputs] if "num_heads" in arguments else [inputs]
            if made is not None and _is_in_inference_unless_told(made, operands):
                return True
    return False


def _is_in_inference_unless_told(layer: Any, operands: Sequence[Any]) -> bool:
    """Whether a call says the same as one with ``training=False``, and not the same as one with ``training=True``."""
    plain = tried(layer, *operands)
    inference = tried(lambda *inputs: layer(*inputs, training=False), *operands)
    training = tried(lambda *inputs: layer(*inputs, training=True), *operands)
    if any(value is None or not hasattr(value, "shape") for value in (plain, inference, training)):
        return False
    return _all_close(plain, inference) and not _all_close(plain, training)


def _all_close(one: Any, other: Any) -> bool:
    import tensorflow as tf

    return bool(tried(lambda: float(tf.reduce_max(tf.abs(one - other))) < 1e-5))

"""What losses with ``from_logits=True`` make of outputs that have been through an activation.

``corrected``: they find the logits in front of it. ``taken as logits``: they do not.
"""

from typing import Any, Dict

from ..attempts import attempt
from ..closeness import same
from ..json_types import JSON
from ..operands import CLASS_IDS, SCORES
from ..tensors import tensor


def measure_activations() -> JSON:
    """The word by activation, by how it is written, and by whether TensorFlow runs eagerly or in a graph."""
    import tensorflow as tf

    keras = tf.keras
    labels, logits = tf.one_hot(CLASS_IDS, 6), 4 * tensor(SCORES) - 1
    facts: JSON = {}
    for name, function, loss in (
        ("softmax", tf.nn.softmax, keras.losses.CategoricalCrossentropy(from_logits=True)),
        ("sigmoid", tf.sigmoid, keras.losses.BinaryCrossentropy(from_logits=True)),
    ):
        activation = keras.layers.Activation(name)
        reshape = keras.layers.Reshape((6,))
        forms: Dict[str, Any] = {
            "activation": activation,
            "keras function": getattr(keras.activations, name),
            "tf function": function,
            "reshaped": lambda x, a=activation, r=reshape: r(a(x)),
            "layer": keras.layers.Softmax() if name == "softmax" else None,
            "keras.ops function": getattr(getattr(keras, "ops", None), name, None),
            "backend function": getattr(keras.backend, name, None),
        }
        for form, call in forms.items():
            if call is None:
                continue
            eager = attempt(loss, labels, call(logits))
            graph = attempt(tf.function(lambda x, y, c=call, f=loss: f(y, c(x))), logits, labels)
            for mode, value in (("eager", eager), ("graph", graph)):
                known = {"corrected": logits, "taken as logits": tf.constant(function(logits).numpy())}
                words = [word for word, p in known.items() if same(value, attempt(loss, labels, p))]
                facts[f"{name}, {form}, {mode}"] = words[0] if words else "differs"
    return facts

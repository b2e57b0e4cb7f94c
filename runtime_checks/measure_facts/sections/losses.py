"""Loss classes, called as objects."""

from ..attempts import attempt
from ..from_logits import from_logits
from ..json_types import JSON
from ..mean_of import mean_of
from ..operands import CLASS_IDS, LABELS, PREDICTIONS, operands_of, takes_class_ids
from ..public_api import public_classes
from ..ranks import alignment, shape_word
from ..tensors import column, tensor


def measure_losses() -> JSON:
    """By canonical name: the reduction, the function whose mean it is, ``from_logits``, and ranks."""
    import numpy as np
    import tensorflow as tf

    facts = {}
    losses = tf.keras.losses
    for name, loss in sorted(public_classes(losses, losses.Loss).items()):
        labels, predictions = operands_of(name)
        fact = {
            "default_reduction": str(getattr(loss().reduction, "value", loss().reduction)),
            "mean_of": mean_of(attempt(loss(), labels, predictions), labels, predictions, name),
        }
        fact.update(from_logits(loss, labels if takes_class_ids(name) else tf.one_hot(CLASS_IDS, 6), loss))
        if not takes_class_ids(name):
            vectors = tensor(LABELS), tensor(PREDICTIONS)
            fact.update(alignment(loss(), *vectors))
            arrays = alignment(loss(), np.array(LABELS, "float32"), np.array(PREDICTIONS, "float32"))
            fact.update({"numpy_" + key: word for key, word in arrays.items()})
            unreduced = loss(reduction="none")
            fact["unreduced_label_vector"] = shape_word(unreduced, vectors[0], column(vectors[1]))
        facts["keras.losses." + name] = fact
    return facts

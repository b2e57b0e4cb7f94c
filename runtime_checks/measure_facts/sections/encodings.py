"""What functions, losses and accuracies make of class ids, of one-hot labels, and of a single output.

``right``: what they make of labels that suit them; of an accuracy, the share that is recognized. ``wrong``: another
value. ``blind``: the predictions do not matter.
"""

from typing import Any, Callable

from ..attempts import attempt
from ..closeness import same
from ..json_types import JSON
from ..metric_calls import metric_call
from ..models import compiled_call
from ..operands import BINARY_LABELS, PREDICTIONS, RANKED, takes_class_ids
from ..public_api import functional_losses, public_classes
from ..tensors import column, tensor

# Five samples of six classes, the first three of which are recognized.
CLASSIFIED = [3, 0, 4, 1, 1]
CHOSEN = [3, 0, 4, 5, 2]
RECOGNIZED = 0.6
NN_LOSSES = {
    "tf.nn.softmax_cross_entropy_with_logits": "float32",
    "tf.nn.sparse_softmax_cross_entropy_with_logits": "int32",
}


def measure_encodings() -> JSON:
    """The words by canonical name, for what is called and for what is ``compiled``."""
    import tensorflow as tf

    keras = tf.keras
    facts: JSON = {name: _encoding_words(short, function) for short, (name, function) in functional_losses().items()}
    for name, dtype in NN_LOSSES.items():
        function = getattr(tf.nn, name.rpartition(".")[2])
        facts[name] = _encoding_words(name, lambda y, p, f=function, d=dtype: f(tf.cast(y, d), p))
    for name, loss in public_classes(keras.losses, keras.losses.Loss).items():
        facts["keras.losses." + name] = _encoding_words(name, loss())
        facts["keras.losses." + name + ", compiled"] = _encoding_words(name, _compiled_loss(loss))
    for name, metric in public_classes(keras.metrics, keras.metrics.Metric).items():
        if name.endswith("Accuracy"):
            facts["keras.metrics." + name] = _encoding_words(name, metric_call(metric))
            facts["keras.metrics." + name + ", compiled"] = _encoding_words(name, _compiled_metric(metric))
    return facts


def _encoding_words(short: str, function: Callable[..., Any]) -> JSON:
    """What one function of labels and predictions makes of each."""
    import tensorflow as tf

    ids = tensor(CLASSIFIED, "int32" if takes_class_ids(short) else "float32")
    scores = tensor([RANKED[-i:] + RANKED[:-i] for i in CHOSEN])
    labels = {"class ids (batch,)": ids, "class ids (batch, 1)": column(ids), "one-hot": tf.one_hot(CLASSIFIED, 6)}
    values = {case: attempt(function, label, scores) for case, label in labels.items()}
    plain_accuracy = short.lower().endswith("accuracy") and "top" not in short.lower()
    suits = "class ids (batch,)" if takes_class_ids(short) else "one-hot"
    right = RECOGNIZED if plain_accuracy else values[suits]
    words: JSON = {c: "raises" if v is None else "right" if same(v, right) else "wrong" for c, v in values.items()}
    binary, output = column(tensor(BINARY_LABELS)), column(tensor(PREDICTIONS))
    pair = [attempt(function, binary, predictions) for predictions in (output, 1 - output)]
    words["one output"] = "raises" if None in pair else "blind" if same(*pair) else "depends"
    return words


def _compiled_loss(loss: Any) -> Callable[..., Any]:
    return compiled_call("loss", lambda: {"loss": loss()})


def _compiled_metric(metric: Any) -> Callable[..., Any]:
    return compiled_call("m", lambda: {"loss": _no_loss, "metrics": [metric(name="m")]})


def _no_loss(_: Any, predictions: Any) -> Any:
    """A loss that takes any labels."""
    import tensorflow as tf

    return tf.reduce_mean(predictions, axis=-1)

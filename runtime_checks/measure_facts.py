"""Measure what the losses, metrics and ``fit`` of the installed Keras do with ranks, batches and logs.

    python measure_facts.py measure > tf_keras.json          run by an interpreter that has TensorFlow
    python measure_facts.py merge NEWEST.json [OLDER.json]   needs nothing but Python

``measure`` tries everything on a few numbers and says in words what came out. ``merge`` joins the measurements of one
Keras generation, the newest first, into a table of ``tfloss_lint.facts``: what an older release does otherwise
stands under ``exceptions``. Everything is named as ``tfloss_lint.names`` names it.

The words for labels ``(batch,)`` against predictions ``(batch, 1)``, and the reverse:

aligned      as if both were ``(batch, 1)``
flattened    as if both were ``(batch,)``, which is another value where the last axis is one sample's
broadcasts   every label meets every prediction, silently
differs      some other value
raises       an error
"""

import argparse
import inspect
import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple

JSON = Dict[str, Any]
Operands = Tuple[Any, Any]

# What constructors need.
ARGUMENTS: Dict[str, JSON] = {
    "FBetaScore": {"beta": 2.0},
    "IoU": {"num_classes": 6, "target_class_ids": [0, 3]},
    "MeanIoU": {"num_classes": 6},
    "MeanRelativeError": {"normalizer": [[1.0, 2.0]] * 6},
    "OneHotIoU": {"num_classes": 6, "target_class_ids": [0, 3]},
    "OneHotMeanIoU": {"num_classes": 6},
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.8},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
}
# Abstract classes, metrics of plain values, losses whose operands or arguments are of a kind of their own.
UNMEASURED = {"Mean", "MeanMetricWrapper", "MeanTensor", "Metric", "Sum", "Loss", "CTC", "Circle", "ctc", "circle"}
UNMEASURED |= {"CategoricalGeneralizedCrossEntropy", "categorical_generalized_cross_entropy"}

# What metric classes take as labels and predictions. Typed by hand; `measure_metrics` drops what does not hold.
BINARY = "binary, probabilities"
ONE_HOT = "one-hot, scores"
KINDS: Dict[str, str] = {
    **dict.fromkeys(("Accuracy", "IoU", "MeanIoU"), "class ids, class ids"),
    **dict.fromkeys(("Hinge", "SquaredHinge"), "binary, margins"),
    **dict.fromkeys(("AUC", "BinaryAccuracy", "BinaryCrossentropy", "BinaryIoU", "Precision", "Recall"), BINARY),
    **dict.fromkeys(("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives"), BINARY),
    **dict.fromkeys(("PrecisionAtRecall", "RecallAtPrecision"), BINARY),
    **dict.fromkeys(("SensitivityAtSpecificity", "SpecificityAtSensitivity"), BINARY),
    **dict.fromkeys(("CategoricalAccuracy", "TopKCategoricalAccuracy", "CategoricalCrossentropy"), ONE_HOT),
    **dict.fromkeys(("CategoricalHinge", "F1Score", "FBetaScore", "OneHotIoU", "OneHotMeanIoU"), ONE_HOT),
    "SparseCategoricalAccuracy": "class ids, scores",
    "SparseTopKCategoricalAccuracy": "class ids, scores",
    "SparseCategoricalCrossentropy": "class ids, scores",
}

LABELS = [0.91, 0.17, 0.63, 0.29, 0.82, 0.08]
BINARY_LABELS = [1.0, 0.0, 1.0, 0.0, 1.0, 0.0]
PREDICTIONS = [0.33, 0.71, 0.57, 0.42, 0.19, 0.64]
# Six samples of six classes. The true class comes first, last, second, first, third and last.
RANKED = [0.30, 0.25, 0.18, 0.13, 0.09, 0.05]
SCORES = [RANKED[-i:] + RANKED[:-i] for i in range(6)]
CLASS_IDS = [0, 0, 3, 3, 0, 4]


def _tf() -> Any:
    import tensorflow

    return tensorflow


def _tensor(values: Any, dtype: str = "float32") -> Any:
    return _tf().constant(values, dtype)


def _mean(value: Any) -> float:
    return float(_tf().reduce_mean(_tf().convert_to_tensor(value)))


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-5 * max(1.0, abs(one), abs(other))


def _same(one: Optional[float], other: Optional[float]) -> bool:
    return one is not None and other is not None and _close(one, other)


def _tried(function: Callable[..., Any], *operands: Any) -> Any:
    """The result, or ``None`` after an error: whatever the error is, a user of Keras gets it too."""
    try:
        return function(*operands)
    except Exception:  # noqa: BLE001
        return None


def _attempt(function: Callable[..., Any], *operands: Any) -> Optional[float]:
    value = _tried(function, *operands)
    return None if value is None else _mean(value)


def _shape_word(function: Callable[..., Any], labels: Any, predictions: Any) -> str:
    """How much of ``(batch, width)`` operands is left of the result."""
    value = _tried(function, labels, predictions)
    return "raises" if value is None else ("scalar", "per-sample", "elementwise")[len(value.shape)]


def _column(values: Any) -> Any:
    return values[:, None]


def _pairs(labels: Any, predictions: Any) -> Operands:
    """Every label with every prediction: what broadcasting makes of ``labels`` in the last axis."""
    ones = labels[:, None] * 0 + 1
    return labels[None, :] * ones, predictions[:, None] * ones


def _alignment(function: Callable[..., Any], labels: Any, predictions: Any) -> JSON:
    """The words for both ways in which ``(batch,)`` meets ``(batch, 1)``."""
    label_pairs = _pairs(labels, predictions)
    prediction_pairs = _pairs(predictions, labels)[::-1]

    def word(written: Operands, pairs: Operands) -> str:
        value = _attempt(function, *written)
        if value is None:
            return "raises"
        known = (
            ("aligned", (_column(labels), _column(predictions))),
            ("flattened", (labels, predictions)),
            ("broadcasts", pairs),
        )
        for name, operands in known:
            reference = _attempt(function, *operands)
            if reference is not None and _close(value, reference):
                return name
        return "differs"

    return {
        "label_vector": word((labels, _column(predictions)), label_pairs),
        "prediction_vector": word((_column(labels), predictions), prediction_pairs),
    }


def _public(module: Any, wanted: Callable[[Any], bool]) -> Dict[str, Any]:
    """Public members of a Keras module by their own name, so that aliases appear once."""
    members = {}
    for name in sorted(dir(module)):
        value = getattr(module, name)
        if not name.startswith("_") and wanted(value) and value.__name__ not in UNMEASURED:
            members[value.__name__] = value
    return members


def _is_function(value: Any) -> bool:
    return inspect.isfunction(value) and {"y_true", "y_pred"} <= set(inspect.signature(value).parameters)


def _subclass_of(base: Any) -> Callable[[Any], bool]:
    return lambda value: inspect.isclass(value) and issubclass(value, base)


def functional_losses() -> Dict[str, Tuple[str, Any]]:
    """The functions of labels and predictions: short name to canonical name and function."""
    keras = _tf().keras
    metrics = {n: ("keras.metrics." + n, f) for n, f in _public(keras.metrics, _is_function).items()}
    losses = {n: ("keras.losses." + n, f) for n, f in _public(keras.losses, _is_function).items()}
    return {**metrics, **losses}


def _takes_class_ids(name: str) -> bool:
    return "sparse" in name.lower()


def _operands(name: str) -> Operands:
    """Labels and predictions ``(batch, width)`` that suit the function or class of this name."""
    if _takes_class_ids(name):
        return _tensor(CLASS_IDS, "int32"), _tensor(SCORES)
    if "accuracy" in name.lower():
        return _tf().one_hot(CLASS_IDS, 6), _tensor(SCORES)
    return _tensor([[v, 1 - v] * 3 for v in LABELS]), _tensor(SCORES)


def _logits(function: Callable[..., Any], labels: Any, made: Callable[..., Callable[..., Any]]) -> JSON:
    """The activation that ``from_logits=True`` stands for, and where that argument stands; nothing without it."""
    names = list(inspect.signature(function).parameters)
    if "from_logits" not in names:
        return {}
    logits = 4 * _tensor(SCORES) - 1
    activations = {"softmax": _tf().nn.softmax, "sigmoid": _tf().sigmoid}
    value = _attempt(made(from_logits=True), labels, logits)
    found = [n for n, f in activations.items() if _same(value, _attempt(made(from_logits=False), labels, f(logits)))]
    plain = _same(_attempt(made(), labels, logits), _attempt(made(from_logits=False), labels, logits))
    if len(found) != 1 or not plain:
        return {}
    return {"from_logits": found[0], "from_logits_at": names.index("from_logits")}


def _with_arguments(function: Callable[..., Any]) -> Callable[..., Callable[..., Any]]:
    return lambda **arguments: lambda labels, predictions: function(labels, predictions, **arguments)


def measure_functions() -> JSON:
    """Functional losses and metrics."""
    facts = {}
    for short, (name, function) in sorted(functional_losses().items()):
        labels, predictions = _operands(short)
        fact: JSON = {"result": _shape_word(function, labels, predictions)}
        one_hot = _tf().one_hot(CLASS_IDS, 6)
        fact.update(_logits(function, labels if _takes_class_ids(short) else one_hot, _with_arguments(function)))
        if not _takes_class_ids(short):
            fact.update(_alignment(function, _tensor(LABELS), _tensor(PREDICTIONS)))
            fact["on_vectors"] = _shape_word(function, _tensor(LABELS), _tensor(PREDICTIONS))
            fact["symmetric"] = all(
                _same(_attempt(function, one, predictions), _attempt(function, predictions, one))
                for one in (labels, one_hot)
            )
        facts[name] = fact
    return facts


def _mean_of(value: Optional[float], labels: Any, predictions: Any, name: str = "") -> Optional[str]:
    """The one function whose mean over the samples is ``value``; among several, the namesake of the class."""
    functions = functional_losses().values()
    found = [path for path, function in functions if _same(value, _attempt(function, labels, predictions))]
    namesakes = [path for path in found if path.rpartition(".")[2].replace("_", "") == name.lower()]
    chosen = namesakes or found
    return chosen[0] if len(chosen) == 1 and value not in (0.0, 1.0) else None


def measure_losses() -> JSON:
    """Loss classes."""
    import numpy as np

    facts = {}
    losses = _tf().keras.losses
    for name, loss in sorted(_public(losses, _subclass_of(losses.Loss)).items()):
        labels, predictions = _operands(name)
        fact = {
            "default_reduction": str(getattr(loss().reduction, "value", loss().reduction)),
            "mean_of": _mean_of(_attempt(loss(), labels, predictions), labels, predictions, name),
        }
        fact.update(_logits(loss, labels if _takes_class_ids(name) else _tf().one_hot(CLASS_IDS, 6), loss))
        if not _takes_class_ids(name):
            vectors = _tensor(LABELS), _tensor(PREDICTIONS)
            fact.update(_alignment(loss(), *vectors))
            arrays = _alignment(loss(), np.array(LABELS, "float32"), np.array(PREDICTIONS, "float32"))
            fact.update({"numpy_" + key: word for key, word in arrays.items()})
            unreduced = loss(reduction="none")
            fact["unreduced_label_vector"] = _shape_word(unreduced, vectors[0], _column(vectors[1]))
        facts["keras.losses." + name] = fact
    return facts


def _made(metric: Any) -> Any:
    return metric(**ARGUMENTS.get(metric.__name__, {}))


def _result(metric: Any) -> Callable[..., Any]:
    def call(*batches: Any) -> Any:
        made = _made(metric)
        for labels, predictions in zip(batches[::2], batches[1::2]):
            made.update_state(labels, predictions)
        return made.result()

    return call


def _next(class_ids: Sequence[int]) -> List[int]:
    return [(i + 1) % 6 for i in class_ids]


def _forms() -> Dict[str, Tuple[Any, Any, Any]]:
    """For every kind of metric: labels, predictions that fit them well, and predictions that do not."""
    ids, binary = _tensor(CLASS_IDS, "int32"), _column(_tensor(BINARY_LABELS))
    # The true class comes first, or last.
    good, bad = (_tensor([RANKED[-i:] + RANKED[:-i] for i in numbers]) for numbers in (CLASS_IDS, _next(CLASS_IDS)))
    labels, predictions = _tensor([[v, 1 - v] for v in LABELS]), _tensor([[v, 2 * v * v] for v in PREDICTIONS])
    probabilities = _column(_tensor([0.8, 0.2, 0.45, 0.4, 0.6, 0.1]))
    return {
        "values, values": (labels, labels, predictions),
        "class ids, class ids": (ids, ids, _tensor(_next(CLASS_IDS), "int32")),
        "class ids, scores": (ids, good, bad),
        ONE_HOT: (_tf().one_hot(ids, 6), good, bad),
        BINARY: (binary, probabilities, 1 - probabilities),
        "binary, margins": (binary, probabilities - 0.42, 0.42 - probabilities),
    }


def _hardened(kind: str, predictions: Any) -> Any:
    """Predictions as the class that they choose."""
    tf = _tf()
    if kind == BINARY:
        return tf.round(predictions)
    return tf.sign(predictions) if kind == "binary, margins" else tf.argmax(predictions, axis=-1)


def measure_metrics() -> JSON:
    """Metric classes."""
    facts = {}
    metrics = _tf().keras.metrics
    for name, metric in sorted(_public(metrics, _subclass_of(metrics.Metric)).items()):
        call = _result(metric)
        labels, predictions = _operands(name)
        value = _attempt(call, labels, predictions) if issubclass(metric, metrics.Mean) else None
        fact: JSON = {"mean_of": _mean_of(value, labels, predictions), "root_mean_of": None}
        if fact["mean_of"] is None and value is not None:
            fact["root_mean_of"] = _mean_of(value**2, labels, predictions)
        kind = KINDS.get(name, "values, values")
        right, good, bad = _forms()[kind]
        well, badly = _attempt(call, right, good), _attempt(call, right, bad)
        if well is not None and badly is not None and not _close(well, badly):
            fact["kind"] = kind
            if kind.endswith(("scores", "probabilities", "margins")):
                hard = _attempt(call, right, _hardened(kind, good))
                fact["hardened"] = "raises" if hard is None else "same" if _close(well, hard) else "differs"
        if kind != "class ids, scores":
            fact.update(_alignment(call, _tensor(BINARY_LABELS), _tensor(PREDICTIONS)))
            if fact["mean_of"] or fact["root_mean_of"]:
                fact["counts"] = _counts(call, power=1 if fact["mean_of"] else 2)
        facts["keras.metrics." + name] = fact
    return facts


def _counts(call: Callable[..., Any], power: int) -> str:
    """Whether unequal batches, labels ``(batch,)`` and predictions ``(batch, 1)``, weigh by sample or by batch."""
    labels, predictions = _tensor(LABELS), _column(_tensor(PREDICTIONS))
    first, second = _attempt(call, labels[:4], predictions[:4]), _attempt(call, labels[4:], predictions[4:])
    both = _attempt(call, labels[:4], predictions[:4], labels[4:], predictions[4:])
    if first is None or second is None or both is None:
        return "raises"
    if _close(both**power, (first**power * 4 + second**power * 2) / 6):
        return "samples"
    return "batches" if _close(both**power, (first**power + second**power) / 2) else "differs"


def _model(output_shape: Sequence[Optional[int]], **members: Any) -> Any:
    """A model of a class with these members, whose predictions ``(batch, *output_shape)`` are its inputs times 1."""
    keras = _tf().keras
    inputs = keras.Input(tuple(output_shape) or (1,))
    scaled = keras.layers.Conv1D(1, 1, use_bias=False, kernel_initializer="ones")(keras.layers.Reshape((-1, 1))(inputs))
    return type("Stepped", (keras.Model,), members)(inputs, keras.layers.Reshape(tuple(output_shape))(scaled))


def _evaluate(model: Any, labels: Any, predictions: Any) -> JSON:
    inputs = predictions if len(predictions.shape) > 1 else _column(predictions)
    logs: JSON = model.evaluate(inputs, labels, verbose=0, return_dict=True)
    return logs


def measure_compile() -> JSON:
    """What ``evaluate`` makes of a loss or metric given to ``compile``, and an own ``Loss`` called directly."""
    keras = _tf().keras

    def squared(y_true: Any, y_pred: Any) -> Any:
        return _tf().reduce_mean(_tf().square(y_true - y_pred), axis=-1)

    class Squared(keras.losses.Loss):  # type: ignore[misc,name-defined]
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return squared(y_true, y_pred)

    def compiled(key: str, **arguments: Any) -> Callable[..., Any]:
        return _compiled(key, lambda: arguments)

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
    return {name: _alignment(case, _tensor(LABELS), _tensor(PREDICTIONS)) for name, case in cases.items()}


def _flat_metrics(metric: Any) -> Iterable[Any]:
    inner = getattr(metric, "metrics", None)
    return [m for part in inner for m in _flat_metrics(part)] if inner else [metric]


def _resolved_metric(string: str, labels: Any, predictions: Any) -> str:
    names = {function.__name__: name for name, function in functional_losses().values()}
    model = _model(predictions.shape[1:])
    model.compile(loss=lambda _, p: _tf().reduce_mean(p, axis=-1), metrics=[string], run_eagerly=True)
    _evaluate(model, labels, predictions)
    used = {getattr(getattr(m, "_fn", None), "__name__", "") for part in model.metrics for m in _flat_metrics(part)}
    return " ".join(sorted(names[name] for name in used & set(names)))


def _resolved_loss(string: str, labels: Any, predictions: Any) -> str:
    model = _model(predictions.shape[1:])
    model.compile(loss=string, run_eagerly=True)
    value = _evaluate(model, labels, predictions)["loss"]
    columns = [v if len(v.shape) > 1 else _column(v) for v in (labels, predictions)]
    return _mean_of(value, labels, predictions) or _mean_of(value, *columns) or "differs"


def measure_activations() -> JSON:
    """What losses with ``from_logits=True`` make of outputs that have been through an activation.

    ``corrected``: they find the logits in front of it. ``taken as logits``: they do not.
    """
    tf, keras = _tf(), _tf().keras
    labels, logits = tf.one_hot(CLASS_IDS, 6), 4 * _tensor(SCORES) - 1
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
            eager = _attempt(loss, labels, call(logits))
            graph = _attempt(tf.function(lambda x, y, c=call, f=loss: f(y, c(x))), logits, labels)
            for mode, value in (("eager", eager), ("graph", graph)):
                known = {"corrected": logits, "taken as logits": tf.constant(function(logits).numpy())}
                words = [word for word, p in known.items() if _same(value, _attempt(loss, labels, p))]
                facts[f"{name}, {form}, {mode}"] = words[0] if words else "differs"
    return facts


def measure_strings() -> JSON:
    """The function that a string without a fixed meaning becomes, by the shapes of labels and predictions."""
    labels = {
        "(batch,)": _tensor(BINARY_LABELS),
        "(batch, 1)": _column(_tensor(BINARY_LABELS)),
        "(batch, n)": _operands("loss")[0],
    }
    predictions = {
        "(batch,)": _tensor(PREDICTIONS),
        "(batch, 1)": _column(_tensor(PREDICTIONS)),
        "(batch, n)": _tensor(SCORES),
    }
    cases: Dict[str, Tuple[str, Callable[..., str]]] = {
        "metric accuracy": ("accuracy", _resolved_metric),
        "metric crossentropy": ("crossentropy", _resolved_metric),
        "loss crossentropy": ("crossentropy", _resolved_loss),
    }
    facts: JSON = {}
    for case, (string, resolve) in cases.items():
        facts[case] = {}
        for label_shape, label in labels.items():
            for prediction_shape, prediction in predictions.items():
                word = _tried(resolve, string, label, prediction)
                facts[case][f"{label_shape}, {prediction_shape}"] = word or "raises"
    return facts


# Five samples of six classes, the first three of which are recognized.
CLASSIFIED = [3, 0, 4, 1, 1]
CHOSEN = [3, 0, 4, 5, 2]
RECOGNIZED = 0.6
NN_LOSSES = {
    "tf.nn.softmax_cross_entropy_with_logits": "float32",
    "tf.nn.sparse_softmax_cross_entropy_with_logits": "int32",
}


def _encoding_words(short: str, function: Callable[..., Any]) -> JSON:
    """What a function of labels and predictions makes of class ids, of one-hot labels, and of a single output.

    ``right``: what it makes of labels that suit it; of an accuracy, the share that is recognized. ``wrong``: another
    value. ``blind``: the predictions do not matter.
    """
    ids = _tensor(CLASSIFIED, "int32" if _takes_class_ids(short) else "float32")
    scores = _tensor([RANKED[-i:] + RANKED[:-i] for i in CHOSEN])
    labels = {"class ids (batch,)": ids, "class ids (batch, 1)": _column(ids), "one-hot": _tf().one_hot(CLASSIFIED, 6)}
    values = {case: _attempt(function, label, scores) for case, label in labels.items()}
    plain_accuracy = short.lower().endswith("accuracy") and "top" not in short.lower()
    suits = "class ids (batch,)" if _takes_class_ids(short) else "one-hot"
    right = RECOGNIZED if plain_accuracy else values[suits]
    words: JSON = {c: "raises" if v is None else "right" if _same(v, right) else "wrong" for c, v in values.items()}
    binary, output = _column(_tensor(BINARY_LABELS)), _column(_tensor(PREDICTIONS))
    pair = [_attempt(function, binary, predictions) for predictions in (output, 1 - output)]
    words["one output"] = "raises" if None in pair else "blind" if _same(*pair) else "depends"
    return words


def _compiled(key: str, made: Callable[[], JSON]) -> Callable[..., Any]:
    """What ``evaluate`` shows under a key of a model that is compiled with new objects each time."""

    def evaluated(labels: Any, predictions: Any) -> Any:
        model = _model(predictions.shape[1:])
        model.compile(run_eagerly=True, **made())
        return _evaluate(model, labels, predictions)[key]

    return evaluated


def _compiled_loss(loss: Any) -> Callable[..., Any]:
    return _compiled("loss", lambda: {"loss": loss()})


def _compiled_metric(metric: Any) -> Callable[..., Any]:
    return _compiled("m", lambda: {"loss": _no_loss, "metrics": [metric(name="m")]})


def measure_encodings() -> JSON:
    """What functions, losses and accuracies make of class ids and one-hot labels, called and ``compiled``."""
    keras = _tf().keras
    facts: JSON = {name: _encoding_words(short, function) for short, (name, function) in functional_losses().items()}
    for name, dtype in NN_LOSSES.items():
        function = getattr(_tf().nn, name.rpartition(".")[2])
        facts[name] = _encoding_words(name, lambda y, p, f=function, d=dtype: f(_tf().cast(y, d), p))
    for name, loss in _public(keras.losses, _subclass_of(keras.losses.Loss)).items():
        facts["keras.losses." + name] = _encoding_words(name, loss())
        facts["keras.losses." + name + ", compiled"] = _encoding_words(name, _compiled_loss(loss))
    for name, metric in _public(keras.metrics, _subclass_of(keras.metrics.Metric)).items():
        if name.endswith("Accuracy"):
            facts["keras.metrics." + name] = _encoding_words(name, _result(metric))
            facts["keras.metrics." + name + ", compiled"] = _encoding_words(name, _compiled_metric(metric))
    return facts


def _no_loss(_: Any, predictions: Any) -> Any:
    """A loss that takes any labels."""
    return _tf().reduce_mean(predictions, axis=-1)


TARGETS = [1.0, 5.0, 2.0, 9.0, 4.0]
INPUTS = [[1.5], [3.0], [2.5], [6.0], [1.0]]


def _number_words() -> Dict[str, float]:
    """Every meaning that a logged loss can have; batches of two, the last one partial."""
    errors = [(y - x[0]) ** 2 for x, y in zip(INPUTS, TARGETS)]
    batches = [errors[:2], errors[2:4], errors[4:]]
    means = [sum(batch) / len(batch) for batch in batches]
    return {
        "zero": 0.0,
        "last batch": means[-1],
        "mean over samples": sum(errors) / len(errors),
        "mean over batches": sum(means) / len(means),
        "mean prediction": sum(x[0] for x in INPUTS) / len(INPUTS),
    }


class Batch(NamedTuple):
    """What a training step has at hand when it makes its logs."""

    model: Any
    loss: Any
    labels: Any
    predictions: Any


def _step(log: Callable[[Batch], JSON]) -> Callable[..., Any]:
    """A training step on a raw mean squared error that returns what ``log`` makes."""

    def train_step(self: Any, data: Any) -> JSON:
        tf = _tf()
        x, y = data
        labels = _column(y)
        with tf.GradientTape() as tape:
            predictions = self(x, training=True)
            loss = tf.reduce_mean(tf.square(labels - predictions))
        self.optimizer.apply_gradients(zip(tape.gradient(loss, self.trainable_variables), self.trainable_variables))
        return log(Batch(self, loss, labels, predictions))

    return train_step


def _with_tracker(name: str) -> JSON:
    """Members of a model that lists its own ``Mean``."""
    tracker = _tf().keras.metrics.Mean(name=name)
    return {"tracker": tracker, "metrics": property(lambda _: [tracker])}


def _with_added_tracker(name: str) -> JSON:
    """Members of a model that lists its own ``Mean`` beside what Keras lists."""
    members = _with_tracker(name)
    inherited = _tf().keras.Model.metrics
    return {**members, "metrics": property(lambda self: [*inherited.fget(self), members["tracker"]])}


def _log_raw(batch: Batch) -> JSON:
    return {"loss": batch.loss}


def _log_raw_under_another_name(batch: Batch) -> JSON:
    return {"own": batch.loss}


def _log_tracker(batch: Batch) -> JSON:
    batch.model.tracker.update_state(batch.loss)
    return {batch.model.tracker.name: batch.model.tracker.result()}


def _log_raw_beside_tracker(batch: Batch) -> JSON:
    batch.model.tracker.update_state(batch.loss)
    return {"loss": batch.loss}


def _log_compiled_loss(batch: Batch) -> JSON:
    return {"loss": batch.model.compiled_loss(batch.labels, batch.predictions)}


def _log_compute_loss(batch: Batch) -> JSON:
    return {"loss": batch.model.compute_loss(None, batch.labels, batch.predictions, None)}


def _log_metrics(batch: Batch) -> JSON:
    batch.model.compiled_metrics.update_state(batch.labels, batch.predictions)
    return {metric.name: metric.result() for metric in batch.model.metrics}


def _log_compiled(batch: Batch) -> JSON:
    batch.model.compiled_loss(batch.labels, batch.predictions)
    return _log_metrics(batch)


def _log_compute_loss_and_results(batch: Batch) -> JSON:
    _log_compute_loss(batch)
    return {metric.name: metric.result() for metric in batch.model.metrics}


def _log_compute_metrics(batch: Batch) -> JSON:
    _log_compute_loss(batch)
    logs: JSON = batch.model.compute_metrics(None, batch.labels, batch.predictions, None)
    return logs


def _log_loop_over_metrics(batch: Batch) -> JSON:
    loss = _log_compute_loss(batch)["loss"]
    for metric in batch.model.metrics:
        if metric.name == "loss":
            metric.update_state(loss)
        else:
            metric.update_state(batch.labels, batch.predictions)
    return {metric.name: metric.result() for metric in batch.model.metrics}


def _log_tracker_and_metrics(batch: Batch) -> JSON:
    _log_tracker(batch)
    return _log_metrics(batch)


def measure_logs() -> JSON:
    """What ``fit`` and ``evaluate`` report as the loss, by what the step returns.

    ``raw`` is the loss tensor of the batch, ``tracker`` an own ``Mean`` that the step updates with it.
    """
    mse, mae = {"loss": "mse"}, {"loss": "mse", "metrics": ["mae"]}
    # name: what the step logs, members of the model, arguments of compile, the key that is read
    cases: Dict[str, Tuple[Callable[[Batch], JSON], JSON, JSON, str]] = {
        "raw": (_log_raw, {}, mse, "loss"),
        "raw, metrics compiled": (_log_raw, {}, mae, "loss"),
        "raw, nothing compiled": (_log_raw, {}, {}, "loss"),
        "raw under another name": (_log_raw_under_another_name, {}, mse, "own"),
        "raw, tracker of the same name": (_log_raw_beside_tracker, _with_tracker("loss"), mse, "loss"),
        "raw, tracker of another name": (_log_raw_beside_tracker, _with_tracker("own"), mse, "loss"),
        "tracker": (_log_tracker, _with_tracker("loss"), mse, "loss"),
        "tracker of another name": (_log_tracker, _with_tracker("own"), mse, "own"),
        "compiled_loss": (_log_compiled_loss, {}, mse, "loss"),
        "compiled_loss, metrics compiled": (_log_compiled_loss, {}, mae, "loss"),
        "compute_loss": (_log_compute_loss, {}, mse, "loss"),
        "compute_loss, metrics compiled": (_log_compute_loss, {}, mae, "loss"),
        "compute_loss and results": (_log_compute_loss_and_results, {}, mse, "loss"),
        "compute_loss, compute_metrics": (_log_compute_metrics, {}, mae, "loss"),
        "compute_loss, loop over metrics": (_log_loop_over_metrics, {}, mae, "loss"),
        "compiled_loss, compiled_metrics and results": (_log_compiled, {}, mae, "loss"),
        "tracker, compiled_metrics and results": (_log_tracker_and_metrics, _with_added_tracker("own"), mae, "own"),
        "tracker alone, compiled_metrics and results": (_log_tracker_and_metrics, _with_tracker("own"), mae, "own"),
    }
    facts: JSON = {}
    for name, (log, members, arguments, key) in cases.items():
        words = set()
        for method, step_name in (("fit", "train_step"), ("evaluate", "test_step")):
            model = _model((1,), **{**members, step_name: _step(log)})
            model.compile(optimizer=_tf().keras.optimizers.SGD(0.0), run_eagerly=True, **arguments)
            words.add(_logged(model, method, key))
        facts[name] = " or ".join(sorted(words))
    return facts


def _logged(model: Any, method: str, key: str) -> str:
    x, y = _tensor(INPUTS), _tensor(TARGETS)

    def value() -> float:
        if method == "fit":
            return float(model.fit(x, y, batch_size=2, shuffle=False, verbose=0).history[key][-1])
        return float(model.evaluate(x, y, batch_size=2, verbose=0, return_dict=True)[key])

    number = _tried(value)
    if number is None:
        return "raises"
    return next((word for word, known in _number_words().items() if _close(number, known)), "differs")


def measure_penalties() -> JSON:
    """Whether the compiled loss contains the penalties of the model's layers, by the method that is called."""
    tf = _tf()
    inputs = tf.keras.Input((1,))
    penalty = tf.keras.regularizers.L2(0.5)
    layer = tf.keras.layers.Dense(1, use_bias=False, kernel_initializer="ones", kernel_regularizer=penalty)
    model = tf.keras.Model(inputs, layer(inputs))
    model.compile(loss="mse")
    labels = predictions = model(_tensor(INPUTS))
    calls: Dict[str, Callable[[], Any]] = {
        "compiled_loss": lambda: model.compiled_loss(labels, predictions),
        "compiled_loss, regularization_losses": lambda: model.compiled_loss(
            labels, predictions, regularization_losses=model.losses
        ),
        "compute_loss": lambda: model.compute_loss(None, labels, predictions, None),
    }
    return {name: "included" if _close(float(call()), 0.5) else "left out" for name, call in calls.items()}


def measure_loss_scaling() -> JSON:
    """Whether ``apply_gradients`` divides gradients by the loss scale, which their loss may not have been given."""
    keras = _tf().keras

    def word(optimizer: Any, variable: Any) -> str:
        before = _mean(variable)
        optimizer.apply_gradients([(_tf().ones_like(variable), variable)])
        return "kept" if _close(before - _mean(variable), 1.0) else "divided"

    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        model = _model((1,))
        model.compile(optimizer=keras.optimizers.SGD(1.0))
        compiled = word(model.optimizer, model.trainable_variables[0])
    finally:
        keras.mixed_precision.set_global_policy("float32")
    wrapped = keras.mixed_precision.LossScaleOptimizer(keras.optimizers.SGD(1.0))
    return {"compiled optimizer": compiled, "LossScaleOptimizer": word(wrapped, _tf().Variable([1.0]))}


def measure_replicas() -> JSON:
    """How large the gradient is that two replicas apply together, next to that of one, by where the loss is reduced."""
    tf = _tf()
    labels = _column(_tensor([1.0, 2.0, 3.0, 4.0]))

    def mean(y_true: Any, y_pred: Any) -> Any:
        return tf.reduce_mean(tf.square(y_true - y_pred))

    class Mean(tf.keras.losses.Loss):  # type: ignore[misc,name-defined]
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return mean(y_true, y_pred)

    def step(compute: Callable[[Any, Any, Any], Any]) -> Callable[..., Any]:
        def train_step(self: Any, data: Any) -> JSON:
            with tf.GradientTape() as tape:
                loss = compute(self, data[1], self(data[0], training=True))
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            return {"labels": tf.size(data[1])}

        return train_step

    def word(loss: Any, compute: Optional[Callable[[Any, Any, Any], Any]] = None) -> str:
        members = {} if compute is None else {"train_step": step(compute)}
        with tf.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"]).scope():
            inputs = tf.keras.Input((1,))
            layer = tf.keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
            model = type("Stepped", (tf.keras.Model,), members)(inputs, layer(inputs))
            model.compile(optimizer=tf.keras.optimizers.SGD(0.1), loss=loss)
        dataset = tf.data.Dataset.from_tensor_slices((labels * 0 + 1, labels)).batch(4)
        model.fit(dataset, verbose=0)
        weight = _mean(model.get_weights()[0])
        return next(
            (name for name, known in (("mean", 0.5), ("sum of means", 1.0)) if _close(weight, known)), "differs"
        )

    return {
        "raw mean": word("mse", lambda _, y, p: mean(y, p)),
        "compute_loss": word("mse", lambda model, y, p: model.compute_loss(None, y, p, None)),
        "loss": word("mse"),
        "scalar function": word(mean),
        "scalar own loss": word(Mean()),
    }


def _place_as_attribute(model: Any, metric: Any) -> None:
    model.counter = metric


def _place_in_list(model: Any, metric: Any) -> None:
    model.counters = [metric]


def _place_in_dictionary(model: Any, metric: Any) -> None:
    model.counters = {"count": metric}


def _place_on_layer(model: Any, metric: Any) -> None:
    model.layers[1].counter = metric


def _place_nowhere(model: Any, metric: Any) -> None:
    """The training step reaches it as a global."""


def measure_resets() -> JSON:
    """Whether ``fit`` resets a metric between epochs, by where the metric lives."""
    keras = _tf().keras

    def word(place: Callable[[Any, Any], None], listed: Optional[bool] = None) -> str:
        metric = keras.metrics.Sum(name="count")

        def log(batch: Batch) -> JSON:
            metric.update_state(_tf().ones_like(batch.labels))
            return {"seen": metric.result()}

        overriding = {} if listed is None else {"metrics": property(lambda _: [metric] if listed else [])}
        model = _model((1,), train_step=_step(log), **overriding)
        place(model, metric)
        model.compile(optimizer=keras.optimizers.SGD(0.0), run_eagerly=True)
        first, second = model.fit(_tensor(INPUTS), _tensor(TARGETS), batch_size=2, epochs=2, verbose=0).history["seen"]
        return "reset" if _close(first, second) else "kept"

    return {
        "attribute": word(_place_as_attribute),
        "attribute in a list": word(_place_in_list),
        "attribute in a dictionary": word(_place_in_dictionary),
        "attribute of a layer": word(_place_on_layer),
        "attribute that an overriding metrics property leaves out": word(_place_as_attribute, listed=False),
        "global that an overriding metrics property lists": word(_place_nowhere, listed=True),
        "global": word(_place_nowhere),
    }


def _members(*holders: Any) -> JSON:
    """The public members of classes and objects. ``disabled``: there, and raises ``NotImplementedError``."""
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


def measure_members() -> JSON:
    """The public members of the classes that training code deals with, after a training."""
    keras = _tf().keras
    model, optimizer = _model((1,)), keras.optimizers.SGD(0.0)
    model.compile(optimizer=optimizer, loss="mse")
    model.fit(_tensor(INPUTS), _tensor(TARGETS), verbose=0)
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
    value = _tensor(0.0)
    for name, words in facts.items():
        if "add_metric" in words and name != "keras.metrics.Metric":
            words["add_metric"] = _word_of_call(model.add_metric, value, name="m")
    labels = _column(_tensor(TARGETS))
    facts["keras.Model"]["compiled_loss"] = _word_of_call(model.compiled_loss, labels, labels)
    return facts


def measure_arguments() -> JSON:
    """The arguments of a model's methods, and what optimizers make of arguments that they once had.

    ``ignored``: taken without an effect. ``raises``: an error.
    """
    keras = _tf().keras
    facts: JSON = {}
    for name in ("fit", "evaluate", "predict", "train_on_batch", "test_on_batch"):
        parameters = inspect.signature(getattr(keras.Model, name)).parameters.values()
        facts["keras.Model." + name] = {p.name: "taken" for p in parameters if p.kind is not p.VAR_KEYWORD}
    for name, optimizer in sorted(_public(keras.optimizers, _subclass_of(keras.optimizers.Optimizer)).items()):
        if "learning_rate" in inspect.signature(optimizer).parameters and name != "Optimizer":
            facts["keras.optimizers." + name] = {old: _old_argument(optimizer, old) for old in ("decay", "lr")}
    return facts


def _old_argument(optimizer: Any, name: str) -> str:
    made = _tried(lambda: optimizer(**{name: 0.25}))
    if made is None:
        return "raises"
    value = made.learning_rate if name == "lr" else made.get_config().get(name, 0.0)
    return "taken" if _close(float(value), 0.25) else "ignored"


LAYER_ARGUMENTS: Sequence[JSON] = (
    {},
    {"rate": 0.5},
    {"stddev": 1.0},
    {"units": 3},
    {"num_heads": 2, "key_dim": 2},
    {"filters": 2, "kernel_size": 2},
)


def measure_training() -> JSON:
    """Layers that do something else with ``training=True`` than without an argument: ``always``, or only with dropout.

    Those that are not in inference mode by default, such as the random augmentations, are not among them.
    """
    keras = _tf().keras
    facts: JSON = {}
    for name, layer in sorted(_public(keras.layers, _subclass_of(keras.layers.Layer)).items()):
        for word, more in (("always", {}), ("with dropout", {"dropout": 0.5})):
            # Augmentation draws lots: whether it shows on one input is chance, and it belongs to the data anyway.
            augments = name.startswith(("Random", "CutMix", "MixUp"))
            if not augments and "keras.layers." + name not in facts and _differs_in_training(layer, more):
                facts["keras.layers." + name] = word
    return facts


def _differs_in_training(layer: Callable[..., Any], more: JSON) -> bool:
    tf = _tf()
    tf.random.set_seed(1)
    for shape in ((4, 6), (4, 6, 6), (4, 6, 6, 3), (4, 6, 6, 6, 3)):
        inputs = tf.random.uniform(shape) + 0.5
        for arguments in LAYER_ARGUMENTS:
            made = _tried(lambda given: layer(**given), {**arguments, **more})
            operands = [inputs, inputs] if "num_heads" in arguments else [inputs]
            if made is not None and _is_in_inference_unless_told(made, operands):
                return True
    return False


def _is_in_inference_unless_told(layer: Any, operands: Sequence[Any]) -> bool:
    """Whether a call says the same as one with ``training=False``, and not the same as one with ``training=True``."""
    plain = _tried(layer, *operands)
    inference = _tried(lambda *inputs: layer(*inputs, training=False), *operands)
    training = _tried(lambda *inputs: layer(*inputs, training=True), *operands)
    if any(value is None or not hasattr(value, "shape") for value in (plain, inference, training)):
        return False
    return _all_close(plain, inference) and not _all_close(plain, training)


def _all_close(one: Any, other: Any) -> bool:
    return bool(_tried(lambda: float(_tf().reduce_max(_tf().abs(one - other))) < 1e-5))


MEASURES: Dict[str, Callable[[], JSON]] = {
    "functions": measure_functions,
    "losses": measure_losses,
    "metrics": measure_metrics,
    "compile": measure_compile,
    "encodings": measure_encodings,
    "activations": measure_activations,
    "strings": measure_strings,
    "logs": measure_logs,
    "loss_scaling": measure_loss_scaling,
    "penalties": measure_penalties,
    "replicas": measure_replicas,
    "resets": measure_resets,
    "members": measure_members,
    "arguments": measure_arguments,
    "training": measure_training,
}


def _divide_processor(tf: Any) -> None:
    """Let the processor count as two devices, for two replicas, unless TensorFlow has done so already."""
    (cpu,) = tf.config.list_physical_devices("CPU")
    if tf.config.get_logical_device_configuration(cpu) is None:
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)


def measure() -> JSON:
    """All facts of the installed stack."""
    tf = _tf()
    _divide_processor(tf)
    package = sys.modules[tf.keras.losses.Loss.__module__.partition(".")[0]]
    version = f"{package.__name__} {package.__version__}"
    return {"measured_on": version, **{name: part() for name, part in MEASURES.items()}}


def _differences(newer: JSON, older: JSON, path: str = "") -> JSON:
    """What the older table says otherwise, by path, with ``null`` for what it does not have."""
    found: JSON = {}
    for key in sorted({*newer, *older}):
        here, there = newer.get(key), older.get(key)
        if isinstance(here, dict) and isinstance(there, dict):
            found.update(_differences(here, there, f"{path}{key} / "))
        elif here != there:
            found[path + key] = there
    return found


def merge(measurements: Sequence[JSON]) -> JSON:
    """The newest measurement, and what each older release does otherwise."""
    newest, *older = measurements
    exceptions = {
        table["measured_on"]: _differences(newest, {**table, "measured_on": newest["measured_on"]}) for table in older
    }
    return {**newest, "exceptions": exceptions}


def main(arguments: Sequence[str]) -> int:
    """Write a measurement or a table as JSON to standard output."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("measure", help="measure the installed Keras")
    commands.add_parser("merge", help="join the measurements of one generation").add_argument(
        "files", nargs="+", type=Path
    )
    options = parser.parse_args(arguments)
    if options.command == "measure":
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        warnings.simplefilter("ignore")
        result = measure()
    else:
        result = merge([json.loads(path.read_text(encoding="utf-8")) for path in options.files])
    json.dump(result, sys.stdout, indent=1, sort_keys=True)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

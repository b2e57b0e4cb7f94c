"""What is measured: one function for each section of a table, under the section's name."""

import inspect
import warnings
from typing import Any, Callable, Dict, Iterable, Optional, Sequence, Tuple

from .attempts import attempt, tried
from .closeness import close, same
from .from_logits import from_logits
from .json_types import JSON
from .mean_of import mean_of
from .metric_calls import metric_call
from .metric_kinds import KINDS, SPARSE, VALUES, forms, hardened
from .models import compiled_call, evaluate, make_model
from .operands import (
    BINARY_LABELS,
    CLASS_IDS,
    INPUTS,
    LABELS,
    PREDICTIONS,
    RANKED,
    SCORES,
    TARGETS,
    operands_of,
    takes_class_ids,
)
from .public_api import functional_losses, public_classes
from .ranks import alignment, shape_word
from .steps import Batch, make_step
from .tensors import column, mean, tensor


# functions
def measure_functions() -> JSON:
    """By canonical name: the shape of the result, ``from_logits``, ranks, and whether operands may change places."""
    import tensorflow as tf

    facts = {}
    for short, (name, function) in sorted(functional_losses().items()):
        labels, predictions = operands_of(short)
        fact: JSON = {"result": shape_word(function, labels, predictions)}
        one_hot = tf.one_hot(CLASS_IDS, 6)
        fact.update(from_logits(function, labels if takes_class_ids(short) else one_hot, _with_arguments(function)))
        if not takes_class_ids(short):
            fact.update(alignment(function, tensor(LABELS), tensor(PREDICTIONS)))
            fact["on_vectors"] = shape_word(function, tensor(LABELS), tensor(PREDICTIONS))
            fact["symmetric"] = all(
                same(attempt(function, one, predictions), attempt(function, predictions, one))
                for one in (labels, one_hot)
            )
        facts[name] = fact
    return facts


def _with_arguments(function: Callable[..., Any]) -> Callable[..., Callable[..., Any]]:
    return lambda **arguments: lambda labels, predictions: function(labels, predictions, **arguments)


# losses
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


# metrics
def measure_metrics() -> JSON:
    """By canonical name: the function whose mean it is, the kind of its operands, ranks, and how batches weigh."""
    from tensorflow import keras

    facts = {}
    metrics = keras.metrics
    for name, metric in sorted(public_classes(metrics, metrics.Metric).items()):
        call = metric_call(metric)
        labels, predictions = operands_of(name)
        value = attempt(call, labels, predictions) if issubclass(metric, metrics.Mean) else None
        fact: JSON = {"mean_of": mean_of(value, labels, predictions), "root_mean_of": None}
        if fact["mean_of"] is None and value is not None:
            fact["root_mean_of"] = mean_of(value**2, labels, predictions)
        kind = KINDS.get(name, VALUES)
        right, good, bad = forms()[kind]
        well, badly = attempt(call, right, good), attempt(call, right, bad)
        if well is not None and badly is not None and not close(well, badly):
            fact["kind"] = kind
            if kind.endswith(("scores", "probabilities", "margins")):
                hard = attempt(call, right, hardened(kind, good))
                fact["hardened"] = "raises" if hard is None else "same" if close(well, hard) else "differs"
        if kind != SPARSE:
            fact.update(alignment(call, tensor(BINARY_LABELS), tensor(PREDICTIONS)))
            if fact["mean_of"] or fact["root_mean_of"]:
                fact["counts"] = _counts(call, power=1 if fact["mean_of"] else 2)
        facts["keras.metrics." + name] = fact
    return facts


def _counts(call: Callable[..., Any], power: int) -> str:
    """Whether unequal batches, labels ``(batch,)`` and predictions ``(batch, 1)``, weigh by sample or by batch."""
    labels, predictions = tensor(LABELS), column(tensor(PREDICTIONS))
    first, second = attempt(call, labels[:4], predictions[:4]), attempt(call, labels[4:], predictions[4:])
    both = attempt(call, labels[:4], predictions[:4], labels[4:], predictions[4:])
    if first is None or second is None or both is None:
        return "raises"
    if close(both**power, (first**power * 4 + second**power * 2) / 6):
        return "samples"
    return "batches" if close(both**power, (first**power + second**power) / 2) else "differs"


# compile
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


# encodings
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


# activations
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


# strings
def measure_strings() -> JSON:
    """The function that a string without a fixed meaning becomes, by the shapes of labels and predictions."""
    labels = {
        "(batch,)": tensor(BINARY_LABELS),
        "(batch, 1)": column(tensor(BINARY_LABELS)),
        "(batch, n)": operands_of("loss")[0],
    }
    predictions = {
        "(batch,)": tensor(PREDICTIONS),
        "(batch, 1)": column(tensor(PREDICTIONS)),
        "(batch, n)": tensor(SCORES),
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
                word = tried(resolve, string, label, prediction)
                facts[case][f"{label_shape}, {prediction_shape}"] = word or "raises"
    return facts


def _resolved_metric(string: str, labels: Any, predictions: Any) -> str:
    import tensorflow as tf

    names = {function.__name__: name for name, function in functional_losses().values()}
    model = make_model(predictions.shape[1:])
    model.compile(loss=lambda _, p: tf.reduce_mean(p, axis=-1), metrics=[string], run_eagerly=True)
    evaluate(model, labels, predictions)
    used = {getattr(getattr(m, "_fn", None), "__name__", "") for part in model.metrics for m in _flat_metrics(part)}
    return " ".join(sorted(names[name] for name in used & set(names)))


def _flat_metrics(metric: Any) -> Iterable[Any]:
    inner = getattr(metric, "metrics", None)
    return [m for part in inner for m in _flat_metrics(part)] if inner else [metric]


def _resolved_loss(string: str, labels: Any, predictions: Any) -> str:
    model = make_model(predictions.shape[1:])
    model.compile(loss=string, run_eagerly=True)
    value = evaluate(model, labels, predictions)["loss"]
    columns = [v if len(v.shape) > 1 else column(v) for v in (labels, predictions)]
    return mean_of(value, labels, predictions) or mean_of(value, *columns) or "differs"


# logs
def measure_logs() -> JSON:
    """The meaning of the reported number, by case."""
    from tensorflow import keras

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
            model = make_model((1,), **{**members, step_name: make_step(log)})
            model.compile(optimizer=keras.optimizers.SGD(0.0), run_eagerly=True, **arguments)
            words.add(_logged(model, method, key))
        facts[name] = " or ".join(sorted(words))
    return facts


def _logged(model: Any, method: str, key: str) -> str:
    x, y = tensor(INPUTS), tensor(TARGETS)

    def value() -> float:
        if method == "fit":
            return float(model.fit(x, y, batch_size=2, shuffle=False, verbose=0).history[key][-1])
        return float(model.evaluate(x, y, batch_size=2, verbose=0, return_dict=True)[key])

    number = tried(value)
    if number is None:
        return "raises"
    return next((word for word, known in _number_words().items() if close(number, known)), "differs")


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


def _with_tracker(name: str) -> JSON:
    """Members of a model that lists its own ``Mean``."""
    from tensorflow import keras

    tracker = keras.metrics.Mean(name=name)
    return {"tracker": tracker, "metrics": property(lambda _: [tracker])}


def _with_added_tracker(name: str) -> JSON:
    """Members of a model that lists its own ``Mean`` beside what Keras lists."""
    from tensorflow import keras

    members = _with_tracker(name)
    inherited = keras.Model.metrics
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


# loss_scaling
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


# penalties
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


# replicas
def measure_replicas() -> JSON:
    """``mean`` of both replicas' gradients, or ``sum of means``."""
    import tensorflow as tf

    labels = column(tensor([1.0, 2.0, 3.0, 4.0]))

    def batch_mean(y_true: Any, y_pred: Any) -> Any:
        return tf.reduce_mean(tf.square(y_true - y_pred))

    class BatchMean(tf.keras.losses.Loss):  # type: ignore[misc]
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return batch_mean(y_true, y_pred)

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
        weight = mean(model.get_weights()[0])
        return next((name for name, known in (("mean", 0.5), ("sum of means", 1.0)) if close(weight, known)), "differs")

    return {
        "raw mean": word("mse", lambda _, y, p: batch_mean(y, p)),
        "compute_loss": word("mse", lambda model, y, p: model.compute_loss(None, y, p, None)),
        "loss": word("mse"),
        "scalar function": word(batch_mean),
        "scalar own loss": word(BatchMean()),
    }


# resets
def measure_resets() -> JSON:
    """``reset`` or ``kept``, by place."""
    import tensorflow as tf

    keras = tf.keras

    def word(place: Callable[[Any, Any], None], listed: Optional[bool] = None) -> str:
        metric = keras.metrics.Sum(name="count")

        def log(batch: Batch) -> JSON:
            metric.update_state(tf.ones_like(batch.labels))
            return {"seen": metric.result()}

        overriding = {} if listed is None else {"metrics": property(lambda _: [metric] if listed else [])}
        model = make_model((1,), train_step=make_step(log), **overriding)
        place(model, metric)
        model.compile(optimizer=keras.optimizers.SGD(0.0), run_eagerly=True)
        first, second = model.fit(tensor(INPUTS), tensor(TARGETS), batch_size=2, epochs=2, verbose=0).history["seen"]
        return "reset" if close(first, second) else "kept"

    return {
        "attribute": word(_place_as_attribute),
        "attribute in a list": word(_place_in_list),
        "attribute in a dictionary": word(_place_in_dictionary),
        "attribute of a layer": word(_place_on_layer),
        "attribute that an overriding metrics property leaves out": word(_place_as_attribute, listed=False),
        "global that an overriding metrics property lists": word(_place_nowhere, listed=True),
        "global": word(_place_nowhere),
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


# members
def measure_members() -> JSON:
    """The members by class, after a training."""
    from tensorflow import keras

    model, optimizer = make_model((1,)), keras.optimizers.SGD(0.0)
    model.compile(optimizer=optimizer, loss="mse")
    model.fit(tensor(INPUTS), tensor(TARGETS), verbose=0)
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
    value = tensor(0.0)
    for name, words in facts.items():
        if "add_metric" in words and name != "keras.metrics.Metric":
            words["add_metric"] = _word_of_call(model.add_metric, value, name="m")
    labels = column(tensor(TARGETS))
    facts["keras.Model"]["compiled_loss"] = _word_of_call(model.compiled_loss, labels, labels)
    return facts


def _members(*holders: Any) -> JSON:
    """The public members of classes and objects, none of them called."""
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


# arguments
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


# training
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


SECTIONS: Dict[str, Callable[[], JSON]] = {
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

"""TFL301 argmax-into-metric."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from tfloss_lint.claim import Claim
from tfloss_lint.facts import facts
from tfloss_lint.finding import Confidence
from tfloss_lint.generation import Generation
from tfloss_lint.program import Program, operands_of
from tfloss_lint.reading.events import MetricUpdate
from tfloss_lint.reading.library.losses import function_of
from tfloss_lint.reading.values import Const, Object, Role, Sequence, Tensor, Value
from tfloss_lint.rule import Problem, Rule

from .label_encoding import BINARY, SHARES

ACCURACY_STRINGS = frozenset({"accuracy", "acc"})


class ArgmaxIntoMetric(Rule):
    """A metric that needs probabilities is fed predicted classes, or one that compares classes is fed probabilities.

    ## What it does

    It finds updates of a metric whose prediction has been through `argmax` or `round` although the metric does that
    itself or needs the scores: `CategoricalAccuracy`, `SparseCategoricalAccuracy`, top-k accuracies,
    cross-entropies, `AUC`, and the metric that `metrics=["accuracy"]` stands for. It finds the reverse for
    `Accuracy`, which counts exact equality. And it finds `tf.argmax(y_pred)` without an axis, which runs along the
    batch. The finding points at the argument (at the `argmax` without an axis).

    ## Why it is wrong

    `CategoricalAccuracy` takes the argmax of the last axis of both arguments. Of two vectors `(batch,)` the last
    axis is the batch: it asks whether the largest label stands in the same row as the largest prediction, and
    counts one hit or miss per batch. In the examples that gives 0.649 for a model that is right on 81.2 % of the
    rows, and 0.123 for one that is right on 9.9 %; the number depends on the batch size and on the order of the
    rows. The string `"accuracy"` becomes this very metric as soon as labels and predictions have one rank. For 64
    labels of 4 classes and a model that is right on 68.8 %:

    | labels `(64,)` and `argmax` `(64,)` into | Keras 2 (2.8, tf_keras 2.21) | Keras 3 (3.15) |
    |---|---|---|
    | `CategoricalAccuracy` | 1.0 | 1.0 |
    | `metrics=["accuracy"]`, batches of 24 | 1.0 | 1.0 |
    | `SparseCategoricalAccuracy` | raises an error | 0.219 |
    | `Accuracy` | 0.688 | 0.688 |

    The reverse: `Accuracy` of probabilities is 0.0, whatever the model does. `AUC` of rounded predictions knows one
    threshold: it was 0.928 where the scores have 0.979.

    ## Example

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_digits
    from tensorflow import keras

    x, y = load_digits(return_X_y=True)
    x = x / 16
    model = keras.Sequential([keras.layers.Dense(10, kernel_initializer="zeros")])
    loss_function = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.SGD(0.5)
    accuracy = keras.metrics.CategoricalAccuracy()

    for images, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(32):
        with tf.GradientTape() as tape:
            logits = model(images, training=True)
            loss = loss_function(labels, logits)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    for images, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(32):
        predicted = tf.argmax(model(images, training=False), axis=-1)
        accuracy.update_state(labels, predicted)  # TFL301: 35

    as_written = float(accuracy.result())
    reference = (model.predict(x, verbose=0).argmax(axis=-1) == y).mean()
    ```

    With `metrics=["accuracy"]`:

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_digits
    from tensorflow import keras


    class Classifier(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = keras.layers.Dense(10, kernel_initializer="zeros")

        def call(self, inputs):
            return self.head(inputs)

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                out = self(x, training=True)
                loss = self.compiled_loss(tf.one_hot(y, 10), out)
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            self.compiled_metrics.update_state(y, tf.argmax(out, axis=-1))  # TFL301: 47, TFL502: 9 (keras3 alone)
            return {metric.name: metric.result() for metric in self.metrics}


    x, y = load_digits(return_X_y=True)
    model = Classifier()
    model.compile(optimizer=keras.optimizers.SGD(0.0), loss="mse", metrics=["accuracy"])

    as_written = model.fit(x, y, batch_size=32, shuffle=False, verbose=0).history["accuracy"][0]
    reference = (y == 0).mean()  # nothing is learnt, all outputs are equal, and argmax names the class 0
    ```

    ## Use instead

    Give the metric the outputs of the model. Sparse labels go with `SparseCategoricalAccuracy`.

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_digits
    from tensorflow import keras

    x, y = load_digits(return_X_y=True)
    x = x / 16
    model = keras.Sequential([keras.layers.Dense(10, kernel_initializer="zeros")])
    loss_function = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.SGD(0.5)
    accuracy = keras.metrics.SparseCategoricalAccuracy()

    for images, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(32):
        with tf.GradientTape() as tape:
            logits = model(images, training=True)
            loss = loss_function(labels, logits)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    for images, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(32):
        logits = model(images, training=False)
        accuracy.update_state(labels, logits)

    as_written = float(accuracy.result())
    reference = (model.predict(x, verbose=0).argmax(axis=-1) == y).mean()
    ```

    `"accuracy"` then sees ranks 1 and 2 and becomes `SparseCategoricalAccuracy`.

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_digits
    from tensorflow import keras


    class Classifier(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = keras.layers.Dense(10, kernel_initializer="zeros")

        def call(self, inputs):
            return self.head(inputs)

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                out = self(x, training=True)
                loss = self.compiled_loss(tf.one_hot(y, 10), out)
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            return {"accuracy": self.compute_metrics(x, y, out, None)["accuracy"]}


    x, y = load_digits(return_X_y=True)
    model = Classifier()
    model.compile(optimizer=keras.optimizers.SGD(0.0), loss="mse", metrics=["accuracy"])

    as_written = model.fit(x, y, batch_size=32, shuffle=False, verbose=0).history["accuracy"][0]
    reference = (y == 0).mean()  # nothing is learnt, all outputs are equal, and argmax names the class 0
    ```

    ## Confidence

    *certain*: the class of the metric is known, and the argument is the result of `argmax` or `round`, or for
    `Accuracy` of a softmax or sigmoid, or what a cross-entropy takes for probabilities or logits as well. *likely*:
    the metric is what `"accuracy"` in `compile()` stands for. *possible*: the file does not show how the model makes
    its outputs, which may be classes.

    ## What it deliberately does not see

    - `Accuracy`, `MeanIoU`, `IoU` and confusion matrices after `argmax`: they compare class numbers.
    - `BinaryAccuracy`, `Precision`, `Recall` and their kin on classes 0 and 1: both lie on the right side of the
      threshold.
    - Accuracy classes that do not fit the labels or the outputs in other ways, and metric objects in `compile()`.

    ## References

    - `tf.argmax` without `axis` reduces along axis 0, the batch; `keras.ops.argmax` without one flattens.
    - How `"accuracy"` is resolved: at the first update, from the shapes; last axis 1: binary; labels of lower rank,
      or with a last axis of 1 against several outputs: sparse; else categorical. The same on Keras 2 and 3.
    - `compiled_metrics` on Keras 3 is a deprecated alias that feeds the predictions to every metric, `Mean`
      trackers included.
    """

    code = "TFL301"
    name = "argmax-into-metric"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        """Report updates of the wrong kind, and an argmax that runs over the samples."""
        for update in program.metric_updates:
            if len(update.arguments) > 1 and len(update.nodes) > 1:
                message, remedy = _mismatch(program, update) or ("", "")
                if message:
                    prediction = update.arguments[1]
                    sure = not is_output_of_the_unknown(prediction) or is_trained_as_scores(program, prediction)
                    confidence = Confidence.CERTAIN if sure else Confidence.POSSIBLE
                    yield Problem(update.nodes[1], message, remedy, confidence, claim_of(program, update))
        for meeting in program.meetings:
            node = argmax_over_batch(meeting.prediction)
            if node is not None:
                yield Problem(node, _OVER_BATCH, "name the class axis: `tf.argmax(y_pred, axis=-1)`", Confidence.LIKELY)


def claim_of(program: Program, update: MetricUpdate) -> Claim | None:
    """That the metric comes to another number than with what goes into the argmax, or comes out of one."""
    prediction = update.arguments[1]
    is_hardened = isinstance(prediction, Tensor) and not is_score(prediction)
    made = prediction.node if isinstance(prediction, Tensor) and is_hardened else update.node
    scores = operands_of(made)[0] if made is not None and is_hardened else update.nodes[1]
    operands = {
        **program.parts(update.node, metric=receiver(update.node), label=update.nodes[0]),
        **program.parts(made, scores=scores),
    }
    wanted = "scores" if is_hardened else "classes"
    return Claim("argmax", operands, {"wants": wanted}) if len(operands) == 3 else None


def receiver(node: cst.CSTNode) -> cst.CSTNode | None:
    """The object that is updated: `metric` in `metric.update_state(...)` and in `metric(...)`."""
    called = node.func if isinstance(node, cst.Call) else None
    is_method = isinstance(called, cst.Attribute) and called.attr.value == "update_state"
    return called.value if is_method and isinstance(called, cst.Attribute) else called


_OVER_BATCH = (
    "the argmax runs over axis 0, the samples of the batch, since tf.argmax takes no other axis by itself: it names "
    "one sample per class, not one class per sample"
)


def _mismatch(program: Program, update: MetricUpdate) -> tuple[str, str] | None:
    """What is wrong with the prediction that a metric gets, and what to write instead."""
    metric, prediction = update.metric, update.arguments[1]
    if not isinstance(metric, Object) or metric.cls is not None or not isinstance(prediction, Tensor):
        return None
    if metric.kind == "keras.metrics.Accuracy" and is_score(prediction):
        return (
            "Accuracy counts exact equality, and no probability or logit equals a class number: it stays near 0",
            "take a class first, e.g. `tf.argmax(y_pred, axis=-1)`, or use an accuracy that takes scores",
        )
    if metric.kind == "keras.metrics.AUC" and is_rounded(prediction):
        return (
            "an AUC ranks the scores, and of predictions that are cut to 0 and 1 it sees a single threshold",
            "pass the probabilities themselves",
        )
    if prediction.op != "argmax" or prediction.role is not Role.PREDICTION:
        return None
    name = name_of_misled(metric, update.arguments[0], program.targets)
    if name is None:
        return None
    wrong = (
        f"{name} gets class numbers where it looks for the largest score itself: it takes the class numbers of the "
        "whole batch for the scores of one sample and counts one hit or miss per batch"
    )
    return (
        wrong,
        "pass the scores: `update_state(y, y_pred)`; or use `keras.metrics.Accuracy()`, which compares class numbers",
    )


def name_of_misled(metric: Object, labels: Value, targets: frozenset[Generation]) -> str | None:
    """The metric that takes class numbers for scores and raises no error, on some targeted generation."""
    for generation in sorted(targets, key=lambda g: g.value):
        if metric.kind != "compiled metrics":
            if takes_classes_for_scores(generation, metric.kind):
                return metric.kind.rsplit(".", 1)[-1]
            continue
        for compiled in compiled_metrics(metric):
            if isinstance(compiled, Const) and compiled.value in ACCURACY_STRINGS:
                if resolves_silently(generation, labels):
                    return f"the compiled metric {compiled.value!r}"
            elif isinstance(compiled, Object) and takes_classes_for_scores(generation, compiled.kind):
                return f"the compiled metric {compiled.kind.rsplit('.', 1)[-1]}"
    return None


def takes_classes_for_scores(generation: Generation, kind: str) -> bool:
    """Whether a metric class changes its number, and raises nothing, when it gets class numbers."""
    fact = facts(generation).metrics.get(kind)
    if fact is None or fact.kind is None:
        return False
    # Measured with one-hot labels this one raises; with labels (batch,) it takes both for single samples.
    return kind == "keras.metrics.CategoricalAccuracy" or (
        fact.kind == "class ids, scores" and fact.hardened == "differs"
    )


def resolves_silently(generation: Generation, labels: Value) -> bool:
    """Whether `'accuracy'` finds a function for these labels and predictions `(batch,)`."""
    shape = labels.shape if isinstance(labels, Tensor) else None
    axes = "(batch,)" if shape is None or len(shape) == 1 else "(batch, 1)" if shape[-1] == 1 else "(batch, n)"
    return facts(generation).strings["metric accuracy"].get(f"{axes}, (batch,)") != "raises"


def compiled_metrics(metric: Object) -> list[Value]:
    """The metrics that `compile` was given, of the object that stands for them."""
    model = metric.attrs.get("model")
    compiled = model.attrs.get("compiled with") if isinstance(model, Object) else None
    metrics = compiled.items[1] if isinstance(compiled, Sequence) else None
    return list(metrics.items) if isinstance(metrics, Sequence) else []


def is_score(prediction: Tensor) -> bool:
    """Whether it is what a model puts out, or a softmax or sigmoid of it."""
    return prediction.op in ("predict", "softmax", "sigmoid") and prediction.role is Role.PREDICTION


def is_output_of_the_unknown(prediction: Value) -> bool:
    """Whether a model puts it out that may make classes of its scores by itself."""
    if not isinstance(prediction, Tensor) or prediction.op != "predict":
        return False
    return not isinstance(prediction.detail, Tensor) or prediction.detail.op == "opaque"


def is_trained_as_scores(program: Program, prediction: Value) -> bool:
    """Whether a loss takes that very prediction for probabilities or logits, which no classes can be."""
    return any(
        meeting.prediction is prediction and function_of(meeting.result.detail) in SHARES | BINARY
        for meeting in program.meetings
    )


def is_rounded(prediction: Tensor) -> bool:
    """Whether predictions are cut to classes."""
    return prediction.op in ("round", "argmax", "greater", "greater_equal") and prediction.role is Role.PREDICTION


def argmax_over_batch(prediction: Tensor) -> cst.CSTNode | None:
    """The argmax that reduces the samples of a batch away, if the prediction is one."""
    if prediction.op != "argmax" or prediction.axes != (0,):
        return None
    inner = prediction.inputs[0]
    whole = isinstance(inner, Tensor) and inner.op in ("input", "predict") and inner.rank != 1
    return prediction.node if whole else None

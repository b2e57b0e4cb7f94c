"""TFL302 accuracy-class."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import libcst as cst

from tfloss_lint.claim import Claim, Fact
from tfloss_lint.compiled import Head, heads_of, loss_for, metrics_for
from tfloss_lint.facts import facts
from tfloss_lint.finding import Confidence
from tfloss_lint.names import ACCURACY, metric_from_string
from tfloss_lint.program import Program
from tfloss_lint.reading.encoding import Case, case_of, width_of
from tfloss_lint.reading.events import Compile
from tfloss_lint.reading.library.losses import function_of, resolve
from tfloss_lint.reading.outputs import LOGITS, output_of
from tfloss_lint.reading.shapes import describe
from tfloss_lint.reading.values import NONE, UNKNOWN, Object, Ref, Tensor, Value, constant
from tfloss_lint.rule import Problem, Rule

from .label_encoding import BINARY, SHARES, are_classes


class AccuracyClass(Rule):
    """An accuracy that does not fit the labels or the outputs counts something else than right answers.

    ## What it does

    It compares the accuracies that `compile()` is given, and those that a step or loop updates, with the labels and
    with what the model ends in: `Accuracy` of probabilities or logits; `CategoricalAccuracy` with class numbers or
    with a single output; `SparseCategoricalAccuracy` with one-hot labels or with a single output; `BinaryAccuracy`
    with the classes of a softmax; and `BinaryAccuracy` or `"accuracy"` with the threshold 0.5 on logits. The finding
    points at the accuracy where it is made.

    ## Why it is wrong

    None of this raises an error, but for one-hot labels in a sparse accuracy. The number looks like an accuracy, and
    best weights, early stopping and papers go by it. A model for ten handwritten digits that is right on 87.8 % of
    them, and one that tells two kinds of tumours apart on 93.7 %, the same on Keras 2.8, tf_keras 2.21 and Keras 3.15:

    | accuracy | labels and outputs | shows |
    |---|---|---|
    | `CategoricalAccuracy` | one-hot, `Dense(10)` | 0.878 |
    | `SparseCategoricalAccuracy` | `(batch,)`, `Dense(10)` | 0.878 |
    | `Accuracy` | one-hot, `Dense(10, "softmax")` | 0.000 |
    | `BinaryAccuracy` | one-hot, `Dense(10, "softmax")` | 0.900 |
    | `CategoricalAccuracy` | `(batch, 1)`, `Dense(10)` | 0.106 |
    | `BinaryAccuracy` | 0 or 1, `Dense(1, "sigmoid")` | 0.937 |
    | `BinaryAccuracy` | 0 or 1, `Dense(1)`, a loss with `from_logits=True` | 0.661 |
    | `CategoricalAccuracy` | 0 or 1, `Dense(1, "sigmoid")` | 1.000 |
    | `SparseCategoricalAccuracy` | 0 or 1, `Dense(1, "sigmoid")` | 0.373 |

    `BinaryAccuracy` counts every zero of a one-hot row: a softmax of ten classes that never exceeds one half is right
    on nine of ten entries. `CategoricalAccuracy` looks for the largest entry: of a single one that is the first, in
    the labels, too. A logit of 0.3 is a probability of 0.57, and lies below the threshold of 0.5.

    ## Example

    ```python
    import numpy as np
    from sklearn.datasets import load_digits
    from tensorflow import keras

    x, y = load_digits(return_X_y=True)
    one_hot = keras.utils.to_categorical(y)
    model = keras.Sequential([keras.layers.Dense(10, activation="softmax", kernel_initializer="zeros")])
    model.compile(
        optimizer="adam",
        loss="categorical_crossentropy",
        metrics=[keras.metrics.BinaryAccuracy()],  # TFL302: 14
    )
    model.fit(x / 16, one_hot, epochs=2, verbose=0)

    as_written = model.evaluate(x / 16, one_hot, verbose=0)[1]
    reference = np.mean(model.predict(x / 16, verbose=0).argmax(axis=-1) == y)
    ```

    Logits, in a loop:

    ```python
    import numpy as np
    import tensorflow as tf
    from sklearn.datasets import load_breast_cancer
    from sklearn.preprocessing import scale
    from tensorflow import keras

    x, y = load_breast_cancer(return_X_y=True)
    x, y = scale(x).astype("float32"), y.astype("float32").reshape(-1, 1)
    model = keras.Sequential([keras.layers.Dense(1, kernel_initializer="zeros")])
    loss_function = keras.losses.BinaryCrossentropy(from_logits=True)
    optimizer = keras.optimizers.SGD(0.01)
    accuracy = keras.metrics.BinaryAccuracy()  # TFL302: 12

    for features, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(569):
        with tf.GradientTape() as tape:
            logits = model(features, training=True)
            loss = loss_function(labels, logits)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        accuracy.update_state(labels, model(features, training=False))

    as_written = float(accuracy.result())
    reference = np.mean((model.predict(x, verbose=0) > 0) == y)
    ```

    ## Use instead

    `"accuracy"` chooses by the shapes of labels and outputs.

    ```python
    import numpy as np
    from sklearn.datasets import load_digits
    from tensorflow import keras

    x, y = load_digits(return_X_y=True)
    one_hot = keras.utils.to_categorical(y)
    model = keras.Sequential([keras.layers.Dense(10, activation="softmax", kernel_initializer="zeros")])
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    model.fit(x / 16, one_hot, epochs=2, verbose=0)

    as_written = model.evaluate(x / 16, one_hot, verbose=0)[1]
    reference = np.mean(model.predict(x / 16, verbose=0).argmax(axis=-1) == y)
    ```

    For logits the threshold is 0.

    ```python
    import numpy as np
    import tensorflow as tf
    from sklearn.datasets import load_breast_cancer
    from sklearn.preprocessing import scale
    from tensorflow import keras

    x, y = load_breast_cancer(return_X_y=True)
    x, y = scale(x).astype("float32"), y.astype("float32").reshape(-1, 1)
    model = keras.Sequential([keras.layers.Dense(1, kernel_initializer="zeros")])
    loss_function = keras.losses.BinaryCrossentropy(from_logits=True)
    optimizer = keras.optimizers.SGD(0.01)
    accuracy = keras.metrics.BinaryAccuracy(threshold=0.0)

    for features, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(569):
        with tf.GradientTape() as tape:
            logits = model(features, training=True)
            loss = loss_function(labels, logits)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        accuracy.update_state(labels, model(features, training=False))

    as_written = float(accuracy.result())
    reference = np.mean((model.predict(x, verbose=0) > 0) == y)
    ```

    ## Confidence

    *certain*: the file shows which accuracy it is, and the shapes of labels and outputs or how the labels are made.
    That the outputs are logits is shown by a loss with `from_logits=True`, that they are classes by a softmax or by a
    categorical loss.

    ## What it deliberately does not see

    - `BinaryAccuracy` of several sigmoids: labels of their own that may all be true.
    - A softmax of two classes in `BinaryAccuracy`: one of the two exceeds one half, and the count is right.
    - Logits without a loss that says so: outputs may be trained to be 0 and 1, and 0.5 is then the middle.
    - A threshold that the file gives.
    - Predictions that have been through `argmax` or `round`, and `Accuracy` in a step or loop: TFL301.
    - A plain list of metrics for several outputs: Keras 2 gives each output all of them, Keras 3 one each.

    ## References

    - `Accuracy`: "Calculates how often predictions equal labels."
    - `BinaryAccuracy(threshold=0.5)`, on every entry of labels and predictions.
    - `"accuracy"` becomes `binary_accuracy` for one output, with its threshold of 0.5, on Keras 2 and 3.
    """

    code = "TFL302"
    name = "accuracy-class"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        """Report each accuracy once, however many batches it gets."""
        reported: set[cst.CSTNode] = set()
        for use in _uses(program):
            problem = None if use.node in reported else _problem(program, use)
            if problem is not None:
                reported.add(use.node)
                yield problem
        yield from _equalities(program)


EQUALITY = "keras.metrics.Accuracy"
BINARY_NAMES = frozenset({"keras.metrics.BinaryAccuracy", "keras.metrics.binary_accuracy"})
THRESHOLD_AT = 2
"""The position of ``threshold`` among the arguments of ``BinaryAccuracy``."""


@dataclass(frozen=True, slots=True)
class Use:
    """An accuracy with what it gets. Where Keras calls it, ``loss`` is that of the same output."""

    node: cst.CSTNode
    accuracy: Value
    name: str
    label: Tensor
    prediction: Tensor
    compiled: bool
    loss: Value = NONE
    output: dict[str, Fact] = field(default_factory=dict)
    """Which of several outputs it gets, as facts of a claim."""


def _uses(program: Program) -> Iterator[Use]:
    for pair in program.metric_pairs:
        name = _name(program, pair.given)
        if name and isinstance(pair.label, Tensor) and isinstance(pair.prediction, Tensor):
            node = _made_at(pair.given, pair.node)
            loss, _ = loss_for(program, pair.event, pair.head)
            yield Use(node, pair.given, name, pair.label, pair.prediction, True, loss, pair.head.facts)
    for update in program.metric_updates:
        name = _name(program, update.metric)
        label, prediction = [*update.arguments, UNKNOWN, UNKNOWN][:2]
        if name and isinstance(label, Tensor) and isinstance(prediction, Tensor):
            yield Use(_made_at(update.metric, update.node), update.metric, name, label, prediction, False)


def _made_at(accuracy: Value, node: cst.CSTNode) -> cst.CSTNode:
    """Where an accuracy is made, or else where it is given."""
    return accuracy.node if isinstance(accuracy, Object) and accuracy.node is not None else node


def _name(program: Program, accuracy: Value) -> str:
    """The canonical name of an accuracy, ``ACCURACY`` for the string that has to be resolved; or nothing."""
    name = ""
    text = constant(accuracy)
    if isinstance(text, str):
        # A string is a function's name on one generation, and that of its class on the other.
        names = [metric_from_string(text, generation) for generation in sorted(program.targets, key=lambda g: g.value)]
        name = names[-1] or ""
    elif isinstance(accuracy, Ref):
        name = accuracy.name
    elif isinstance(accuracy, Object) and accuracy.cls is None:
        name = accuracy.kind
    return name if name == ACCURACY or name.lower().endswith("accuracy") else ""


def _problem(program: Program, use: Use) -> Problem | None:
    """What is wrong with labels or outputs for this accuracy, if anything is."""
    case = case_of(use.label, use.prediction)
    if case == "one output" and (use.name == ACCURACY or use.name in BINARY_NAMES):
        return _threshold(program, use)
    if case is None or use.name in (ACCURACY, EQUALITY):
        return None
    words = {facts(generation).on_labels(use.name, case, compiled=use.compiled) for generation in program.targets}
    if not words & WRONG or (use.name in BINARY_NAMES and not _of_classes(use)):
        return None
    return Problem(use.node, *_mismatch(use, case), Confidence.CERTAIN, Claim("accuracy", facts=use.output))


WRONG = frozenset({"wrong", "raises", "blind"})


def _of_classes(use: Use) -> bool:
    """Whether a sample belongs to one of more than two classes, each with an output."""
    categorical = function_of(use.loss) in SHARES or are_classes(use.label, use.prediction)
    return categorical and (width_of(use.prediction) or 0) > 2


def _mismatch(use: Use, case: Case) -> tuple[str, str]:
    """What is wrong with labels of this kind, and what to write instead."""
    name, width = _short(use.name), width_of(use.prediction)
    binary = use.name in BINARY_NAMES
    if case == "one output":
        shown = "the share of the label 0" if "parse" in name else "1.0"
        wrong = f"{name} looks for the largest of several outputs, and there is one: it shows {shown} for any model"
        return wrong, _INSTEAD.format("BinaryAccuracy")
    if case == "one-hot" and binary:
        wrong = f"{name} counts every entry of the one-hot rows, and of {width} entries all but one are zeros"
        return f"{wrong}: a softmax hits these without knowing anything", _INSTEAD.format("CategoricalAccuracy")
    if case == "one-hot":
        wrong = f"the labels are one-hot rows, and {name} takes one class number per sample: it raises an error"
        return wrong, _INSTEAD.format("CategoricalAccuracy")
    wanted = "an answer for each output" if binary else "one-hot rows"
    wrong = f"the labels {describe(use.label.shape)} are class numbers, and {name} takes {wanted}"
    return f"{wrong}: what it counts is not the right answers", _INSTEAD.format("SparseCategoricalAccuracy")


_INSTEAD = "use `keras.metrics.{}()`, or `metrics=['accuracy']`, which chooses by the shapes of labels and outputs"


def _short(name: str) -> str:
    return name.rpartition(".")[2]


# Logits


def _threshold(program: Program, use: Use) -> Problem | None:
    """A binary accuracy whose threshold is that of probabilities, of a model that puts out logits."""
    if isinstance(use.accuracy, Object) and use.accuracy.given("threshold", THRESHOLD_AT):
        return None
    if output_of(use.prediction) is not LOGITS or not _are_logits(program, use):
        return None
    shown = "'accuracy' is BinaryAccuracy here, which" if use.name == ACCURACY else f"{_short(use.name)}"
    return Problem(
        use.node,
        f"{shown} takes 0.5 for the threshold, and the outputs are logits: those between 0 and 0.5 mean the class 1, "
        "and are counted as the class 0",
        "use `keras.metrics.BinaryAccuracy(threshold=0.0)`",
        Confidence.CERTAIN,
        Claim("accuracy", facts={"logits": True, **use.output}),
    )


def _are_logits(program: Program, use: Use) -> bool:
    """Whether a loss takes the outputs of that very layer for logits."""
    if use.compiled and _takes_logits(program, resolve(use.loss)):
        return True
    last = _last_layer(use.prediction)
    return last is not None and any(
        meeting.config is not None
        and _last_layer(meeting.prediction) is last
        and (meeting.loss == "tf.nn.sigmoid_cross_entropy_with_logits" or _takes_logits(program, meeting.config))
        for meeting in program.meetings
    )


def _takes_logits(program: Program, loss: Value) -> bool:
    """Whether it is a binary cross-entropy with ``from_logits=True``."""
    if not isinstance(loss, Object) or function_of(Ref(loss.kind)) not in BINARY:
        return False
    known = [facts(generation).from_logits(loss.kind) for generation in program.targets]
    return any(constant(loss.config("from_logits", at)) is True for _, at in filter(None, known))


def _last_layer(prediction: Tensor) -> Value | None:
    """The layer that a model's prediction comes from."""
    made = prediction.detail if prediction.op == "predict" else prediction
    return made.detail if isinstance(made, Tensor) and made.op == "layer" and isinstance(made.detail, Object) else None


# Equality


def _equalities(program: Program) -> Iterator[Problem]:
    """``Accuracy`` in ``compile()``, where Keras itself hands it the outputs."""
    for event in program.compiles:
        for head in heads_of(program.output_of(event.model)) if event.metrics else ():
            for accuracy, node in metrics_for(program, event, head):
                is_equality = isinstance(accuracy, Object) and accuracy.cls is None and accuracy.kind == EQUALITY
                if is_equality and _scores(program, event, head):
                    yield Problem(
                        _made_at(accuracy, node),
                        "Accuracy counts exact equality, and no probability or logit equals a label: it stays near 0",
                        "use `metrics=['accuracy']`, which chooses an accuracy by the shapes of labels and outputs",
                        Confidence.CERTAIN,
                        Claim("accuracy", facts=head.facts),
                    )


def _scores(program: Program, event: Compile, head: Head) -> bool:
    """Whether the outputs are scores that reach the metrics as they are."""
    cls = event.model.cls
    if cls is not None and any(cls.member(name) for name in ("train_step", "test_step", "compute_metrics")):
        return False
    output, (loss, _) = output_of(head.prediction), loss_for(program, event, head)
    return function_of(resolve(loss)) in SHARES | BINARY or (output is not None and output.kind != "values")

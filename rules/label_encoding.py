"""TFL402 label-encoding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import libcst as cst

from tfloss_lint.claim import Claim, Fact
from tfloss_lint.facts import facts
from tfloss_lint.finding import Confidence
from tfloss_lint.generation import Generation
from tfloss_lint.program import Program
from tfloss_lint.reading.encoding import Case, case_of, encoding_of, width_of
from tfloss_lint.reading.library.losses import AXIS_AT, NN_LOSSES, function_of, resolve
from tfloss_lint.reading.outputs import output_of
from tfloss_lint.reading.shapes import describe
from tfloss_lint.reading.values import Object, Ref, Tensor, Value
from tfloss_lint.rule import Problem, Rule


class LabelEncoding(Rule):
    """One-hot labels meet a loss that takes class numbers, or class numbers one that takes a value per class.

    ## What it does

    It compares the labels with what a loss takes, in `compile()` and `fit()`, in a custom step and in a loop. It
    reports class numbers, `(batch,)` or `(batch, 1)`, where the model has an output per class and the loss compares
    output by output; one-hot labels for a sparse cross-entropy; a softmax cross-entropy over a single output; and the
    numbers of more than two classes for a binary cross-entropy. The finding points at the call of the loss, or at what
    `compile()` is given.

    ## Why it is wrong

    Some of these pairs raise an error, and some broadcast: every one of the ten outputs of a sample is then pulled
    towards the number of its class. With class numbers and `(batch, n)` outputs:

    | loss | `(batch, 1)`, called | `(batch,)`, called | `(batch,)`, in `compile()` |
    |---|---|---|---|
    | `mse`, `mae`, `huber`, `kl_divergence`, `categorical_hinge` | wrong | raises | wrong on Keras 2, raises on 3 |
    | `tf.nn.softmax_cross_entropy_with_logits` | wrong | raises | |
    | `binary_crossentropy` | raises; wrong on Keras 2 without an activation | raises | as `(batch, 1)` |
    | `categorical_focal_crossentropy` | raises on Keras 2, wrong on 3 | raises | raises |
    | `categorical_crossentropy` | raises | raises | raises |

    `wrong` is silent. Class numbers of ten handwritten digits in `"mse"` give a loss of 27.5 where one-hot labels
    give 0.09. One-hot labels in a sparse cross-entropy raise an error on all generations.

    The silent mistake that is met most often has one output: `categorical_crossentropy` on `Dense(1)`. It divides
    the output by the sum of all outputs, which is the output itself. The loss is 0.0 for every prediction. Without an
    activation there is no gradient either; with one, the gradient pushes the outputs of all samples with label 0
    down, and never one up.

    A binary cross-entropy takes labels from 0 to 1. With labels up to 2 it has no lower bound: it falls below zero,
    while the model learns to say 1.0 for everything.

    ## Example

    ```python
    import numpy as np
    from sklearn.datasets import load_breast_cancer
    from tensorflow import keras

    x, y = load_breast_cancer(return_X_y=True)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid", kernel_initializer="zeros")])
    model.compile(optimizer="sgd", loss="categorical_crossentropy")  # TFL402: 37

    as_written = model.fit(x, y.astype("float32"), batch_size=len(x), verbose=0).history["loss"]
    reference = [np.log(2)]  # the cross-entropy of a model that knows nothing yet
    ```

    Class numbers in a column, with an output per class:

    ```python
    import numpy as np
    import tensorflow as tf
    from sklearn.datasets import load_digits
    from tensorflow import keras

    x, y = load_digits(return_X_y=True)
    x, y = (x / 16).astype("float32"), y.astype("float32").reshape(-1, 1)
    model = keras.Sequential([keras.layers.Dense(10, kernel_initializer="zeros")])
    optimizer = keras.optimizers.SGD(1.0)

    for images, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(1797):
        with tf.GradientTape() as tape:
            logits = model(images, training=True)
            losses = tf.nn.softmax_cross_entropy_with_logits(labels, logits)  # TFL402: 18
            loss = tf.reduce_mean(losses)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    as_written = model.get_weights()[0]
    one_hot = np.eye(10)[y[:, 0].astype(int)]
    reference = x.T @ (one_hot - 0.1) / len(y)  # one step down the gradient of the cross-entropy
    ```

    ## Use instead

    Two classes and one output go with a binary cross-entropy.

    ```python
    import numpy as np
    from sklearn.datasets import load_breast_cancer
    from tensorflow import keras

    x, y = load_breast_cancer(return_X_y=True)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid", kernel_initializer="zeros")])
    model.compile(optimizer="sgd", loss="binary_crossentropy")

    as_written = model.fit(x, y.astype("float32"), batch_size=len(x), verbose=0).history["loss"]
    reference = [np.log(2)]
    ```

    Class numbers go with a sparse loss, and one-hot labels with the others.

    ```python
    import numpy as np
    import tensorflow as tf
    from sklearn.datasets import load_digits
    from tensorflow import keras

    x, y = load_digits(return_X_y=True)
    x = (x / 16).astype("float32")
    model = keras.Sequential([keras.layers.Dense(10, kernel_initializer="zeros")])
    optimizer = keras.optimizers.SGD(1.0)

    for images, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(1797):
        with tf.GradientTape() as tape:
            logits = model(images, training=True)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            loss = tf.reduce_mean(losses)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    as_written = model.get_weights()[0]
    reference = x.T @ (np.eye(10)[y] - 0.1) / len(y)
    ```

    ## Confidence

    *certain*: the file shows the shapes of labels and outputs, or how the labels are made: by `to_categorical`,
    `one_hot` or `argmax`, or as the classes of a well-known data set. For losses of more than one use (`mse`,
    `binary_crossentropy`, a difference that is written out) it must also show that these are classes: more than two of
    them in the data, or a softmax in the model.

    ## What it deliberately does not see

    - Labels that nothing in the file says anything about.
    - `(batch, 1)` against `(batch, k)` where no class is in sight: quantiles and ensembles broadcast on purpose.
    - One-hot labels in a binary cross-entropy: each class is then a question of its own.
    - Metrics: TFL302 looks at those that count right answers.
    - Labels of another rank in a loss for values: TFL201.

    ## References

    - `CategoricalCrossentropy`: "Use this crossentropy loss function when there are two or more label classes. We
      expect labels to be provided in a `one_hot` representation."
    - `SparseCategoricalCrossentropy`: "We expect labels to be provided as integers."
    - `tf.nn.softmax_cross_entropy_with_logits` broadcasts labels and logits.
    """

    code = "TFL402"
    name = "label-encoding"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        """Report each loss once, however many batches it gets."""
        reported: set[cst.CSTNode] = set()
        for use in _uses(program):
            problem = None if use.node in reported else _problem(program, use)
            if problem is not None:
                reported.add(use.node)
                yield replace(problem, claim=_claim(program, use))


BY_CLASS = frozenset(
    {"categorical_crossentropy", "categorical_focal_crossentropy", "categorical_hinge", "kl_divergence"}
)
"""Losses that always take a value per class."""
SHARES = frozenset({"categorical_crossentropy", "categorical_focal_crossentropy", "sparse_categorical_crossentropy"})
"""Losses that take the outputs for shares of one whole."""
BINARY = frozenset({"binary_crossentropy", "binary_focal_crossentropy"})
DIFFERENCES = frozenset({"subtract", "squared_difference"})


@dataclass(frozen=True, slots=True)
class Use:
    """A loss with what it gets. ``loss`` is empty for a difference that is written out, ``function`` what it computes.

    ``compiled`` says that Keras calls it.
    """

    node: cst.CSTNode
    loss: str
    function: str
    label: Tensor
    prediction: Tensor
    compiled: bool
    output: dict[str, Fact] = field(default_factory=dict)
    """Which of several outputs it gets, as facts of a claim."""

    @property
    def name(self) -> str:
        """The loss as messages name it."""
        return self.loss.rpartition(".")[2] or "the difference"

    @property
    def width(self) -> int | None:
        """The number of outputs."""
        return width_of(self.prediction)


def _uses(program: Program) -> Iterator[Use]:
    for pair in program.loss_pairs:
        if isinstance(pair.label, Tensor) and isinstance(pair.prediction, Tensor):
            uses = _named(pair.node, resolve(pair.given), pair.label, pair.prediction, compiled=True)
            yield from (replace(use, output=pair.head.facts) for use in uses)
    for meeting in program.meetings:
        if meeting.swapped or meeting.compiled_as is not None:
            continue
        label, prediction = meeting.label, meeting.prediction
        if meeting.config is not None:
            yield from _named(meeting.node, meeting.config, label, prediction, compiled=False)
        elif meeting.result.op in DIFFERENCES:
            yield Use(meeting.node, "", "", label, prediction, False)


def _named(node: cst.CSTNode, loss: Value, label: Tensor, prediction: Tensor, *, compiled: bool) -> Iterator[Use]:
    """A loss of the library's, along the last axis."""
    name = loss.kind if isinstance(loss, Object) else loss.name if isinstance(loss, Ref) else ""
    axis_at = 2 if name in NN_LOSSES else AXIS_AT.get(name.rpartition(".")[2])
    if isinstance(loss, Object) and (loss.cls is not None or loss.given("axis", axis_at)):
        return
    function = NN_LOSSES[name][0] if name in NN_LOSSES else function_of(Ref(name))
    if function is not None:
        yield Use(node, name, function, label, prediction, compiled)


def _claim(program: Program, use: Use) -> Claim | None:
    """That the loss is another one, or none, with the labels that it takes."""
    operands = {} if use.compiled else program.operand_nodes(use.node)
    return Claim("encoding", operands, {"takes": _taken(use), **use.output}) if use.compiled or operands else None


def _taken(use: Use) -> str:
    """What the loss takes, in the words of the measure."""
    if case_of(use.label, use.prediction) == "one output":
        return "several outputs" if use.function in SHARES else "two classes"
    return "class number" if use.function.startswith("sparse") else "value per class"


def _problem(program: Program, use: Use) -> Problem | None:
    """What is wrong with these labels for this loss, if anything is."""
    case = case_of(use.label, use.prediction)
    if case is None:
        return None
    if case == "one output":
        return _one_output(use)
    # A loss for values has other uses: it must be known that there is an output per class.
    by_class = use.function in BY_CLASS or (use.width is not None and are_classes(use.label, use.prediction))
    if case != "one-hot" and not by_class:
        return None
    words = {generation: _word(generation, use, case) for generation in program.targets}
    wrong = {generation: word for generation, word in words.items() if word in OUTCOMES}
    return _mismatch(use, case, wrong) if wrong else None


def are_classes(label: Tensor, prediction: Tensor) -> bool:
    """Whether the file shows that the labels are numbers of classes, and each output belongs to one."""
    encoding, output = encoding_of(label), output_of(prediction)
    if encoding is not None and encoding.kind == "class ids" and (encoding.classes or 0) > 2:
        return True
    return output is not None and output.kind == "softmax"


def _word(generation: Generation, use: Use, case: Case) -> str | None:
    """What becomes of the labels on a generation: ``right``, ``wrong`` or ``raises``."""
    if not use.loss:
        # A difference broadcasts, and what else may become of it is TFL201's.
        return "wrong" if case == "class ids (batch, 1)" else None
    return facts(generation).on_labels(use.loss, case, compiled=use.compiled)


OUTCOMES = {"raises": "it raises an error", "wrong": "without an error, each output is compared with the class number"}
REFUSES = "it raises an error, or, without an activation on Keras 2, compares each output with the class number"
"""What a binary cross-entropy does: it looks for the logits before an activation, and these it does not broadcast."""


def _mismatch(use: Use, case: Case, wrong: dict[Generation, str]) -> Problem:
    outcome = REFUSES if use.function in BINARY else _outcome(wrong)
    if case == "one-hot":
        return Problem(
            use.node,
            f"the labels are one-hot rows, and {use.name} takes one class number per sample: {outcome}",
            "use the loss for one-hot labels, `categorical_crossentropy`; or give it class numbers: "
            "`tf.argmax(y, axis=-1)`",
            Confidence.CERTAIN,
        )
    outputs = "outputs" if use.width is None else f"{use.width} outputs"
    return Problem(
        use.node,
        f"the labels {describe(use.label.shape)} are class numbers, and {use.name} wants a value for each of the "
        f"{outputs} of a sample: {outcome}",
        "use `sparse_categorical_crossentropy`; or one-hot labels: `tf.one_hot(y, "
        f"{'number_of_classes' if use.width is None else use.width})`",
        Confidence.CERTAIN,
    )


def _outcome(wrong: dict[Generation, str]) -> str:
    """What becomes of the labels, by generation where that makes a difference."""
    where = {word: generation.title for generation, word in wrong.items()}
    if len(where) == 1:
        return OUTCOMES[next(iter(where))]
    return "; ".join(f"on {where[word]} {OUTCOMES[word]}" for word in sorted(where))


def _one_output(use: Use) -> Problem | None:
    """A single output: a softmax has nothing to choose from, and a sigmoid tells two classes apart."""
    encoding = encoding_of(use.label)
    if use.function in BINARY and encoding is not None and (encoding.classes or 0) > 2:
        return Problem(
            use.node,
            f"the labels are the numbers of {encoding.classes} classes, and {use.name} takes labels from 0 to 1: the "
            "loss falls below zero without end",
            f'one output per class, `Dense({encoding.classes}, activation="softmax")`, and '
            "`sparse_categorical_crossentropy`",
            Confidence.CERTAIN,
        )
    if use.function not in SHARES:
        return None
    raises = use.function.startswith("sparse")
    return Problem(
        use.node,
        f"{use.name} compares the outputs of a sample with one another, and the model has only one: "
        + (
            "every label but 0 is out of range and raises an error, or gives NaN on a GPU"
            if raises
            else "the loss is 0 for every prediction, and no gradient ever pulls an output up"
        ),
        "use `binary_crossentropy` for two classes and one output",
        Confidence.CERTAIN,
    )

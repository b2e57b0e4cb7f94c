"""TFL401 logits-mismatch."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import libcst as cst

from tfloss_lint.claim import Claim, Fact
from tfloss_lint.compiled import heads_of, loss_for
from tfloss_lint.facts import facts
from tfloss_lint.finding import Confidence
from tfloss_lint.generation import Generation
from tfloss_lint.program import Program
from tfloss_lint.reading.events import Compile, Meeting
from tfloss_lint.reading.library.losses import NN_LOSSES, function_of, resolve
from tfloss_lint.reading.outputs import LOGITS, Output, output_of
from tfloss_lint.reading.values import Object, Ref, Tensor, Value, constant
from tfloss_lint.rule import Problem, Rule


class LogitsMismatch(Rule):
    """A loss takes logits for probabilities, or probabilities for logits.

    ## What it does

    It compares what a model ends in with what its cross-entropy expects: a loss function, a loss object or a string,
    in `compile()`, in a custom step and in a loop. It reports outputs without an activation, and those of a `relu`,
    `tanh` or another activation of hidden layers, with `from_logits=False`, which is the default and what every
    string stands for. And it reports outputs of a softmax
    or sigmoid with `from_logits=True` or with `tf.nn.*_cross_entropy_with_logits`, where Keras does not make up for
    it. The finding points at the loss where it is made, or at its call.

    ## Why it is wrong

    `from_logits=False` takes what it gets for probabilities: it clips it to (0, 1), after a division by the sum of
    the classes in `categorical_crossentropy`. Where an output lies beyond, its gradient is zero. A small
    network for handwritten digits, after ten epochs:

    | loss of a model that ends in `Dense(10)` | accuracy: Keras 3.15 | tf_keras 2.21 | Keras 2.8 |
    |---|---|---|---|
    | `"sparse_categorical_crossentropy"` | 14.4 % | 15.4 % | 21.3 % |
    | the same with `from_logits=True` | 88.3 % | 87.8 % | 86.9 % |

    With `Dense(10, activation="relu")` it is worse: the clipped outputs are the same numbers, and a sample of which all
    outputs are zero turns the loss of `"categorical_crossentropy"` into NaN.

    A softmax that is applied twice squeezes ten probabilities into the range from 0.09 to 0.23: the loss of a
    perfect model is 1.46, and the same network stops at 81.9 % (82.4 %, 79.7 %).

    But Keras makes up for some of this. It remembers the logits of its own activations, and in a graph it looks at
    the operation before the loss. It then warns, and takes the logits. So whether `from_logits=True` is wrong
    depends on how the activation is written:

    | the model ends in | eager code | graph: `fit`, `tf.function` |
    |---|---|---|
    | `activation="softmax"`, `Activation("softmax")` | right | right |
    | `layers.Softmax()` | right; **wrong** on Keras 2.8 | right; **wrong** on Keras 2.8 |
    | `tf.nn.softmax(x)`, `activation=tf.nn.softmax` | **wrong** | right; **wrong** on Keras 2.8 |
    | any of these, then `Reshape` or `Flatten` | **wrong** | **wrong** |

    The same with sigmoid. `tf.nn.*_cross_entropy_with_logits` never looks.

    ## Example

    ```python
    import numpy as np
    from sklearn.datasets import load_digits
    from tensorflow import keras

    x, y = load_digits(return_X_y=True)
    x = x / 16
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Dense(32, activation="relu"), keras.layers.Dense(10)])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])  # TFL401: 38
    model.fit(x, y, epochs=2, verbose=0)

    as_written = model.evaluate(x, y, verbose=0)[0]
    logits = model.predict(x, verbose=0)
    reference = np.mean(np.log(np.exp(logits).sum(axis=-1)) - logits[np.arange(len(y)), y])
    ```

    Probabilities for logits, in a loop:

    ```python
    import numpy as np
    import tensorflow as tf
    from sklearn.datasets import load_digits
    from tensorflow import keras


    class Classifier(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = keras.layers.Dense(10, kernel_initializer="zeros")

        def call(self, inputs):
            return tf.nn.softmax(self.head(inputs))


    x, y = load_digits(return_X_y=True)
    x = (x / 16).astype("float32")
    model = Classifier()
    loss_function = keras.losses.SparseCategoricalCrossentropy(from_logits=True)  # TFL401: 17
    optimizer = keras.optimizers.SGD(1.0)

    for images, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(1797):
        with tf.GradientTape() as tape:
            loss = loss_function(labels, model(images, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    as_written = model.get_weights()[0]
    reference = x.T @ (np.eye(10)[y] - 0.1) / len(y)  # one step down the gradient of the cross-entropy
    ```

    ## Use instead

    Logits and `from_logits=True` are the more exact pair; only `predict()` then needs a softmax of its own.

    ```python
    import numpy as np
    from sklearn.datasets import load_digits
    from tensorflow import keras

    x, y = load_digits(return_X_y=True)
    x = x / 16
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Dense(32, activation="relu"), keras.layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
    model.fit(x, y, epochs=2, verbose=0)

    as_written = model.evaluate(x, y, verbose=0)[0]
    logits = model.predict(x, verbose=0)
    reference = np.mean(np.log(np.exp(logits).sum(axis=-1)) - logits[np.arange(len(y)), y])
    ```

    A model that ends in a softmax goes with the default:

    ```python
    import numpy as np
    import tensorflow as tf
    from sklearn.datasets import load_digits
    from tensorflow import keras


    class Classifier(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = keras.layers.Dense(10, kernel_initializer="zeros")

        def call(self, inputs):
            return tf.nn.softmax(self.head(inputs))


    x, y = load_digits(return_X_y=True)
    x = (x / 16).astype("float32")
    model = Classifier()
    loss_function = keras.losses.SparseCategoricalCrossentropy()
    optimizer = keras.optimizers.SGD(1.0)

    for images, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(1797):
        with tf.GradientTape() as tape:
            loss = loss_function(labels, model(images, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    as_written = model.get_weights()[0]
    reference = x.T @ (np.eye(10)[y] - 0.1) / len(y)  # one step down the gradient of the cross-entropy
    ```

    ## Confidence

    *certain*: the file shows what the model ends in and which loss it gets, and the pair is wrong on every release
    and in every mode that may apply. *possible*: it is wrong on some releases only, or wrong in eager code that may
    also run in a graph.

    ## What it deliberately does not see

    - `activation="softmax"` with `from_logits=True`: it deserves the warning that Keras gives, but changes no number.
    - `log_softmax` with `from_logits=True`: logarithms of probabilities are logits.
    - Models whose last layer this file does not show, that end in another activation, or that end in several ways.
    - A `relu` or `tanh` of a model that the file compiles and does not train: a generator, whose loss nobody uses.
    - A `relu` or `tanh` with `from_logits=True`: logits from 0, or from -1 to 1, are few, but logits.
    - A sigmoid with a categorical loss, and a softmax with a binary one.
    - `from_logits` of metrics, and losses in a dictionary for outputs that the file gives no name.

    ## References

    - `from_logits` of `BinaryCrossentropy`, `CategoricalCrossentropy`, `SparseCategoricalCrossentropy` and the focal
      losses: `False` unless it is given.
    - The warning: "received `from_logits=True`, but the `output` argument was produced by a Softmax activation and
      thus does not represent logits."
    - `tf.nn.softmax_cross_entropy_with_logits`: "This op expects unscaled logits, since it performs a softmax on
      logits internally for efficiency."
    """

    code = "TFL401"
    name = "logits-mismatch"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        """Report each loss once, however many models or steps use it."""
        reported: set[cst.CSTNode] = set()
        for use in _uses(program):
            output = output_of(use.prediction)
            problem = None if output is None or use.node in reported else _problem(program, use, output)
            if problem is not None:
                reported.add(use.node)
                yield problem


@dataclass(frozen=True, slots=True)
class Use:
    """A loss with what it gets as predictions. ``modes`` are those in which it may run: eager or graph."""

    node: cst.CSTNode
    loss: Object
    prediction: Value
    modes: tuple[str, ...]
    call: cst.CSTNode | None = None
    """Where it is called, if not by Keras."""
    output: dict[str, Fact] = field(default_factory=dict)
    """Which of several outputs it gets, as facts of a claim."""
    is_idle: bool = False
    """Whether the file compiles a model with it, and trains no such model by itself: the generator of a GAN."""


def _uses(program: Program) -> Iterator[Use]:
    for event in program.compiles:
        if event.model.cls is None or event.model.cls.member("train_step") is None:
            is_idle = not any(fit.model is event.model for fit in program.fits)
            yield from (
                replace(use, is_idle=is_idle) for use in _compiled(program, event, program.output_of(event.model))
            )
    for gradient in program.gradients:
        for term in program.terms(gradient.target):
            if term.via == "compiled":
                for event in program.compiles:
                    if event.model is term.loss:
                        yield from _compiled(program, event, term.prediction)
    for meeting in program.meetings:
        if meeting.config is not None and not meeting.swapped:
            called = meeting.config.node if meeting.config.kind.rpartition(".")[2][0].isupper() else None
            yield Use(
                called or meeting.node, meeting.config, meeting.prediction, _modes(program, meeting), meeting.node
            )


def _modes(program: Program, meeting: Meeting) -> tuple[str, ...]:
    """How the code may run. `fit` compiles steps and what `compile()` was given to graphs."""
    if meeting.step is not None or meeting.compiled_as is not None:
        return ("graph",)
    return ("eager", "graph") if program.may_be_compiled_to_graphs else ("eager",)


def _compiled(program: Program, event: Compile, predicted: Value) -> Iterator[Use]:
    """The losses of one `compile()`, each with the output that Keras hands to it."""
    for head in heads_of(predicted):
        given, node = loss_for(program, event, head)
        loss = resolve(given)
        if node is not None and isinstance(loss, Ref):
            yield Use(node, Object(loss.name), head.prediction, ("graph",), output=head.facts)
        elif node is not None and isinstance(loss, Object) and loss.cls is None:
            yield Use(loss.node or node, loss, head.prediction, ("graph",), output=head.facts)


def _problem(program: Program, use: Use, output: Output) -> Problem | None:
    """What is wrong with these outputs for this loss, if anything is."""
    meaning = _meaning(program, use.loss)
    if meaning is None:
        return None
    activation, from_logits = meaning
    if output.kind == "values" and use.is_idle:
        return None
    if output.kind in ("logits", "values") and not from_logits:
        return replace(
            _logits_as_probabilities(use, activation, output), claim=claim_of(program, use, from_logits=False)
        )
    if output.kind != activation or not from_logits:
        return None
    wrong = {generation: _taken_as_logits(generation, use, output) for generation in program.targets}
    always = [generation for generation, cases in wrong.items() if cases == {True}]
    if always:
        where = "" if len(always) == len(wrong) else f" on {always[0].title}"
        twice = _activated_twice(use, activation, where, Confidence.CERTAIN)
        return replace(twice, claim=claim_of(program, use, from_logits=True))
    if any(True in cases for cases in wrong.values()):
        return _activated_twice(use, activation, _ON_SOME, Confidence.POSSIBLE)
    return None


def claim_of(program: Program, use: Use, *, from_logits: bool) -> Claim | None:
    """That the loss is another one than that of what the outputs are."""
    family = NN_LOSSES[use.loss.kind][0] if use.loss.kind in NN_LOSSES else function_of(Ref(use.loss.kind))
    known: dict[str, Fact] = {"family": family, "from_logits": from_logits, **use.output}
    operands = {} if use.call is None else {**program.operand_nodes(use.call), **program.parts(use.call, call=use.call)}
    complete = len(operands) == (0 if use.call is None else 3)
    return Claim("logits", operands, known) if complete and family in MEASURED else None


MEASURED = ("binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy")
"""The losses that are known well enough to say what they should be."""


def _meaning(program: Program, loss: Object) -> tuple[str, bool] | None:
    """The activation that a loss goes with, and whether it applies that itself; ``None`` where that is open."""
    if loss.kind in NN_LOSSES:
        return ("sigmoid" if "sigmoid" in loss.kind else "softmax"), True
    for generation in sorted(program.targets, key=lambda g: g.value, reverse=True):
        known = facts(generation).from_logits(loss.kind)
        if known is None:
            continue
        activation, position = known
        if not loss.given("from_logits", position):
            return activation, False
        value = constant(loss.config("from_logits", position))
        return (activation, value) if isinstance(value, bool) else None
    return None


def _taken_as_logits(generation: Generation, use: Use, output: Output) -> set[bool]:
    """Whether the loss applies the activation a second time, on the releases and in the modes that matter."""
    if use.loss.kind in NN_LOSSES:
        return {True}
    known = facts(generation)
    words = {word for mode in use.modes for word in known.on_activated(output.kind, output.form, mode)}
    return {word == "taken as logits" for word in words}


_ON_SOME = " on some releases, or outside of graphs"


def _logits_as_probabilities(use: Use, activation: str, output: Output) -> Problem:
    own = "tf.nn.softmax" if activation == "softmax" else "tf.sigmoid"
    end = f'`activation="{activation}"` (`{own}`)'
    return Problem(
        use.node,
        f"the model ends {'without an activation' if output is LOGITS else f'in {output.form}'}, and "
        f"{_name(use.loss)} takes its outputs for probabilities: it clips them to (0, 1), so an output beyond that has "
        "no gradient and the loss is no cross-entropy",
        f"`from_logits=True`: `keras.losses.{_class(use.loss)}(from_logits=True)`; or end the model in {end}"
        if output is LOGITS
        else f"end the model in {end}",
        Confidence.CERTAIN,
    )


def _activated_twice(use: Use, activation: str, where: str, confidence: Confidence) -> Problem:
    bound = _least_loss(activation, use.prediction)
    return Problem(
        use.node,
        f"the outputs have been through a {activation}, and {_name(use.loss)} takes them for logits and applies it "
        f"once more{where}: the loss of a perfect model is {bound}, and the gradients are flattened",
        f"leave out the model's {activation}, or `from_logits=True`",
        confidence,
    )


def _least_loss(activation: str, prediction: Value) -> str:
    """The loss of a perfect prediction, through the activation twice."""
    if activation == "sigmoid":
        return "0.31 for a positive and 0.69 for a negative sample"
    classes = prediction.shape[-1] if isinstance(prediction, Tensor) and prediction.shape else None
    known = classes if isinstance(classes, int) else 10
    return f"{math.log(1 + (known - 1) / math.e):.2f} for {known} classes"


def _name(loss: Object) -> str:
    return loss.kind.rpartition(".")[2]


def _class(loss: Object) -> str:
    """The class of a functional loss, by Keras's own rule for their names."""
    name = _name(loss)
    return name if name[0].isupper() else "".join(part.capitalize() for part in name.split("_"))

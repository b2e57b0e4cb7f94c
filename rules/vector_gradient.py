"""TFL102 vector-gradient."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from tfloss_lint.claim import Claim
from tfloss_lint.finding import Confidence
from tfloss_lint.program import Program
from tfloss_lint.reading.events import Gradient
from tfloss_lint.reading.library.losses import function_of
from tfloss_lint.reading.shapes import describe
from tfloss_lint.reading.terms import Term
from tfloss_lint.reading.values import Object, Tensor
from tfloss_lint.rule import Problem, Rule

SCALE_FREE = frozenset({"Adam", "AdamW", "Adamax", "Nadam", "RMSprop", "Adadelta", "Adagrad", "Lion"})
"""Optimizers that divide the gradient by its own size: a constant factor nearly cancels."""
SCALE_BOUND = ("clipnorm", "clipvalue", "global_clipnorm")
"""Options that bring the factor back. Keras's ``weight_decay`` does not: it passes by the gradient."""


class VectorGradient(Rule):
    """A loss with one value per sample reaches the gradient, which is then a sum over the batch instead of a mean.

    ## What it does

    It finds `tape.gradient(loss, ...)` and `optimizer.minimize(loss, ...)` whose loss still has an axis for the
    batch: what a function of `keras.losses` returns, an object made with `reduction="none"`, a `tf.nn`
    cross-entropy, or a formula without `tf.reduce_mean`. The finding points at the expression that
    makes the loss, where the mean is missing.

    ## Why it is wrong

    The derivative of a vector is the derivative of its sum. TensorFlow does not complain, so the learning rate is
    multiplied by the number of values: by the batch size, for sequences by batch size times length. A partial last
    batch gets a smaller one. On all three stacks, for the first batch of 32 of the example below:

    | | norm of the gradient |
    |---|---|
    | loss vector | 18.135 |
    | its mean | 0.567, a 32nd |

    After one epoch the model of the example is at a cross-entropy of 1.230; with the mean it is at 0.723. Gradient
    clipping reacts as well: Adam with `clipnorm=1.0` moved a weight to 0.200 in two steps that belong to 0.118.

    Plain Adam divides the scale of the gradient out again: after an epoch the norm of its weights was 6.4146 with
    the vector and 6.4151 with the mean. A penalty changes little there: `losses + tf.add_n(model.losses)` adds it
    to every value, and it is multiplied as well.

    ## Example

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    dataset = tf.data.Dataset.from_tensor_slices((x / 16.0, y)).batch(32)
    model = tf.keras.Sequential([tf.keras.layers.Dense(10, kernel_initializer="zeros")])
    optimizer = tf.keras.optimizers.SGD(learning_rate=0.5)

    for images, labels in dataset:
        with tf.GradientTape() as tape:
            logits = model(images, training=True)
            loss = tf.keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)  # TFL102: 16
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    twin = tf.keras.Sequential([tf.keras.layers.Dense(10, kernel_initializer="zeros")])
    twin.compile(
        optimizer=tf.keras.optimizers.SGD(learning_rate=0.5),
        loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    twin.fit(dataset, epochs=1, verbose=0)

    as_written = model.get_weights()[0]
    reference = twin.get_weights()[0]
    ```

    ## Use instead

    The default reduction of a loss object such as `SparseCategoricalCrossentropy()` is the mean too.

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    dataset = tf.data.Dataset.from_tensor_slices((x / 16.0, y)).batch(32)
    model = tf.keras.Sequential([tf.keras.layers.Dense(10, kernel_initializer="zeros")])
    optimizer = tf.keras.optimizers.SGD(learning_rate=0.5)

    for images, labels in dataset:
        with tf.GradientTape() as tape:
            logits = model(images, training=True)
            per_image = tf.keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)
            loss = tf.reduce_mean(per_image)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    twin = tf.keras.Sequential([tf.keras.layers.Dense(10, kernel_initializer="zeros")])
    twin.compile(
        optimizer=tf.keras.optimizers.SGD(learning_rate=0.5),
        loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    twin.fit(dataset, epochs=1, verbose=0)

    as_written = model.get_weights()[0]
    reference = twin.get_weights()[0]
    ```

    ## Confidence

    *certain*: the loss provably has an axis for the batch, and an optimizer that feels the scale (SGD, or any with
    `clipnorm`, `clipvalue` or `global_clipnorm`) takes the step. *likely*: the rank follows from the model's last
    layer alone, or from the labels alone. *possible*: Adam, RMSprop and their kin, which divide the scale out, or an
    optimizer or a rank that the file does not show.

    ## What it deliberately does not see

    - Functional losses of rank-1 tensors. `mse(y, q)` on `(batch,)` means over its only axis and is a scalar: that
      is how Q-learning is written.
    - Gradients with respect to inputs: saliency, adversarial examples, physics, autodiff lessons.
    - `tape.jacobian`, and vectors that are reduced, weighted or averaged by the strategy before the gradient.
    - A sum that is written out, `tf.reduce_sum(losses)`: that is TFL203's.

    ## References

    - `tf.GradientTape.gradient`: a target that is no scalar is summed.
    - `keras.losses.mean_squared_error` and its like return one value per sample, on Keras 2 and 3. Keras's older
      guide to writing a training loop passed such a value to the tape, with Adam.
    - `reduction="none"` is meant for `tf.distribute`, where `tf.nn.compute_average_loss` belongs to it.
    - `Optimizer.minimize`: Keras 2 only.
    """

    code = "TFL102"
    name = "vector-gradient"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        for gradient in program.gradients:
            target = gradient.target
            terms = program.terms(target)
            if not isinstance(target, Tensor) or not terms or isinstance(gradient.over, Tensor):
                continue
            vector = is_vector(target, terms)
            if vector is None or not vector:
                continue
            size = program.batch_size_for(target)
            yield Problem(
                place(program, gradient, target),
                f"{_what(target)} goes to the gradient unreduced: the gradient is the sum over the batch, "
                f"{size} times that of the mean for {size} samples, and it shrinks with the last, partial batch",
                "reduce it first: `tf.reduce_mean(loss)`",
                _confidence(program, gradient, target),
                claim_of(program, gradient, terms),
            )


def is_vector(target: Tensor, terms: list[Term]) -> bool | None:
    """Whether the loss still has a value per sample; ``None`` where the file does not show it."""
    if target.shape is not None:
        return len(target.shape) > 0 and target.shape[0] != 1
    if len(terms) != 1:
        return None
    term = terms[0]
    if target.op == "loss" and (term.per_sample or has_inner_axis(term.label)):
        return True
    # An elementwise error has at least the rank of its prediction.
    untouched = all(treatment.kind in ("weight", "scale", "divide") for treatment in term.treatments)
    return True if untouched and term.via == "by hand" and (term.prediction.rank or 0) > 0 else None


def has_inner_axis(tensor: Tensor) -> bool:
    """Whether a functional loss of several samples keeps an axis, whatever they are compared with.

    A last axis of 1 may be dropped, and the mean over a single sample is the sum.
    """
    shape = tensor.shape or ()
    if shape[:1] == (1,):
        return False
    return len(shape) > 2 or (len(shape) == 2 and isinstance(shape[-1], int) and shape[-1] > 1)


def claim_of(program: Program, gradient: Gradient, terms: list[Term]) -> Claim | None:
    """That the gradient is a sum over the batch; an optimizer that divides the scale out leaves nothing to measure."""
    if len(terms) != 1 or is_scale_free(program, gradient):
        return None
    operands = program.operand_nodes(terms[0].node)
    target, loss = gradient.target, terms[0].loss
    is_untouched = isinstance(target, Tensor) and target.op == "loss"
    family = function_of(loss) if is_untouched and loss is not None else None
    return Claim("vector", operands, {"family": family}) if operands else None


def place(program: Program, gradient: Gradient, target: Tensor) -> cst.CSTNode:
    """The expression that makes the unreduced loss, where the mean is missing."""
    made = target.node is not None and target.node in program.interpreter.standing
    return target.node if made and target.node is not None else gradient.target_node


def _what(target: Tensor) -> str:
    return "a per-sample loss" if target.shape is None else f"a loss of shape {describe(target.shape)}"


def _confidence(program: Program, gradient: Gradient, target: Tensor) -> Confidence:
    if target.rank == 1 and is_scale_free(program, gradient):
        return Confidence.POSSIBLE
    return Confidence.LIKELY if target.shape is None else Confidence.CERTAIN


def is_scale_free(program: Program, gradient: Gradient) -> bool:
    """Whether the optimizer that takes this gradient hardly notices a constant factor."""
    taken = [a.optimizer for a in program.applied if a.step is gradient.step and a.function is gradient.function]
    return bool(taken) and all(
        isinstance(optimizer, Object)
        and optimizer.kind.rsplit(".", 1)[-1] in SCALE_FREE
        and not any(optimizer.given(option) for option in SCALE_BOUND)
        for optimizer in taken
    )

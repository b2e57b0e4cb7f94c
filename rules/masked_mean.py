"""TFL205 masked-mean."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from tfloss_lint.claim import Claim
from tfloss_lint.finding import Confidence
from tfloss_lint.program import LossUse, Program
from tfloss_lint.reading.events import FunctionResult
from tfloss_lint.reading.library.losses import function_of
from tfloss_lint.reading.terms import Term, Treatment, is_constant
from tfloss_lint.reading.values import Role, Tensor, Value
from tfloss_lint.rule import Problem, Rule


class MaskedMean(Rule):
    """Padding is masked out of a loss with zeros, and then counted in its mean.

    ## What it does

    It finds a loss that is multiplied by a mask such as `labels != 0` and then averaged over all positions: by
    `tf.reduce_mean`, or by Keras, where a loss given to `compile()` returns the product. The finding points at the
    mean, or at what is returned.

    ## Why it is wrong

    The zeros add nothing to the sum, and they are counted. The result is the mean over the real positions times the
    share that they have of all: a batch with much padding gets a small loss and small gradients, and the number that
    is logged depends on the lengths of the sentences. For the four sequences of the example below, 8 of whose 16
    positions are padding, on all three stacks:

    | | loss |
    |---|---|
    | `reduce_mean(loss * mask)` | 0.693 |
    | `reduce_sum(loss * mask) / reduce_sum(mask)` | 1.386, the logarithm of 4 classes |

    ## Example

    ```python
    import numpy as np
    import tensorflow as tf

    tokens = np.array([[1, 2, 3, 1], [3, 1, 0, 0], [2, 0, 0, 0], [1, 0, 0, 0]])
    logits = tf.Variable(tf.zeros((4, 4, 4)))
    cross_entropy = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")


    def loss_function(real, predicted):
        mask = tf.math.logical_not(tf.math.equal(real, 0))
        loss = cross_entropy(real, predicted)
        loss *= tf.cast(mask, loss.dtype)
        return tf.reduce_mean(loss)  # TFL205: 12


    with tf.GradientTape() as tape:
        loss = loss_function(tokens, logits)
    gradient = tape.gradient(loss, logits)

    as_written = float(loss)
    reference = np.log(4.0)
    ```

    ## Use instead

    ```python
    import numpy as np
    import tensorflow as tf

    tokens = np.array([[1, 2, 3, 1], [3, 1, 0, 0], [2, 0, 0, 0], [1, 0, 0, 0]])
    logits = tf.Variable(tf.zeros((4, 4, 4)))
    cross_entropy = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")


    def loss_function(real, predicted):
        mask = tf.math.logical_not(tf.math.equal(real, 0))
        loss = cross_entropy(real, predicted)
        mask = tf.cast(mask, loss.dtype)
        return tf.reduce_sum(loss * mask) / tf.reduce_sum(mask)


    with tf.GradientTape() as tape:
        loss = loss_function(tokens, logits)
    gradient = tape.gradient(loss, logits)

    as_written = float(loss)
    reference = np.log(4.0)
    ```

    ## Confidence

    *likely*: class ids are compared with the padding's id, or labels with a negative number that marks what is
    missing. *possible*: numbers are compared with zero, which may be a value as any other; a threshold, which may
    choose a part of the labels on purpose; a masked loss that another file may reduce.

    ## What it deliberately does not see

    - A later division by anything that is computed, such as the mask's own mean.
    - Sums over a sequence with a mean over the batch: log-likelihoods of whole sequences.
    - Weights that are no mask, class weights, one-hot masks of actions, and masks made of predictions.
    - Losses with several masked parts, which share out the positions among them.
    - `tf.boolean_mask`, ragged tensors, and Keras's own masking.

    ## References

    - `tf.reduce_mean` divides by the number of all elements.
    - TensorFlow's tutorial on translation with attention used to average in this way; it now divides by the sum of
      the mask.
    - Since Keras 3.8 the reduction `mean_with_sample_weight` divides by the sum of the weights.
    """

    code = "TFL205"
    name = "masked-mean"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        for use in program.uses:
            masked = [(term, at) for term in program.terms(use.value) for at in masks_in(term)]
            if len(masked) != 1:
                continue
            term, at = masked[0]
            found = _mean_after(program, use, term, at)
            if found is None:
                continue
            node, sure = found
            likely = sure and marks_padding(term, term.treatments[at].by)
            yield Problem(
                node,
                "the mean counts the positions that the mask sets to zero: it is the mean over the others times their "
                "share of all, so it shrinks with the padding of a batch",
                "divide by what counts: `tf.reduce_sum(loss * mask) / tf.reduce_sum(mask)`",
                Confidence.LIKELY if likely else Confidence.POSSIBLE,
                claim_of(program, term.treatments[at]) if likely else None,
            )


def claim_of(program: Program, weighting: Treatment) -> Claim | None:
    """That the mask leaves positions out, which the mean counts; whether these are padding, numbers cannot tell."""
    mask = program.operand_of(weighting)
    return None if mask is None else Claim("masked mean", {"mask": mask})


def masks_in(term: Term) -> list[int]:
    """Where among its treatments a term is weighted by a mask."""
    weights = enumerate(term.treatments)
    return [at for at, treatment in weights if treatment.kind == "weight" and comparison(treatment.by) is not None]


PASSING = ("reshape", "squeeze", "expand", "select", "transpose", "tensor")
NEGATED = {"equal": "not_equal", "not_equal": "equal"}
CHOOSING = ("not_equal", "greater", "greater_equal")
"""Comparisons that leave out some marked positions; equality chooses a class."""


def comparison(mask: Value | None) -> tuple[str, Tensor] | None:
    """The comparison of labels or inputs that a mask is, with its operation after negations."""
    negated = False
    while isinstance(mask, Tensor):
        if mask.op == "logical_not":
            negated = not negated
        elif mask.op == "subtract" and is_constant(mask.inputs[0]) == 1:
            negated, mask = not negated, mask.inputs[1]
            continue
        elif mask.op not in PASSING:
            operation = NEGATED.get(mask.op, "") if negated else mask.op
            return (operation, mask) if operation in CHOOSING and Role.PREDICTION not in mask.sources else None
        mask = mask.inputs[0]
    return None


def marks_padding(term: Term, mask: Value | None) -> bool:
    """Whether the positions left out certainly hold no label: the padding among class ids, or a negative mark."""
    found = comparison(mask)
    assert found is not None
    operation, compared = found
    mark = is_constant(compared.inputs[1])
    if operation != "not_equal" or mark is None:
        return False
    is_class_ids = term.loss is not None and function_of(term.loss) == "sparse_categorical_crossentropy"
    return mark < 0 or is_class_ids


def _mean_after(program: Program, use: LossUse, term: Term, at: int) -> tuple[cst.CSTNode, bool] | None:
    """The mean over the masked loss, and whether it is certainly taken."""
    later = term.treatments[at + 1 :]
    if any(treatment.kind in ("divide", "scale") and is_constant(treatment.by) is None for treatment in later):
        return None
    reductions = [treatment for treatment in later if treatment.kind in ("mean", "sum", "other")]
    if reductions:
        node = reductions[0].node
        is_mean = reductions[0].kind == "mean" and node in program.interpreter.standing
        return (node, True) if is_mean and node is not None else None
    if use.purpose == "result" and isinstance(use.event, FunctionResult):
        return use.node, use.event.function in program.compiled_functions
    return None

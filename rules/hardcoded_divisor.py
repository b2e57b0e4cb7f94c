"""TFL202 hardcoded-divisor."""

from __future__ import annotations

from collections.abc import Iterator

from tfloss_lint.claim import Claim
from tfloss_lint.finding import Confidence
from tfloss_lint.program import LossUse, Program
from tfloss_lint.reading.terms import Term, Treatment, is_constant
from tfloss_lint.reading.values import UNKNOWN
from tfloss_lint.rule import Problem, Rule

SMALLEST_BATCH = 4
"""A division by 2 is the half of a half squared error, not a batch size."""


class HardcodedDivisor(Rule):
    """A sum over the batch is divided by a fixed batch size, and the last batch may be smaller.

    ## What it does

    It finds a loss that is a sum over the batch, divided by (or multiplied by the inverse of) a number that does
    not come from the batch: `/ 32.0`, `/ BATCH_SIZE`, `* (1 / 64)`, `tf.divide(total, args.batch_size)`. The
    finding points at the division.

    ## Why it is wrong

    `Dataset.batch(32)` and `fit(batch_size=32)` keep the rest of the data as a smaller batch. 442 rows make 13
    batches of 32 and one of 26. Divided by 32, its loss comes out as 26/32 of what it is, 4578 instead of 5635 in
    the example, and so does its gradient: the last rows of every epoch count less. On all earlier batches the
    number is right, so nobody notices. The larger the rest is off, the worse: with 8 rows left it is a quarter.
    `evaluate()` with another batch size multiplies the reported loss: a divisor of 32 and batches of 221 rows
    report 1050.7 for an error of 152.1. All of this is the same on Keras 2 and 3.

    ## Example

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_diabetes

    x, y = load_diabetes(return_X_y=True)  # 442 rows: 13 batches of 32 and one of 26
    x, y = x.astype("float32"), y.astype("float32").reshape(-1, 1)
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(32)
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer="zeros")])
    optimizer = tf.keras.optimizers.SGD(0.1)

    for features, target in dataset:
        with tf.GradientTape() as tape:
            prediction = model(features, training=True)
            loss = tf.reduce_sum(tf.square(target - prediction)) / 32.0  # TFL202: 16
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    as_written = float(loss)
    reference = float(tf.reduce_mean(tf.square(target - prediction)))
    ```

    ## Use instead

    Ask the batch, as here, or write `tf.reduce_mean`. With `batch(32, drop_remainder=True)` the constant is right.

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_diabetes

    x, y = load_diabetes(return_X_y=True)  # 442 rows: 13 batches of 32 and one of 26
    x, y = x.astype("float32"), y.astype("float32").reshape(-1, 1)
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(32)
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer="zeros")])
    optimizer = tf.keras.optimizers.SGD(0.1)

    for features, target in dataset:
        with tf.GradientTape() as tape:
            prediction = model(features, training=True)
            loss = tf.reduce_sum(tf.square(target - prediction)) / tf.cast(tf.shape(target)[0], tf.float32)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    as_written = float(loss)
    reference = float(tf.reduce_mean(tf.square(target - prediction)))
    ```

    ## Confidence

    *certain*: the number of rows and the batch size are in the file, and the last batch is partial. *likely*: the
    constant is a batch size of the file, and the number of rows is unknown. *possible*: no data in sight; the
    constant may be a batch size.

    ## What it deliberately does not see

    - Batches that are all full: `drop_remainder=True`, or a number of rows that is a multiple of the batch size.
    - Files that train under `tf.distribute`: there every replica divides its sum by the global batch size, as
      prescribed.
    - Divisors that are no batch size: the 2 of a half squared error, a number of classes, of objects, of episodes.
    - Divisors that come from the batch: `tf.shape(y)[0]`, `len(x)`, the sum of a mask or of weights.

    ## References

    - `tf.data.Dataset.batch(batch_size, drop_remainder=False)`.
    - `tf.nn.compute_average_loss(per_example_loss, global_batch_size=...)`, for `tf.distribute`.
    """

    code = "TFL202"
    name = "hardcoded-divisor"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        for use in program.uses:
            for term in program.terms(use.value):
                division = division_of_batch_sum(term)
                if division is None or program.distributes:
                    continue
                confidence = _confidence(program, use, division)
                if confidence is not None and division.node is not None:
                    claim = claim_of(program, term, division)
                    yield Problem(division.node, _message(program, division), _HELP, confidence, claim)


def claim_of(program: Program, term: Term, division: Treatment) -> Claim | None:
    """That the loss grows with the rows, and that some batch has another number of rows than it is divided by."""
    operands = program.operand_nodes(term.node)
    return Claim("divisor", operands, {"divisor": divisor_of(division)}) if operands else None


_HELP = (
    "take the mean over the batch (`tf.reduce_mean`), or divide by `tf.shape(y)[0]`; with `drop_remainder=True` there "
    "is no partial batch"
)


def division_of_batch_sum(term: Term) -> Treatment | None:
    """The division of a sum over the batch, if the term has one by a number or a name."""
    summed = False
    for treatment in term.treatments:
        if treatment.kind == "sum":
            summed |= treatment.over_batch is True
        elif summed and is_division(treatment):
            return treatment
    return None


def is_division(treatment: Treatment) -> bool:
    """Whether it divides by a whole number, or by something that the file does not spell out."""
    return divisor_of(treatment) is not None or (treatment.kind == "divide" and treatment.by is UNKNOWN)


def divisor_of(treatment: Treatment) -> int | None:
    """The whole number that it divides by, written as a division or as a factor below 1."""
    number = is_constant(treatment.by) if treatment.kind in ("divide", "scale") else None
    if not number:
        return None
    divisor = number if treatment.kind == "divide" else 1 / number
    whole = divisor >= SMALLEST_BATCH and abs(divisor - round(divisor)) < 1e-6
    return round(divisor) if whole else None


def _confidence(program: Program, use: LossUse, division: Treatment) -> Confidence | None:
    divisor = divisor_of(division)
    if divisor is None:
        # A setting of the user's: the same expression sizes the batches.
        names = program.operands(division.node) if division.node is not None else None
        same = [
            b
            for b in program.batchings
            if b.size_node is not None and names is not None and program.source(b.size_node) == names[1]
        ]
        return Confidence.CERTAIN if any(not b.drops_remainder for b in same) else None
    batchings = [b for b in program.batchings if b.size == divisor]
    if not batchings:
        # No pipeline of the file has this batch size: the number may be a width as well.
        return Confidence.POSSIBLE
    if use.event.function in program.compiled_functions:
        # Keras calls it on every batch of fit() and evaluate(), whatever their size.
        batchings = [b for b in program.batchings if b.size is not None]
    exact = all(b.drops_remainder or (b.samples is not None and b.samples % divisor == 0) for b in batchings)
    return None if exact else Confidence.CERTAIN


def _message(program: Program, division: Treatment) -> str:
    divisor = divisor_of(division)
    if divisor is None:
        names = program.operands(division.node) if division.node is not None else None
        by = "a configured batch size" if names is None else f"`{names[1]}`"
        return (
            f"a sum over the batch is divided by {by}: right for a full batch alone, and a smaller last batch counts "
            "less"
        )
    rests = {b.samples % divisor for b in program.batchings if b.size == divisor and b.samples is not None} - {0}
    if rests:
        rest = min(rests)
        return (
            f"a sum over the batch is divided by {divisor}, and the last batch has {rest} samples: its loss and "
            f"gradient come out {divisor / rest:.3g} times too small"
        )
    return (
        f"a sum over the batch is divided by {divisor}: right for a full batch alone. A last batch of {divisor // 2} "
        "samples counts half"
    )

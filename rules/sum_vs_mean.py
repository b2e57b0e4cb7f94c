"""TFL203 sum-vs-mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import libcst as cst

from tfloss_lint.claim import Claim
from tfloss_lint.finding import Confidence
from tfloss_lint.program import LossUse, Program, operands_of
from tfloss_lint.reading.events import Compile
from tfloss_lint.reading.library.losses import FAMILIES, FUNCTIONS_OF_FAMILIES, SUMS_CLASSES, function_of, reduction_of
from tfloss_lint.reading.library.models import describe_loss
from tfloss_lint.reading.scale import Scale, is_batch_size, last_sum, names_batch_size, scale_of
from tfloss_lint.reading.terms import Term, is_constant
from tfloss_lint.reading.values import (
    BATCH,
    UNKNOWN,
    Choice,
    Function,
    Mapping,
    Object,
    Sequence,
    Tensor,
    Value,
    contents,
)
from tfloss_lint.rule import Problem, Rule


class SumVsMean(Rule):
    """A loss is summed where the loss, metric or step that it is compared with takes the mean, or the reverse.

    ## What it does

    It finds a loss that differs by a plain factor from the same error elsewhere in the file: from the compiled loss
    that the step replaces, from a metric such as `MeanSquaredError`, or from the other step. One of them sums over
    an axis that the other means over, or divides a mean once more. And it finds a loss function of the file that is
    given to `compile()`, where Keras averages what it returns for the samples, and is summed in a loop. The finding
    points at the expression with the sum (or with the second division), and the message says the factor where the
    width is known.

    ## Why it is wrong

    `keras.losses.mse` means over the last axis, and the compiled loss means over the batch. `reduce_sum(square(p -
    y)) / batch` divides by the batch only, so for ten outputs it is ten times as large: 0.6798 against 0.0680 in
    the example, on Keras 2 and 3 alike. Neither is wrong by itself, and Keras's `MSE` is the mean squared error
    that statistics knows. Wrong is to set a learning rate for one and to read the other: the same `SGD(0.01)` takes
    steps ten times as long. A validation loss that is a mean, beside a training loss that is a sum over batches of
    40, is smaller by 40 and proves nothing. A mean that is divided by the batch size again is smaller by the batch
    size, and by another factor for the last batch.

    ## Example

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    dataset = tf.data.Dataset.from_tensor_slices((x.astype("float32") / 16, y)).batch(32)
    model = tf.keras.Sequential([tf.keras.layers.Dense(10, kernel_initializer="zeros")])
    optimizer = tf.keras.optimizers.SGD(0.01)
    error = tf.keras.metrics.MeanSquaredError()

    for images, labels in dataset:
        with tf.GradientTape() as tape:
            outputs = model(images, training=True)
            targets = tf.one_hot(labels, depth=10)
            batch_size = tf.cast(tf.shape(images)[0], tf.float32)
            loss = tf.reduce_sum(tf.square(targets - outputs)) / batch_size  # TFL203: 16
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        error.reset_state()
        error.update_state(targets, outputs)

    as_written = float(loss)
    reference = float(error.result())
    ```

    ## Use instead

    Take the mean on both sides; if the sum is meant, give `compile()` a loss that sums, or look at `error * 10`.

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    dataset = tf.data.Dataset.from_tensor_slices((x.astype("float32") / 16, y)).batch(32)
    model = tf.keras.Sequential([tf.keras.layers.Dense(10, kernel_initializer="zeros")])
    optimizer = tf.keras.optimizers.SGD(0.01)
    error = tf.keras.metrics.MeanSquaredError()

    for images, labels in dataset:
        with tf.GradientTape() as tape:
            outputs = model(images, training=True)
            targets = tf.one_hot(labels, depth=10)
            loss = tf.reduce_mean(tf.square(targets - outputs))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        error.reset_state()
        error.update_state(targets, outputs)

    as_written = float(loss)
    reference = float(error.result())
    ```

    ## Confidence

    *certain*: both sides are in the file, and the width of the axis is known. *likely*: both sides are in the file,
    and the width is not. Without a second side there is no finding at all.

    ## What it deliberately does not see

    - Sums without anything to compare them with, such as the reconstruction term of a VAE (a sum over pixels, meant
      over the batch, or a mean times the number of pixels), box losses, log-likelihoods, physics.
    - A sum over an axis of length one: it is the mean.
    - Files that train under `tf.distribute`, where sums are divided by the global batch size.
    - A custom loss that both `compile()` and the steps use, if these do not sum what it returns for the samples.

    ## References

    - `keras.losses.mean_squared_error`: `mean(square(y_true - y_pred), axis=-1)`, on Keras 2 and 3.
    - `reduction`: `sum_over_batch_size` is the default of Keras 3, `auto` of Keras 2, which means the same outside
      of `tf.distribute`; `sum` sums over all values.
    """

    code = "TFL203"
    name = "sum-vs-mean"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        for use in program.uses:
            terms = program.terms(use.value)
            again = mean_divided_again(program, use.value)
            if again is not None:
                claim = claim_of(program, terms[0]) if len(terms) == 1 else None
                yield Problem(again, _AGAIN, _AGAIN_HELP, Confidence.LIKELY, claim)
                continue
            if use.purpose == "gradient":
                yield from _compiled_and_summed(program, use)
            for term in terms:
                node = place_of_sum(term)
                if node is not None:
                    yield from _compare(program, use, term, node, alone=len(terms) == 1)


_AGAIN = (
    "a mean over the batch is divided by the batch size again: loss and gradient are 1/32 of the mean for batches of "
    "32, "
    "and change with the batch size"
)
_AGAIN_HELP = "divide a sum by the batch size, or take the mean; not both"


def mean_divided_again(program: Program, value: Value) -> cst.CSTNode | None:
    """The division of a mean over the batch by the batch size, wherever it stands in a loss."""
    if not isinstance(value, Tensor):
        return None
    if value.op in ("divide", "multiply") and value.node is not None and len(value.inputs) == 2:
        by, mean = value.inputs[1], value.inputs[0]
        if is_mean(mean) and value.op == "divide" and is_batch_size(by):
            return value.node
        if is_mean(mean) and isinstance(value.node, cst.BinaryOperation):
            divisor = program.source(value.node.right)
            divides = value.op == "divide" or "/" in divisor
            if divides and names_batch_size(divisor):
                return value.node
    if value.op in ("divide", "multiply", "add", "subtract", "negative"):
        return next((node for part in value.inputs if (node := mean_divided_again(program, part)) is not None), None)
    return None


def is_mean(value: Value) -> bool:
    """Whether it is a mean over everything, of one loss or of a sum of losses."""
    if not isinstance(value, Tensor):
        return False
    if value.op == "mean":
        return value.axes is None
    if value.op == "loss_object":
        return isinstance(value.detail, Object) and reduction_of(value.detail) == "mean"
    return value.op in ("add", "subtract") and any(is_mean(part) for part in value.inputs)


def _compiled_and_summed(program: Program, use: LossUse) -> Iterator[Problem]:
    """Sums over the batch of what a loss of the file returns that `fit()` takes the mean of."""
    for total in sums_in(use.value):
        losses = [part for part in total.inputs if has_samples(part)]
        functions = [function for loss in losses for function in program.returned_by(loss)]
        event, function = compiled_one(program, functions) or (None, None)
        if event is not None and function is not None and total.node is not None:
            same_model = use.event.step is not None and use.event.step.model is event.model
            yield Problem(
                total.node,
                _times_samples(f"the mean that `fit()` takes of `{function.name}`"),
                "take `tf.reduce_mean` over the samples",
                Confidence.CERTAIN if same_model else Confidence.LIKELY,
                claim_of_sum(program, total.node),
            )


def sums_in(value: Value) -> Iterator[Tensor]:
    """The sums over the batch, and all else, that a loss is the sum of."""
    if isinstance(value, Tensor):
        if value.op == "sum" and value.axes is None:
            inner = value.inputs[0] if value.inputs else UNKNOWN
            is_list = isinstance(inner, Tensor) and inner.op == "stack"
            yield replace(value, inputs=inner.inputs) if is_list and isinstance(inner, Tensor) else value
        elif value.op == "add":
            for part in value.inputs:
                yield from sums_in(part)


def compiled_one(program: Program, functions: Iterable[Function]) -> tuple[Compile, Function] | None:
    """The `compile` that is given one of the functions as the loss of an output, and that function."""
    pairs = ((event, function) for event in program.compiles for function in functions)
    return next((pair for pair in pairs if pair[1].node in loss_nodes(pair[0].loss)), None)


def loss_nodes(loss: Value) -> set[cst.CSTNode]:
    """The functions that are losses of the outputs of a model."""
    if isinstance(loss, (Sequence, Mapping, Choice)):
        return {node for part in contents(loss) for node in loss_nodes(part)}
    return {loss.node} if isinstance(loss, Function) else set()


def has_samples(value: Value) -> bool:
    """Whether it has an axis for the batch, also where no shape is known: a reduction of inner axes leaves it one."""
    if not isinstance(value, Tensor):
        return False
    if value.shape is not None:
        return BATCH in value.shape[:1]
    if value.op in ("sum", "mean"):
        return value.axes is not None and all(axis > 0 for axis in value.axes)
    return value.op in ("add", "subtract", "multiply", "divide") and any(map(has_samples, value.inputs))


def place_of_sum(term: Term) -> cst.CSTNode | None:
    """The outermost sum of the file's own, with the division that follows it."""
    summed = last_sum(term)
    if summed is None:
        return None
    at = term.treatments.index(summed)
    divided = [t for t in term.treatments[at + 1 :] if t.kind in ("divide", "scale") and is_constant(t.by) is not None]
    return divided[0].node if divided and divided[0].node is not None else summed.node


def _compare(program: Program, use: LossUse, term: Term, node: cst.CSTNode, *, alone: bool) -> Iterator[Problem]:
    mixed = mean_of_features_sum_of_samples(term) and has_plain_sum(use.value)
    if mixed:
        yield Problem(
            node,
            f"the {term.family} is averaged over its last axis and summed over the batch, and added to a term that is "
            "summed over both: their weights are off by the number of outputs",
            "sum both over the outputs and average both over the batch",
            Confidence.LIKELY,
        )
        return
    compiled = use.event.function in program.compiled_functions
    scale = scale_of(term, program.batch_sizes, mean_follows=compiled)
    if scale is None or scale == Scale(1.0, 0) or term.family not in FAMILIES.values():
        return
    reference = reference_of(program, use, term) if alone else None
    if reference is None:
        if use.purpose == "gradient" and alone and not program.distributes:
            yield Problem(
                node,
                _relation(term, scale, f"Keras's mean of the {term.family}"),
                _HELP,
                Confidence.POSSIBLE,
            )
        return
    name, confidence = reference
    yield Problem(node, _relation(term, scale, name), _HELP, confidence, claim_of(program, term))


def claim_of_sum(program: Program, node: cst.CSTNode) -> Claim | None:
    """That an expression is the sum of the samples' losses, where it shows what it sums."""
    operands = program.parts(node, losses=operands_of(node)[0])
    return Claim("sample sum", operands) if operands else None


def claim_of(program: Program, term: Term) -> Claim | None:
    """That the loss is the mean of its family times a factor, where the file shows that the mean is meant."""
    operands = program.operand_nodes(term.node)
    family = function_of(term.loss) if term.loss is not None else FUNCTIONS_OF_FAMILIES.get(term.family)
    return Claim("factor", operands, {"family": family}) if operands and family else None


_HELP = (
    "take `tf.reduce_mean` over all axes to compare with Keras, or keep the sum over the outputs on purpose and scale "
    "the learning rate by the same factor"
)


def mean_of_features_sum_of_samples(term: Term) -> bool:
    """Whether a library loss, which averages over the outputs, is summed over the samples."""
    kinds = [(t.kind, t.implied, t.axes) for t in term.treatments]
    return kinds == [("mean", True, (-1,)), ("sum", False, None)]


def has_plain_sum(value: Value) -> bool:
    """Whether a loss has another part that is a sum over everything."""
    if not isinstance(value, Tensor):
        return False
    if value.op in ("add", "subtract"):
        return any(has_plain_sum(part) for part in value.inputs)
    if value.op in ("multiply", "negative"):
        return any(has_plain_sum(part) for part in value.inputs)
    inner = value.inputs[0] if value.op == "sum" and value.axes is None and value.inputs else None
    return isinstance(inner, Tensor) and inner.op not in ("loss", "loss_object")


def reference_of(program: Program, use: LossUse, term: Term) -> tuple[str, Confidence] | None:
    """The mean that the same file takes of the same error: in compile(), in a metric, or in another function."""
    return compiled_reference(program, use, term) or metric_reference(program, term) or sibling_reference(program, term)


def compiled_reference(program: Program, use: LossUse, term: Term) -> tuple[str, Confidence] | None:
    """The compiled loss; beside a function that is compiled itself, the compiled metrics too."""
    function, step = use.event.function, use.event.step
    own = program.compiled_functions.get(function) if function is not None else None
    # A function that is compiled itself is measured by what stands beside it, not by another model's loss.
    for compiled in program.compiles if own is None else [own]:
        for value in (compiled.loss, *(compiled.metrics if compiled is own else ())):
            if is_mean_family(value, term):
                same_model = compiled is own or (step is not None and compiled.model is step.model)
                name = f"the compiled {describe_loss(value)}"
                return name, Confidence.CERTAIN if same_model else Confidence.LIKELY
    return None


def metric_reference(program: Program, term: Term) -> tuple[str, Confidence] | None:
    """A metric object of the same error."""
    for update in program.metric_updates:
        if isinstance(update.metric, Object) and is_mean_family(update.metric, term):
            return f"the metric {update.metric.kind.rsplit('.', 1)[-1]}", Confidence.LIKELY
    return None


def sibling_reference(program: Program, term: Term) -> tuple[str, Confidence] | None:
    """Another function of the file, such as that of the validation."""
    here = program.statement_function(term.node)
    for value, _ in program.returned:
        if is_mean_of(program, value, term) and program.statement_function(program.terms(value)[0].node) is not here:
            return "the mean that another function of the file takes", Confidence.LIKELY
    return None


def is_mean_family(value: Value, term: Term) -> bool:
    """Whether a library loss or metric takes the mean of the term's error."""
    short = function_of(value)
    return short is not None and FAMILIES[short] == term.family and short not in SUMS_CLASSES


def is_mean_of(program: Program, value: Tensor, term: Term) -> bool:
    """Whether a value is the mean of the same error."""
    terms = program.terms(value)
    return len(terms) == 1 and terms[0].family == term.family and scale_of(terms[0]) == Scale(1.0, 0)


def _relation(term: Term, scale: Scale, name: str) -> str:
    factor = f"{scale.factor:g}"
    if scale.samples == 0:
        times = f"{factor} times" if scale.factor >= 1 else f"1/{1 / scale.factor:g} of"
        why = (
            f", which also averages over the {factor} outputs; neither is wrong, but loss and gradient differ by that "
            "factor"
        )
        return f"this sum is {times} {name}" + (why if _is_width(term, scale) else "")
    return _times_samples(name, "" if scale.factor == 1 else f" times {factor}")


def _times_samples(name: str, factor: str = "") -> str:
    return (
        f"this sum is {name} times the number of samples in the batch{factor}: loss and gradient grow with the batch "
        "size, and a partial batch counts less"
    )


def _is_width(term: Term, scale: Scale) -> bool:
    return term.whole is not None and scale.factor in term.whole

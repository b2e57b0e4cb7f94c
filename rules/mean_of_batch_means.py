"""TFL305 mean-of-batch-means."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import libcst as cst

from tfloss_lint.claim import Claim
from tfloss_lint.finding import Confidence
from tfloss_lint.program import Program
from tfloss_lint.reading.events import FunctionResult, MetricRead, MetricUpdate
from tfloss_lint.reading.library.losses import reduction_of
from tfloss_lint.reading.library.table import as_tensor
from tfloss_lint.reading.terms import is_constant
from tfloss_lint.reading.values import Dataset, Function, Object, Ref, Role, Tensor, Value, integer
from tfloss_lint.rule import Problem, Rule


class MeanOfBatchMeans(Rule):
    """A number of the data set is averaged from numbers of its batches, though they do not weigh the same.

    ## What it does

    It finds metric functions given to `compile()` that count over the batch and divide, such as a precision, a recall
    or an F1 score, or that hand the batch to scikit-learn in a `tf.py_function`, such as an AUC: Keras averages what
    they return. And it finds evaluations whose means of batches are averaged, by a `Mean` without sample weights, by
    `np.mean` of a list or as a total over `len(dataset)`, where the data set is known to end in a smaller batch. The
    finding points at the division, at what the function returns, at the update or at the mean.

    ## Why it is wrong

    A mean of ratios is not the ratio of the sums. A batch without a single predicted positive has the precision 0
    and pulls the mean down; one with a single positive weighs as much as one with twenty. The number depends on the
    batch size. For a model that finds the sevens among handwritten digits, over batches of 32, on Keras 2.8, tf_keras
    2.21 and Keras 3.15 alike:

    | | mean over the batches | of the data set |
    |---|---|---|
    | precision | 0.903 | 0.984 |
    | recall | 0.692 | 0.704 |
    | F1 score | 0.761 | 0.821 |

    Means of equal batches average to the mean of the samples, but the last batch may be smaller, and counts in full.
    How much that is follows from the sizes: of 150 samples in batches of 64, the 22 of the last batch make 33 % of
    the result instead of 15 %; of 10,000 in batches of 32, the last 16 make 0.3 % instead of 0.2 %.

    ## Example

    ```python
    import numpy as np
    import tensorflow as tf
    from sklearn.datasets import load_digits
    from tensorflow import keras


    def precision(y_true, y_pred):
        chosen = tf.round(y_pred)
        return tf.reduce_sum(y_true * chosen) / (tf.reduce_sum(chosen) + 1e-7)  # TFL305: 12


    x, y = load_digits(return_X_y=True)
    x, sevens = x / 16, (y == 7).astype("float32").reshape(-1, 1)
    model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid", kernel_initializer="zeros")])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=[precision])
    model.fit(x, sevens, epochs=5, shuffle=False, verbose=0)

    as_written = model.evaluate(x, sevens, verbose=0)[1]
    chosen = model.predict(x, verbose=0) > 0.5
    reference = sevens[chosen].mean()
    ```

    An evaluation in a loop:

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_iris
    from tensorflow import keras

    x, y = load_iris(return_X_y=True)
    model = keras.Sequential([keras.layers.Dense(3, kernel_initializer="zeros")])
    loss_function = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=loss_function)
    model.fit(x, y, batch_size=150, epochs=3, verbose=0)
    mean_loss = keras.metrics.Mean()

    for features, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(64):
        loss = loss_function(labels, model(features, training=False))
        mean_loss.update_state(loss)  # TFL305: 5

    as_written = float(mean_loss.result())
    reference = model.evaluate(x, y, verbose=0)
    ```

    ## Use instead

    Metrics that keep the counts themselves divide at the end.

    ```python
    import numpy as np
    from sklearn.datasets import load_digits
    from tensorflow import keras

    x, y = load_digits(return_X_y=True)
    x, sevens = x / 16, (y == 7).astype("float32").reshape(-1, 1)
    model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid", kernel_initializer="zeros")])
    metrics = [keras.metrics.Precision()]
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=metrics)
    model.fit(x, sevens, epochs=5, shuffle=False, verbose=0)

    as_written = model.evaluate(x, sevens, verbose=0)[1]
    chosen = model.predict(x, verbose=0) > 0.5
    reference = sevens[chosen].mean()
    ```

    A mean of batches takes their sizes for weights.

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_iris
    from tensorflow import keras

    x, y = load_iris(return_X_y=True)
    model = keras.Sequential([keras.layers.Dense(3, kernel_initializer="zeros")])
    loss_function = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=loss_function)
    model.fit(x, y, batch_size=150, epochs=3, verbose=0)
    mean_loss = keras.metrics.Mean()

    for features, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(64):
        loss = loss_function(labels, model(features, training=False))
        mean_loss.update_state(loss, sample_weight=len(labels))

    as_written = float(mean_loss.result())
    reference = model.evaluate(x, y, verbose=0)
    ```

    ## Confidence

    *certain*: a metric function of `compile()` divides a count of rounded or compared predictions by another count,
    or is a score of scikit-learn's. *likely*: the file shows that the last batch is smaller and makes up 2 % more of
    the result than it should, and nothing is trained on these batches. *possible*: the last batch makes less of a
    difference, its size is not known, the batches are trained on, the division is by the size of a mask, or the file
    does not give the function to `compile()`.

    ## What it deliberately does not see

    - `Mean` in training, where the size of the last batch is not known: a running mean is no number of a data set.
    - Batches of one size: `drop_remainder=True`, or as many samples as fill them.
    - Losses of every sample in a `Mean`, and sums that are divided by the number of samples.
    - Soft ratios such as the Dice loss: they are trained on, batch by batch.
    - Steps that `fit()` and `evaluate()` call.

    ## References

    - Keras averages what a metric function returns: over the samples, and where it returns one number, over batches.
    - `keras.metrics.Precision`, `Recall` and `AUC` keep counts, and so does `F1Score`, which Keras 2.8 does not have.
    - `keras.metrics.Mean.update_state(values, sample_weight=None)`.
    """

    code = "TFL305"
    name = "mean-of-batch-means"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        """Report ratios in metric functions, and means that are averaged."""
        yield from _ratios(program)
        for update in program.metric_updates:
            read = _read_afterwards(program, update) if update.step is None and is_plain_mean(update) else None
            if read is not None:
                operands = program.parts(update.node, value=update.nodes[0]) | program.parts(read.node, call=read.node)
                yield from _averaged(program, update.arguments[0], update.node, _WEIGHTED, operands)
        for shown in (*(event.value for event in program.shown), *(tensor for tensor, _ in program.returned)):
            for average in _averages_in(shown):
                value = average.inputs[0]
                made = value.node if isinstance(value, Tensor) else None
                yield from _averaged(program, value, average.node, _MEAN, program.parts(made, value=made))


_WEIGHTED = "give the batches their sizes as weights: `update_state(loss, sample_weight=tf.shape(y)[0])`"
_MEAN = "weigh every batch by its size, or keep a `keras.metrics.Mean` and update it with the loss of every sample"


# Ratios

COUNTED = frozenset({"round", "argmax", "equal", "not_equal", "greater", "greater_equal", "less", "less_equal", "and"})
"""Operations after which a sum is a count."""
PADDING = frozenset({"not_equal", "logical_not"})
"""How people mask padding."""


def _ratios(program: Program) -> Iterator[Problem]:
    """Functions that count over the batch and divide, or that leave the whole batch to scikit-learn."""
    alone = {result.function for result in program.function_results}
    for result in program.function_results:
        division, score = _part(result.value, _is_ratio), _score(result.value)
        if division is not None and division.node is not None:
            place = _place_of(program, division.node, result, alone)
            what, sure = "divides two counts", not _contains(division.inputs[1], PADDING)
        elif score is not None:
            place, sure = result.node, True
            what = f"is the `{score.name.rpartition('.')[2]}`"
        else:
            continue
        compiled = _is_compiled(program, result)
        yield Problem(
            place,
            f"this metric {what} of one batch, and Keras averages the numbers of the batches: that is not the number "
            "of the data set, and depends on the batch size",
            "use a metric that keeps counts, such as `keras.metrics.Precision`, `Recall`, `AUC` or `F1Score`; or "
            "subclass `keras.metrics.Metric` and divide in `result()`",
            Confidence.CERTAIN if sure and compiled else Confidence.POSSIBLE,
            # Of a function that the file gives to no `compile()` nobody knows that it is averaged.
            Claim("batch ratio") if compiled else None,
        )


def _is_compiled(program: Program, result: FunctionResult) -> bool:
    """Whether the function is given to `compile()` as a metric."""
    event = program.compiled_functions.get(result.function) if result.function is not None else None
    metrics = event.metrics if event is not None else ()
    return any(isinstance(metric, Function) and metric.node is result.function for metric in metrics)


def _place_of(
    program: Program, division: cst.CSTNode, result: FunctionResult, alone: Collection[cst.CSTNode | None]
) -> cst.CSTNode:
    """Where a function divides, or returns what it makes of a ratio that is another metric by itself: an F1 score."""
    maker = program.statement_function(division)
    return result.node if maker is not result.function and maker in alone else division


def _part(value: Value, test: Callable[[Tensor], bool]) -> Tensor | None:
    """The first of the operations that a value is computed by, from the last on, of which something is so."""
    if not isinstance(value, Tensor):
        return None
    return value if test(value) else next(filter(None, (_part(part, test) for part in value.inputs)), None)


def _is_ratio(tensor: Tensor) -> bool:
    """Whether it divides two counts of a batch."""
    return tensor.op == "divide" and _is_count(tensor.inputs[0]) and _is_total(tensor.inputs[1])


def _score(value: Value) -> Ref | None:
    """The function of scikit-learn by which Python's own code computes a value inside of a graph."""
    wrapped = _part(value, lambda tensor: tensor.op == "py_function")
    score = None if wrapped is None else _part(wrapped, lambda tensor: tensor.op == "score")
    return score.detail if score is not None and isinstance(score.detail, Ref) else None


def _is_count(value: Value) -> bool:
    """Whether it counts predictions over the batch."""
    return _is_total(value) and _contains(value, COUNTED, Role.PREDICTION)


def _is_total(value: Value) -> bool:
    """Whether it is a sum over the batch of labels or predictions, with or without a number added."""
    tensor = as_tensor(value)
    if tensor is None:
        return False
    if tensor.op in ("add", "maximum"):
        return any(map(_is_total, tensor.inputs))
    return tensor.op in ("sum", "count") and (tensor.axes is None or 0 in tensor.axes) and bool(tensor.sources)


def _contains(value: Value, operations: frozenset[str], role: Role = Role.LABEL) -> bool:
    """Whether it is computed by one of these operations on something of that role."""
    return isinstance(value, Tensor) and (
        (value.op in operations and role in value.sources)
        or any(_contains(part, operations, role) for part in value.inputs)
    )


# Averages


def is_plain_mean(update: MetricUpdate) -> bool:
    """Whether it feeds a `Mean`, without weights."""
    metric = update.metric
    is_mean = isinstance(metric, Object) and metric.kind == "keras.metrics.Mean" and metric.cls is None
    return is_mean and len(update.arguments) == 1 and not update.weighted


def _read_afterwards(program: Program, update: MetricUpdate) -> MetricRead | None:
    """Where the result is read after the loop that the update stands in."""
    return next(
        (
            read
            for read in program.metric_reads
            if isinstance(read.metric, Object) and read.metric is update.metric and read.loops < update.loops
        ),
        None,
    )


def _averages_in(value: Value) -> Iterator[Tensor]:
    """The means of lists and the totals over ``len(dataset)`` that a number is computed from; the mean comes first."""
    if not isinstance(value, Tensor):
        return
    if value.op == "mean" and value.inputs and all(_is_batch_mean(part) for part in value.inputs):
        yield value
    elif value.op == "divide" and isinstance(value.inputs[1], Tensor) and value.inputs[1].op == "batches":
        total = value.inputs[0]
        if isinstance(total, Tensor) and total.op == "add" and is_constant(total.inputs[0]) is not None:
            yield Tensor(value.shape, value.sources, "mean", total.inputs[1:], value.node)
    else:
        for part in value.inputs:
            yield from _averages_in(part)


def _averaged(
    program: Program, value: Value, node: cst.CSTNode | None, remedy: str, operands: dict[str, cst.CSTNode]
) -> Iterator[Problem]:
    """Means of batches that are averaged, as far as the last batch is smaller."""
    drawn = program.drawn(value)
    if not drawn or node is None or not _is_batch_mean(value):
        return
    trained = any(id(part) in program.differentiated for part in drawn)
    data, *others = drawn.values()
    last = None if any(other is not data for other in others) else _last_batch(data)
    if last is None or (trained and not last):
        return
    message, much = last or (_UNKNOWN, False)
    confidence = Confidence.LIKELY if much and not trained else Confidence.POSSIBLE
    claim = Claim("batch means", operands) if "value" in operands else None
    yield Problem(node, f"{_WRONG}{message}", remedy, confidence, claim)


_WRONG = "a mean of the batches' means is not the mean of the samples: "
_UNKNOWN = "the last batch may be smaller, and counts in full"
MUCH = 0.02
"""How much more of the result a last batch makes up than it should, to be worth a word."""


def _last_batch(data: Dataset) -> tuple[str, bool] | tuple[()] | None:
    """What a smaller last batch does, and whether that is much; nothing where it is not known, ``None`` without one."""
    size, samples = integer(data.batch_size), data.size
    if not data.batched or data.drops_remainder:
        return None
    if size is None or samples is None:
        return ()
    batches, rest = -(-samples // size), samples % size
    if rest == 0:
        return None
    counts, should = 1 / batches, rest / samples
    message = f"the last of {batches} batches has {rest} of {samples} samples, and counts for {counts:.1%}"
    return f"{message} instead of {should:.1%}", counts - should >= MUCH


def _is_batch_mean(value: Value) -> bool:
    """Whether it is one number per batch: a mean over the samples, with or without a number as factor."""
    if not isinstance(value, Tensor):
        return False
    if value.op == "mean":
        whole = value.axes is None or 0 in value.axes
        return whole and any(isinstance(part, Tensor) and part.shape != () for part in value.inputs)
    if value.op == "loss_object":
        return isinstance(value.detail, Object) and reduction_of(value.detail) == "mean"
    if value.op in ("multiply", "divide") and len(value.inputs) == 2:
        numbers = [is_constant(part) is not None for part in value.inputs]
        return any(numbers) and any(map(_is_batch_mean, value.inputs))
    return value.op == "compiled_loss"

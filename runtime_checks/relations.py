"""Relations that tell how a loss is wrong, measured on one batch.

A relation compares a loss with itself on changed inputs, or with another loss on the same inputs: in value, and in
its gradient with respect to the predictions. It needs no knowledge of the loss::

    def loss(y_true, y_pred):
        return tf.reduce_mean(tf.square(y_true - y_pred))

    alignment(loss, labels, predictions).verdict

================== ==================================================== ===================== ======================
relation           compares (``as_written`` with ``reference``)         a right mean          what the others do
================== ==================================================== ===================== ======================
``label_shuffle``  labels in another order, with the labels             diverges              a broadcast agrees
``alignment``      the loss, with labels in the predictions' shape      agrees                a broadcast diverges
``duplication``    every row twice, with every row once                 agrees                a sum is twice as large
``partial_batch``  mean over two parts of the batch, with the batch     agrees                a sum is half as large
``reference``      the loss, with another one                           agrees                any other loss diverges
``argument_order`` the loss, with its arguments swapped                 (depends on the loss) a symmetric loss agrees
================== ==================================================== ===================== ======================

A loss may return a tensor of any shape. What counts is the sum of its elements, as in ``tape.gradient``.

**Tolerance.** Adding n float32 numbers in another order changes the sum by about eps * sqrt(n) of itself, or eps * n
at worst; eps is 2**-23. A difference counts when it is larger than ``SAFETY`` * eps * sqrt(n), where n is the number of
elements that labels and predictions make together. TensorFlow adds float16 (eps 2**-10) and bfloat16 (2**-7) in float32
and rounds once: ``SAFETY`` * eps, whatever n. So does a GPU that multiplies float32 matrices as TF32 (2**-10).

A gradient may vanish because its terms cancel (a broadcast loss at zero predictions does that), and what is left is
rounding. So a gradient is also taken for equal where the difference could not move the loss by more than the tolerance,
if the predictions moved by their own size. Beyond ``COARSEST`` a tolerance makes the verdict ``invalid``.

The value can hide what the gradient shows, so two losses agree only if both do.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from typing import Any, Callable, Sequence

Loss = Callable[..., Any]
"""Takes labels, predictions, and the tensors given as ``context``; returns a tensor of any shape."""

DIVERGES = "diverges"
AGREES = "agrees"
INVALID = "invalid"

CONFIRMED = "confirmed"
REFUTED = "refuted"
INCONCLUSIVE = "inconclusive"

EPSILON = {"float64": 2.0**-52, "float32": 2.0**-23, "float16": 2.0**-10, "bfloat16": 2.0**-7}
TF32_EPSILON = 2.0**-10
SAFETY = 8.0
COARSEST = 0.25


@dataclass(frozen=True)
class Measurement:
    """What a relation came out as on one batch.

    ``ratio`` is ``as_written / reference``, ``gradient_ratio`` the ratio of the gradients' norms and
    ``gradient_cosine`` the cosine between them; each is ``None`` where it is undefined. ``tolerance`` is relative.
    """

    relation: str
    verdict: str
    reason: str
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    as_written: float | None = None
    reference: float | None = None
    ratio: float | None = None
    gradient_ratio: float | None = None
    gradient_cosine: float | None = None
    tolerance: float | None = None

    def is_factor(self, factor: float) -> bool:
        """Whether one is the other times this factor, in value and in gradient, up to the tolerance."""
        if self.verdict == INVALID or self.ratio is None or self.gradient_ratio is None or self.tolerance is None:
            return False
        near = 4 * self.tolerance
        return (
            abs(self.ratio - factor) <= near * abs(factor)
            and abs(self.gradient_ratio - abs(factor)) <= near * abs(factor)
            and (self.gradient_cosine or 0.0) * math.copysign(1.0, factor) >= 1.0 - near
        )


@dataclass(frozen=True)
class Evaluation:
    """A loss on one batch: the sum of its elements, and its gradient with respect to the predictions, in float64."""

    value: float
    gradient: Any
    """A flat numpy array, or ``None`` where the loss does not depend on the predictions."""
    shape: tuple[int, ...]

    @property
    def is_finite(self) -> bool:
        """Whether there is neither an infinity nor a NaN in it."""
        import numpy as np

        return math.isfinite(self.value) and (self.gradient is None or bool(np.isfinite(self.gradient).all()))


class _UnmeasurableError(Exception):
    """The relation says nothing about this loss on this batch; the text says why."""


# --- the relations


def label_shuffle(loss: Loss, y_true: Any, y_pred: Any, context: Sequence[Any] = ()) -> Measurement:
    """Compare the loss of shuffled labels with the loss: a broadcast lets every label meet every prediction."""
    batch = _Batch(loss, y_true, y_pred, context)

    def measure() -> Measurement:
        batch.check()
        shuffled = _shuffle(y_true, batch.rows)
        if shuffled is None:
            raise _UnmeasurableError("all labels of the batch are equal")
        if batch.ignores_labels():
            raise _UnmeasurableError("the loss ignores the labels")
        return batch.compare(batch.evaluate(shuffled, y_pred), batch.evaluation())

    return batch.measured("label_shuffle", measure)


def alignment(loss: Loss, y_true: Any, y_pred: Any, context: Sequence[Any] = ()) -> Measurement:
    """Compare the loss with that of labels which have the shape of the predictions."""
    batch = _Batch(loss, y_true, y_pred, context)

    def measure() -> Measurement:
        batch.check()
        if shapes_equal(y_true, y_pred):
            raise _UnmeasurableError("labels and predictions have one shape")
        aligned = align(y_true, y_pred)
        if aligned is None:
            raise _UnmeasurableError(
                f"labels {_said(batch.label_shape)} cannot take the shape of predictions {_said(batch.shape)}"
            )
        return batch.compare(batch.evaluation(), batch.evaluate(aligned, y_pred))

    return batch.measured("alignment", measure)


def duplication(loss: Loss, y_true: Any, y_pred: Any, context: Sequence[Any] = ()) -> Measurement:
    """Compare the loss of the batch with every row twice with the loss: a mean stays, a sum doubles."""
    batch = _Batch(loss, y_true, y_pred, context)

    def measure() -> Measurement:
        batch.check(least_rows=1)
        twice = batch.evaluate_rows([(0, batch.rows), (0, batch.rows)])
        return batch.compare(twice, batch.evaluation())

    return batch.measured("duplication", measure)


def partial_batch(loss: Loss, y_true: Any, y_pred: Any, context: Sequence[Any] = ()) -> Measurement:
    """Compare the mean of the losses of two parts of the batch, weighted by rows, with the loss.

    They are equal for a mean over rows, and half as large for a sum, whatever it is divided by.
    """
    batch = _Batch(loss, y_true, y_pred, context)

    def measure() -> Measurement:
        batch.check()
        middle = batch.rows // 2
        parts = [(0, middle), (middle, batch.rows)]
        evaluations = [batch.evaluate_rows([part]) for part in parts]
        shares = [(end - begin) / batch.rows for begin, end in parts]
        return batch.compare(_weighted_sum(evaluations, shares), batch.evaluation())

    return batch.measured("partial_batch", measure)


def reference(
    loss: Loss, y_true: Any, y_pred: Any, other: Loss, context: Sequence[Any] = (), labels: Any = None
) -> Measurement:
    """Compare the loss with another one; ``labels`` are those for the other, where it needs them in another form.

    The other may return a numpy value, such as a loss of ``reference.py``; then only the values are compared.
    """
    batch = _Batch(loss, y_true, y_pred, context)

    def measure() -> Measurement:
        batch.check(least_rows=1)
        wanted = evaluate(other, y_true if labels is None else labels, y_pred, context)
        return batch.compare(batch.evaluation(), wanted)

    return batch.measured("reference", measure)


def argument_order(loss: Loss, y_true: Any, y_pred: Any, context: Sequence[Any] = ()) -> Measurement:
    """Compare the loss with the loss of swapped arguments, both differentiated by the predictions."""
    import tensorflow as tf

    batch = _Batch(loss, y_true, y_pred, context)

    def measure() -> Measurement:
        batch.check(least_rows=1)
        for leaf in tf.nest.flatten(y_true):
            if not tf.convert_to_tensor(leaf).dtype.is_floating:
                raise _UnmeasurableError("integer labels cannot stand in for predictions")

        def swapped(labels: Any, predictions: Any, *rest: Any) -> Any:
            return loss(predictions, labels, *rest)

        return batch.compare(batch.evaluation(), evaluate(swapped, y_true, y_pred, context))

    return batch.measured("argument_order", measure)


def settle(
    measurements: Sequence[Measurement], mistake: str = DIVERGES, at_least: int = 2, least: float = 0.0
) -> tuple[str, str]:
    """What one relation says over several batches: ``confirmed``, ``refuted`` or ``inconclusive``, and why.

    ``mistake`` is the verdict that the mistake would show. Nothing is confirmed or refuted on fewer than ``at_least``
    batches, or where batches contradict each other. Differences below ``least``, which is relative, are beyond
    rounding and still smaller than any mistake makes: they settle nothing.
    """
    valid = [measurement for measurement in measurements if measurement.verdict != INVALID]
    if len(valid) < at_least:
        reasons = sorted({m.reason for m in measurements if m.verdict == INVALID})
        return INCONCLUSIVE, "; ".join(reasons) or f"only {len(valid)} of {at_least} batches"
    shown = {measurement.verdict for measurement in valid}
    if len(shown) > 1:
        return INCONCLUSIVE, "the batches contradict each other"
    if DIVERGES in shown and min(map(_relative_difference, valid)) < least:
        return INCONCLUSIVE, f"a difference below {least:g} of the loss"
    return (CONFIRMED, "") if shown == {mistake} else (REFUTED, "")


# --- tolerance


def tolerance(dtype: str, terms: int, tf32: bool = False) -> float:
    """How much two sums of the same numbers may differ, relative to the sum; see the top of this module."""
    of_each = TF32_EPSILON if tf32 and dtype == "float32" else EPSILON[dtype]
    of_sum = min(EPSILON[dtype], EPSILON["float32"]) * math.sqrt(max(terms, 1))
    return SAFETY * max(of_each, of_sum)


def multiplies_as_tf32(device: str) -> bool:
    """Whether float32 matrices are multiplied with fewer digits on this device."""
    import tensorflow as tf

    return "GPU" in device.upper() and bool(tf.config.experimental.tensor_float_32_execution_enabled())


# --- evaluation


def evaluate(loss: Loss, y_true: Any, y_pred: Any, context: Sequence[Any] = ()) -> Evaluation:
    """Compute a loss and its gradient with respect to the predictions."""
    import tensorflow as tf

    # New tensors: the predictions may carry the logits or the tape that they came from.
    predictions = tf.nest.map_structure(tf.identity, y_pred)
    with tf.GradientTape() as tape:
        for leaf in tf.nest.flatten(predictions):
            tape.watch(leaf)
        result = loss(y_true, predictions, *context)
    return evaluation_of(result, predictions, tape)


def evaluation_of(result: Any, predictions: Any, tape: Any) -> Evaluation:
    """The value of a computed loss, and its gradient from the tape that recorded it."""
    import numpy as np
    import tensorflow as tf

    value = np.asarray(result, dtype=np.float64)
    gradient = None
    if tf.is_tensor(result) and result.dtype.is_floating:
        gradient = flat_gradient(tape.gradient(result, tf.nest.flatten(predictions)), tf.nest.flatten(predictions))
    return Evaluation(float(value.sum()), gradient, tuple(int(size) for size in value.shape))


def flat_gradient(gradients: Sequence[Any], sources: Sequence[Any]) -> Any:
    """One float64 vector of all gradients, zeros where there is none; ``None`` where there is none at all."""
    import numpy as np
    import tensorflow as tf

    if all(gradient is None for gradient in gradients):
        return None
    parts = [
        np.zeros(int(np.prod(source.shape)))
        if gradient is None
        else np.asarray(tf.convert_to_tensor(gradient), dtype=np.float64).ravel()
        for gradient, source in zip(gradients, sources)
    ]
    return np.concatenate(parts)


def norm_ratio(first: Any, second: Any) -> float | None:
    """The ratio of two gradients' norms, ``None`` where it is undefined."""
    import numpy as np

    if first is None or second is None or not np.linalg.norm(second):
        return None
    return float(np.linalg.norm(first) / np.linalg.norm(second))


def cosine(first: Any, second: Any) -> float | None:
    """The cosine between two gradients, ``None`` where it is undefined."""
    import numpy as np

    if first is None or second is None:
        return None
    product = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(np.clip(np.dot(first, second) / product, -1.0, 1.0)) if product else None


# --- shapes


def rows_of(structure: Any) -> int | None:
    """The number of rows that all tensors of a structure have, ``None`` where they have no common one."""
    import tensorflow as tf

    counts = {_rows(leaf) for leaf in tf.nest.flatten(structure) if leaf is not None}
    return counts.pop() if len(counts) == 1 else None


def take_rows(structure: Any, ranges: Sequence[tuple[int, int]], rows: int) -> Any:
    """Some rows of every tensor that has as many; differentiable. What is no such tensor stays."""
    import tensorflow as tf

    def take(leaf: Any) -> Any:
        if leaf is None or _rows(leaf) != rows:
            return leaf
        parts = [leaf[begin:end] for begin, end in ranges]
        return parts[0] if len(parts) == 1 else tf.concat(parts, axis=0)

    return tf.nest.map_structure(take, structure)


def shapes_equal(y_true: Any, y_pred: Any) -> bool:
    """Whether every label tensor has the shape of its prediction."""
    import tensorflow as tf

    labels, predictions = tf.nest.flatten(y_true), tf.nest.flatten(y_pred)
    return len(labels) == len(predictions) and all(
        _shape(label) == _shape(prediction) for label, prediction in zip(labels, predictions)
    )


def align(y_true: Any, y_pred: Any) -> Any:
    """Labels in the shape of the predictions, where only axes of length 1 differ; else ``None``."""
    import tensorflow as tf

    labels, predictions = tf.nest.flatten(y_true), tf.nest.flatten(y_pred)
    if len(labels) != len(predictions):
        return None
    aligned = []
    for label, prediction in zip(labels, predictions):
        shape, wanted = _shape(label), _shape(prediction)
        # The first axis is the batch, also where it has one row only.
        if shape[:1] != wanted[:1] or [n for n in shape[1:] if n != 1] != [n for n in wanted[1:] if n != 1]:
            return None
        aligned.append(tf.reshape(label, wanted))
    return tf.nest.pack_sequence_as(y_true, aligned)


class _Batch:
    """One loss on one batch, and what the relations need to know of them."""

    def __init__(self, loss: Loss, y_true: Any, y_pred: Any, context: Sequence[Any]) -> None:
        import tensorflow as tf

        self.loss = loss
        self.y_true = y_true
        self.y_pred = tf.nest.map_structure(tf.convert_to_tensor, y_pred)
        self.context = tuple(context)
        self._evaluation: Evaluation | None = None

    @property
    def rows(self) -> int:
        return rows_of(self.y_pred) or 0

    @property
    def shape(self) -> tuple[int, ...]:
        import tensorflow as tf

        return _shape(tf.nest.flatten(self.y_pred)[0])

    @property
    def label_shape(self) -> tuple[int, ...]:
        import tensorflow as tf

        leaves = [leaf for leaf in tf.nest.flatten(self.y_true) if leaf is not None]
        return _shape(leaves[0]) if leaves else ()

    @property
    def tolerance(self) -> float:
        import tensorflow as tf

        predictions = tf.nest.flatten(self.y_pred)
        dtype = max((leaf.dtype.name for leaf in predictions), key=lambda name: EPSILON.get(name, 0.0))
        tf32 = multiplies_as_tf32(predictions[0].device)
        return tolerance(dtype, _terms(self.y_true, predictions), tf32)

    def evaluation(self) -> Evaluation:
        """The loss as it is."""
        if self._evaluation is None:
            self._evaluation = self.evaluate(self.y_true, self.y_pred)
        return self._evaluation

    def evaluate(self, y_true: Any, y_pred: Any) -> Evaluation:
        return evaluate(self.loss, y_true, y_pred, self.context)

    def evaluate_rows(self, ranges: list[tuple[int, int]]) -> Evaluation:
        """The loss of some rows, differentiated by the predictions of the whole batch."""

        def of_rows(y_true: Any, y_pred: Any, *context: Any) -> Any:
            labels, predictions, rest = take_rows((y_true, y_pred, tuple(context)), ranges, self.rows)
            return self.loss(labels, predictions, *rest)

        return evaluate(of_rows, self.y_true, self.y_pred, self.context)

    def check(self, least_rows: int = 2) -> None:
        """Whether the loss can be measured on this batch at all."""
        import tensorflow as tf

        for leaf in tf.nest.flatten(self.y_pred):
            if leaf.dtype.name not in EPSILON:
                raise _UnmeasurableError(f"predictions of dtype {leaf.dtype.name} have no gradient")
        if any(-1 in _shape(leaf) for leaf in tf.nest.flatten(self.y_true) if leaf is not None):
            raise _UnmeasurableError("ragged or sparse labels")
        if self.tolerance > COARSEST:
            raise _UnmeasurableError("too many terms to add up in this dtype")
        if self.rows < least_rows:
            raise _UnmeasurableError("a batch of one row" if self.rows else "the predictions have no common batch axis")
        first, again = self.evaluation(), self.evaluate(self.y_true, self.y_pred)
        if not first.is_finite:
            raise _UnmeasurableError("the loss or its gradient is not finite")
        if self.differ(first, again):
            raise _UnmeasurableError("the loss is random: the same inputs gave another value")

    def ignores_labels(self) -> bool:
        """Whether nothing changes when the labels of all rows become those of one row."""
        import tensorflow as tf

        def every_row(row: int) -> Any:
            def repeat(leaf: Any) -> Any:
                if leaf is None or _rows(leaf) != self.rows:
                    return leaf
                return tf.repeat(leaf[row : row + 1], self.rows, axis=0)

            return tf.nest.map_structure(repeat, self.y_true)

        differing = _differing_rows(self.y_true, self.rows)
        return not any(self.differ(self.evaluate(every_row(row), self.y_pred), self.evaluation()) for row in differing)

    def differ(self, first: Evaluation, second: Evaluation) -> bool:
        """Whether value or gradient differ by more than rounding explains."""
        return bool(self.differences(first, second))

    def differences(self, first: Evaluation, second: Evaluation) -> list[str]:
        """Which of value and gradient differ by more than rounding explains."""
        import numpy as np

        found = []
        size = max(abs(first.value), abs(second.value))
        if abs(first.value - second.value) > self.tolerance * size:
            found.append("value")
        if first.gradient is not None or second.gradient is not None:
            one, other = (
                np.zeros(1) if evaluation.gradient is None else evaluation.gradient for evaluation in (first, second)
            )
            longest = max(float(np.linalg.norm(one)), float(np.linalg.norm(other)))
            rounding = self.tolerance * (longest + size / self._scale())
            if float(np.linalg.norm(one - other)) > rounding:
                found.append("gradient")
        return found

    def _scale(self) -> float:
        """How far the predictions could move: their own length, or that of the labels that they should meet."""
        import numpy as np
        import tensorflow as tf

        labels = [tf.convert_to_tensor(leaf) for leaf in tf.nest.flatten(self.y_true) if leaf is not None]
        predictions = tf.nest.flatten(self.y_pred)
        length = max(_length(predictions), _length([leaf for leaf in labels if leaf.dtype.is_floating]))
        units = math.sqrt(sum(int(np.prod(leaf.shape)) for leaf in predictions))
        # Logits and probabilities, which meet class numbers, are of the order of 1.
        return length if length and all(leaf.dtype.is_floating for leaf in labels) else max(length, units)

    def compare(self, as_written: Evaluation, reference: Evaluation) -> Measurement:
        """The measurement of two evaluations; its relation is filled in later."""
        for evaluation in (as_written, reference):
            if not evaluation.is_finite:
                raise _UnmeasurableError("the loss or its gradient is not finite")
        if as_written.gradient is None or reference.gradient is None:
            # A numpy reference has no gradient to compare with.
            as_written, reference = (Evaluation(e.value, None, e.shape) for e in (as_written, reference))
        differences = self.differences(as_written, reference)
        return Measurement(
            relation="",
            verdict=DIVERGES if differences else AGREES,
            reason=" and ".join(differences),
            as_written=as_written.value,
            reference=reference.value,
            ratio=as_written.value / reference.value if reference.value else None,
            gradient_ratio=norm_ratio(as_written.gradient, reference.gradient),
            gradient_cosine=cosine(as_written.gradient, reference.gradient),
            tolerance=self.tolerance,
        )

    def measured(self, relation: str, measure: Callable[[], Measurement]) -> Measurement:
        """The measurement, or an invalid one that says why there is none."""
        shapes = {"y_true": self.label_shape, "y_pred": self.shape}
        try:
            found = measure()
        except _UnmeasurableError as reason:
            return Measurement(relation, INVALID, str(reason), shapes)
        except Exception as error:  # noqa: BLE001 - the user's loss may raise anything on inputs it was not made for
            return Measurement(relation, INVALID, f"the loss raises {summary(error)}", shapes)
        return replace(found, relation=relation, shapes={**shapes, "loss": self.evaluation().shape})


def _weighted_sum(evaluations: Sequence[Evaluation], weights: Sequence[float]) -> Evaluation:
    gradients = [evaluation.gradient for evaluation in evaluations]
    gradient = None
    if all(part is not None for part in gradients):
        gradient = sum(weight * part for weight, part in zip(weights, gradients))
    value = sum(weight * evaluation.value for weight, evaluation in zip(weights, evaluations))
    return Evaluation(value, gradient, evaluations[0].shape)


def _relative_difference(measurement: Measurement) -> float:
    """How far apart value or gradient are, whichever is more, relative to the larger one."""
    found = []
    if measurement.as_written is not None and measurement.reference is not None:
        size = max(abs(measurement.as_written), abs(measurement.reference))
        found.append(abs(measurement.as_written - measurement.reference) / size if size else 0.0)
    if measurement.gradient_ratio is not None:
        ratio, alike = measurement.gradient_ratio, measurement.gradient_cosine or 0.0
        found.append(math.sqrt(max(0.0, 1 + ratio * ratio - 2 * ratio * alike)) / max(1.0, ratio))
    return max(found) if found else 0.0


def _shuffle(labels: Any, rows: int) -> Any:
    """The labels in another order of rows that changes them; ``None`` where all rows are equal."""
    differing = _differing_rows(labels, rows)
    if len(differing) < 2:
        return None
    # A rotation by the distance between two rows that differ moves one of them to the other's place.
    distance = differing[1] - differing[0]
    return take_rows(labels, [(distance, rows), (0, distance)], rows)


def _differing_rows(labels: Any, rows: int) -> list[int]:
    """The first row, and the first row after it whose labels are different."""
    import numpy as np
    import tensorflow as tf

    columns = [
        np.asarray(leaf).reshape(rows, -1)
        for leaf in tf.nest.flatten(labels)
        if leaf is not None and _rows(leaf) == rows
    ]
    different: Any = np.zeros(rows, dtype=bool)
    for column in columns:
        different |= (column != column[:1]).any(axis=1)
    return [0, int(different.argmax())] if different.any() else [0]


def _terms(labels: Any, predictions: Sequence[Any]) -> int:
    """How many elements labels and predictions make together, where they broadcast; else those of the larger."""
    import numpy as np
    import tensorflow as tf

    shapes = [_shape(leaf) for leaf in predictions]
    shapes_of_labels = [_shape(leaf) for leaf in tf.nest.flatten(labels) if leaf is not None]
    total = sum(int(np.prod(shape)) for shape in shapes)
    if len(shapes) == len(shapes_of_labels) == 1:
        return int(np.prod(broadcast_shape(shapes[0], shapes_of_labels[0]) or shapes[0]))
    return total


def broadcast_shape(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...] | None:
    """What two shapes broadcast to, ``None`` where they do not."""
    longer, shorter = sorted((first, second), key=len, reverse=True)
    pairs = list(zip(longer, (1,) * (len(longer) - len(shorter)) + shorter))
    if any(a != b and 1 not in (a, b) for a, b in pairs):
        return None
    return tuple(b if a == 1 else a for a, b in pairs)


class UnmeasurableError(Exception):
    """What was seen cannot be measured. The text says why, to the user."""


def summary(error: BaseException) -> str:
    """The class and the first line of an error, without the nodes of a graph that TensorFlow names."""
    if isinstance(error, UnmeasurableError):
        return str(error)
    lines = re.sub(r"\{\{.*?\}\} ?| name: *$", "", str(error)).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__


def _length(tensors: Sequence[Any]) -> float:
    """The Euclidean norm over all elements."""
    import numpy as np

    return math.sqrt(sum(float(np.square(np.asarray(tensor, dtype=np.float64)).sum()) for tensor in tensors))


def _shape(leaf: Any) -> tuple[int, ...]:
    import numpy as np

    shape = leaf.shape if hasattr(leaf, "shape") else np.shape(leaf)
    return tuple(-1 if size is None else int(size) for size in shape)


def _rows(leaf: Any) -> int | None:
    shape = _shape(leaf)
    return shape[0] if shape else None


def _said(shape: tuple[int, ...]) -> str:
    return str(tuple(shape))

"""How large a loss is, next to the mean over samples and outputs that Keras's losses take."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from tfloss_lint.reading.library import losses
from tfloss_lint.reading.terms import Term, Treatment, is_constant
from tfloss_lint.reading.values import Tensor, Value


@dataclass(frozen=True, slots=True)
class Scale:
    """A term as a multiple of the mean: ``factor`` times the number of samples to the power of ``samples``.

    ``samples`` is 1 for a sum over the batch, 0 for a mean, -1 for a mean that is divided by the batch size again.
    """

    factor: float
    samples: int


def scale_of(term: Term, batch_sizes: Collection[int] = (), *, mean_follows: bool = False) -> Scale | None:
    """The term's scale; ``None`` where an axis's length or a treatment is unknown.

    With ``mean_follows`` Keras takes the mean over the samples of what is left, as it does of a compiled loss.
    A division by one of ``batch_sizes`` counts as one by the number of samples: right for full batches.
    """
    factor, samples = 1.0, 0
    reduced_batch = False
    for treatment in term.treatments:
        if treatment.kind == "mean":
            reduced_batch |= treatment.over_batch is True
        elif treatment.kind == "sum":
            if treatment.implied and _sums_classes(term):
                continue
            lengths = treatment.lengths
            if lengths is None:
                return None
            for axis, length in enumerate(lengths):
                if axis == 0 and treatment.over_batch:
                    # However many samples there are: their number is what the loss grows with.
                    samples += 1
                elif isinstance(length, int):
                    factor *= length
                else:
                    return None
            reduced_batch |= treatment.over_batch is True
        elif treatment.kind in ("divide", "scale"):
            number = is_constant(treatment.by)
            if number is None or number == 0:
                if treatment.kind == "divide" and is_batch_size(treatment.by):
                    samples -= 1
                    continue
                return None
            by = 1 / number if treatment.kind == "divide" else number
            if samples > 0 and any(abs(1 / by - size) < 1e-6 for size in batch_sizes):
                samples -= 1
            else:
                factor *= by
        else:
            return None
    return Scale(factor, samples) if reduced_batch or mean_follows else None


def _sums_classes(term: Term) -> bool:
    return term.loss is not None and losses.function_of(term.loss) in losses.SUMS_CLASSES


def is_batch_size(value: Value | None) -> bool:
    """Whether a value is the number of samples, read off a tensor: ``tf.shape(y)[0]``, ``len(y)``."""
    return isinstance(value, Tensor) and value.op == "dim" and value.axes == (0,)


def last_sum(term: Term) -> Treatment | None:
    """The outermost sum that the file itself takes."""
    return next((t for t in reversed(term.treatments) if t.kind == "sum" and not t.implied), None)


def names_batch_size(source: str) -> bool:
    """Whether an expression is, by its name, a configured batch size of one replica."""
    words = source.lower()
    return "batch" in words and "global" not in words and "replica" not in words

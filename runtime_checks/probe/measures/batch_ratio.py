"""A metric function that is averaged over batches says something else than of all their rows at once."""

from __future__ import annotations

from typing import Any

from ...relations import CONFIRMED, REFUTED, UnmeasurableError
from ...report import number
from ..arrays import is_array, rows
from ..execution import Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import LEAST, MOST_ATTEMPTS, Measure

MOST_BATCHES = 1000
"""After so many of one value, such as a recall of 0, the run goes on without them."""


class BatchRatio(Measure):
    """The place stands in a metric function, which Keras calls. The function gets all rows so far at once, too."""

    relation = "batch ratio"
    operands = ()
    kinds = ("function",)

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.values: list[tuple[float, int]] = []
        """Of each batch, and how much Keras lets it count."""
        self.contexts: list[tuple[Any, ...]] = []
        self.pairs: list[tuple[float, float]] = []

    def is_for(self, execution: Execution) -> bool:
        """Whether Keras calls it, which then averages what it gives."""
        return execution.container is not None and is_array(execution.result)

    def look(self, execution: Execution) -> None:
        """Another batch: all rows so far, if the batches have differed."""
        import numpy as np
        import tensorflow as tf

        result = np.asarray(execution.result, dtype=np.float64)
        if any(rows(leaf) is None for leaf in execution.context):
            raise UnmeasurableError("the function gets more than a batch")
        self.values.append((float(result.mean()), result.size))
        self.contexts.append(execution.context)
        values = [value for value, _ in self.values]
        if len(values) < self.batches or _near(min(values), max(values)):
            return
        joined = [tf.concat(parts, axis=0) for parts in zip(*self.contexts)]
        whole = float(np.asarray(execution.replay({}, joined).result, dtype=np.float64).mean())
        mean = sum(value * size for value, size in self.values) / sum(size for _, size in self.values)
        self.pairs.append((mean, whole))

    def epoch_begin(self, *_: Any) -> None:
        """Keras begins again, unless there is an answer."""
        if not self.enough:
            self.values, self.contexts = [], []

    def look_at_halves(self) -> None:
        """A single batch averages nothing."""

    @property
    def enough(self) -> bool:
        """Whether they differ, or have agreed often."""
        return bool(self.pairs) and (not _near(*self.pairs[-1]) or len(self.pairs) >= MOST_ATTEMPTS)

    @property
    def done(self) -> bool:
        """Whether it has seen enough."""
        return self.enough or self.attempts >= MOST_BATCHES

    def verdict(self) -> Verdict:
        """The mean of the batches, and what they are together."""
        if not self.pairs:
            same = self.attempts >= self.batches and not self.reasons
            return inconclusive("all batches have the same value" if same else self.reason)
        mean, whole = self.pairs[-1]
        numbers = {"as_written": mean, "reference": whole, "ratio": mean / whole if whole else None}
        text = (
            f"the mean of {len(self.values)} batches is {number(mean)}; of all their rows at once it is {number(whole)}"
        )
        if not _near(mean, whole):
            return verdict(CONFIRMED, text, device=self.device, numbers=numbers)
        if all(_near(*pair) for pair in self.pairs):
            return verdict(REFUTED, text, device=self.device, numbers=numbers)
        return inconclusive("the batches contradict each other")


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= LEAST * max(abs(one), abs(other))

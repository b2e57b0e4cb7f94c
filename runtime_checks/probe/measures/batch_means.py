"""Numbers of batches are averaged, though the batches do not weigh the same."""

from __future__ import annotations

from typing import Any

from ...relations import CONFIRMED, REFUTED, UnmeasurableError
from ...report import number
from ..arrays import is_array, rows
from ..execution import Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import LEAST, Measure

SAME = 1e-4
"""What is shown is taken for the mean of the values if it differs by less, relative."""


class BatchMeans(Measure):
    """Operand ``value``, the mean of a batch. The place shows their mean, or the expression ``call`` does.

    ``batch`` is what the loop over the batches takes from the data; the rewritten program tells it.
    """

    relation = "batch means"
    operands = ()
    kinds = ("expression",)
    keeps_state = True
    follows = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.rows: int | None = None
        self.values: list[tuple[float, int | None]] = []
        """Of all batches, each with its rows."""
        self.looked = 0
        """How many of them there were when the mean was shown last."""
        self.answer: Verdict | None = None

    def tapped(self, role: str, value: Any) -> None:
        """Another batch, or its value."""
        import numpy as np
        import tensorflow as tf

        if role == "batch":
            counts = [rows(leaf) for leaf in tf.nest.flatten(value) if is_array(leaf) and len(leaf.shape)]
            self.rows = counts[0] if counts else None
        elif role == "value":
            self.values.append((float(np.asarray(value, dtype=np.float64).mean()), self.rows))

    def look(self, execution: Execution) -> None:
        """A mean is shown: of the batches since the last one, or of all."""
        import numpy as np

        given = execution.value(self.site, "call")
        shown = float(np.asarray(execution.value(self.site, "place") if given is None else given))
        since, self.looked = self.values[self.looked :], len(self.values)
        for batches in (since, self.values):
            values = [value for value, _ in batches]
            if len(batches) > 1 and _near(shown, sum(values) / len(values), SAME):
                self.answer = self._answer(shown, batches)
                return
        raise UnmeasurableError("what is shown is not the mean of the values of several batches")

    def _answer(self, shown: float, batches: list[tuple[float, int | None]]) -> Verdict | None:
        counts = [count for _, count in batches if count]
        if len(counts) < len(batches):
            raise UnmeasurableError("the batches have no number of rows")
        if len(set(counts)) == 1:
            return verdict(REFUTED, f"each of the {len(batches)} batches has {counts[0]} rows", device=self.device)
        meant = sum(value * count for (value, _), count in zip(batches, counts)) / sum(counts)
        if _near(shown, meant, LEAST):
            raise UnmeasurableError(
                f"{number(shown)} is nearly the mean over all rows, though some batches are smaller"
            )
        text = (
            f"the mean of {len(batches)} batches of {min(counts)} to {max(counts)} rows is {number(shown)}, over all "
        )
        numbers = {"as_written": shown, "reference": meant, "ratio": shown / meant if meant else None}
        return verdict(CONFIRMED, f"{text}rows {number(meant)}", device=self.device, numbers=numbers)

    @property
    def enough(self) -> bool:
        """Whether a mean was shown."""
        return self.answer is not None

    def verdict(self) -> Verdict:
        """Two means of the same values."""
        return self.answer or inconclusive(self.reason)


def _near(one: float, other: float, least: float) -> bool:
    return abs(one - other) <= least * max(abs(one), abs(other))

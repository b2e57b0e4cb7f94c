"""The root of a mean is taken per sample or per batch, and averaged afterwards."""

from __future__ import annotations

import math
from typing import Any

from ...relations import CONFIRMED, REFUTED, UnmeasurableError
from ...report import factor, number
from ..arrays import is_array
from ..execution import Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import Measure

LEAST = 1e-4
"""What an average of roots must be smaller by, relative, to be no rounding."""


class RootOfMean(Measure):
    """The place is the root; its values are those of samples, or of a whole batch."""

    relation = "root"
    operands = ("place",)
    kinds = ("function", "block", "expression")

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.roots: list[Any] = []

    def look(self, execution: Execution) -> None:
        """Keep the values of the root."""
        import numpy as np

        place = execution.value(self.site, "place")
        if not is_array(place):
            raise UnmeasurableError(f"a {type(place).__name__} is no root")
        self.roots.append(np.asarray(place, dtype=np.float64).ravel())

    @property
    def enough(self) -> bool:
        """Enough batches."""
        return len(self.roots) >= self.batches

    def verdict(self) -> Verdict:
        """The mean of roots against the root of the mean of their squares, over all batches seen."""
        import numpy as np

        if not self.enough:
            return inconclusive(self.reason)
        roots = np.concatenate(self.roots)
        mean, root = float(roots.mean()), math.sqrt(float(np.square(roots).mean()))
        numbers = {"as_written": mean, "reference": root, "ratio": mean / root if root else None}
        per_batch = all(len(values) == 1 for values in self.roots)
        what = "batches" if per_batch else "samples"
        text = f"mean of the roots of {len(roots)} {what} {number(mean)}, root of their mean {number(root)}"
        if root and 1 - mean / root > LEAST:
            return verdict(CONFIRMED, f"{text}: {factor(mean / root)} of the RMSE", device=self.device, numbers=numbers)
        if root and mean / root > 1 + LEAST:
            return inconclusive("the values are no roots of means")
        return verdict(REFUTED, text, device=self.device, numbers=numbers)

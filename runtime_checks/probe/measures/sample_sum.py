"""The losses of the samples are added up, where Keras takes the mean of them."""

from __future__ import annotations

from typing import Any

from ...relations import CONFIRMED, REFUTED, UnmeasurableError
from ...report import number
from ..execution import Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import LEAST, Measure


class SampleSum(Measure):
    """Operand ``losses``: what is summed, the losses of one output or a list of those of several."""

    relation = "sample sum"
    operands = ("place", "losses")
    anywhere = ("losses",)
    exact = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.sums: list[tuple[float, float]] = []
        """The sum of each batch, and the sum of the outputs' means."""
        self.samples: list[set[int]] = []
        """How many losses each output has."""

    def look(self, execution: Execution) -> None:
        """Keep the sum and what ``fit()`` makes of the same losses."""
        import numpy as np

        losses = execution.value(self.site, "losses")
        outputs = losses if isinstance(losses, (list, tuple)) else [losses]
        arrays = [np.asarray(output, dtype=np.float64) for output in outputs]
        total = float(np.asarray(execution.value(self.site, "place"), dtype=np.float64))
        if abs(total - sum(float(array.sum()) for array in arrays)) > LEAST * abs(total):
            raise UnmeasurableError("it is not the sum of these losses")
        self.sums.append((total, sum(float(array.mean()) for array in arrays)))
        self.samples.append({array.size for array in arrays})

    @property
    def enough(self) -> bool:
        """Enough batches."""
        return len(self.sums) >= self.batches

    def verdict(self) -> Verdict:
        """The sum is the mean times the number of samples, so it depends on the size of the batch."""
        if not self.enough:
            return inconclusive(self.reason)
        if all(sizes == {1} for sizes in self.samples):
            return verdict(REFUTED, "what is summed is a single number for each output", device=self.device)
        (total, mean), sizes = self.sums[0], self.samples[0]
        if len(sizes) > 1 or not mean:
            return inconclusive("the outputs have different numbers of losses" if mean else "all losses are 0")
        [samples] = sizes
        numbers = {"as_written": total, "reference": mean, "ratio": total / mean, "gradient_ratio": float(samples)}
        text = f"the sum over {samples} samples is {number(total)}, {samples} times their mean {number(mean)}"
        return verdict(CONFIRMED, text, device=self.device, numbers={**numbers, "gradient_cosine": 1.0})

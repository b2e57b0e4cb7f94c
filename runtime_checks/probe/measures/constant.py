"""What a model ends in gives the same number for every sample."""

from __future__ import annotations

from typing import Any

from ...relations import CONFIRMED, REFUTED
from ...report import number
from ..arrays import is_array
from ..execution import LEAST_ROWS, Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import LEAST, Measure


class ConstantOutput(Measure):
    """The place is a layer, or the call that computes an activation.

    Of a layer, its calls are watched from then on. Those that build a graph give no numbers, and say nothing.
    """

    relation = "constant output"
    operands = ("place",)
    kinds = ("expression",)
    keeps_state = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.ranges: list[tuple[float, float]] = []
        """The smallest and the greatest output of each batch."""

    def look(self, execution: Execution) -> None:
        """Outputs, or a layer: have it tell of its outputs."""
        value = execution.value(self.site, "place")
        if is_array(value):
            self._note(value)
            return
        call = value.call

        def watched(*args: Any, **kwargs: Any) -> Any:
            outputs = call(*args, **kwargs)
            if is_array(outputs) and not self.enough:
                self._note(outputs)
            return outputs

        # Keras keeps track of what it is told to be an attribute.
        object.__setattr__(value, "call", watched)

    def _note(self, outputs: Any) -> None:
        import numpy as np

        numbers = np.asarray(outputs, dtype=np.float64)
        if numbers.shape[-1:] != (1,):
            self.reasons.append(f"the outputs are {numbers.shape}")
        elif numbers.size >= LEAST_ROWS:
            self.ranges.append((float(numbers.min()), float(numbers.max())))

    @property
    def enough(self) -> bool:
        """Enough batches."""
        return len(self.ranges) >= self.batches

    def verdict(self) -> Verdict:
        """The range of all outputs. The samples of one batch are many already."""
        if not self.ranges:
            return inconclusive(self.reasons[0] if self.reasons else "it gave no outputs for several samples")
        least, greatest = min(low for low, _ in self.ranges), max(high for _, high in self.ranges)
        if greatest - least > LEAST:
            text = f"outputs from {number(least)} to {number(greatest)}"
            return verdict(REFUTED, text, device=self.device)
        numbers = {"as_written": greatest}
        return verdict(CONFIRMED, f"all outputs are {number(greatest)}", device=self.device, numbers=numbers)

"""A loss with one value per sample reaches the gradient, which is then that of the sum."""

from __future__ import annotations

from typing import Any

from ...families import families_of
from ...relations import AGREES, CONFIRMED, DIVERGES, INVALID, REFUTED, Measurement, duplication, evaluate
from ...report import number
from ..execution import Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import Measure


class Vector(Measure):
    """Operands ``label`` and ``prediction``; the block of the tape gives what is differentiated.

    Fact ``family``: the loss of Keras whose values reach the gradient untouched, as the file shows.
    """

    relation = "vector"
    kinds = ("block", "expression")

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.doubled: list[Measurement] = []
        self.shapes: list[tuple[int, ...]] = []
        self.known: list[set[str]] = []

    def look(self, execution: Execution) -> None:
        """Give every row twice, and compare the values with the well-known losses."""
        import numpy as np

        y_true, y_pred = self.pair(execution)
        loss = self.loss(execution)
        found = duplication(loss, y_true, y_pred, execution.context)
        if found.verdict == INVALID:
            self.reasons.append(found.reason)
            return
        values = np.asarray(loss(y_true, y_pred, *execution.context), dtype=np.float64)
        self.doubled.append(found)
        self.shapes.append(evaluate(loss, y_true, y_pred, execution.context).shape)
        self.known.append(set(families_of(values.ravel(), y_true, y_pred)))

    @property
    def enough(self) -> bool:
        """Enough batches."""
        return len(self.doubled) >= self.batches

    def verdict(self) -> Verdict:
        """A vector whose sum grows with the batch, and whose values are those of a loss that is meant as a mean."""
        if not self.enough:
            return inconclusive(self.reason)
        found, shape = self.doubled[0], self.shapes[0]
        if any(len(shape) == 0 for shape in self.shapes):
            return verdict(REFUTED, "the gradient is that of a single number", device=self.device)
        size = 1
        for length in shape:
            size *= length
        if all(measured.verdict == AGREES for measured in self.doubled):
            text = f"the values of loss {shape} add up to a mean"
            return verdict(REFUTED, text, device=self.device, shapes={"loss": shape})
        family = self.site.facts.get("family")
        known = sorted(set.intersection(*self.known)) or ([str(family)] if family else [])
        sums = all(measured.verdict == DIVERGES and measured.is_factor(2.0) for measured in self.doubled)
        if not (sums and known and size > 1):
            return inconclusive("the values may be scaled on purpose: they are those of no well-known loss")
        total = found.reference or 0.0
        numbers = {
            "as_written": total,
            "reference": total / size,
            "ratio": float(size),
            "gradient_ratio": float(size),
            "gradient_cosine": 1.0,
        }
        text = (
            f"loss {shape}, the values of {known[0]}: the gradient is that of their sum {number(total)}, "
            f"{size} times that of their mean"
        )
        shapes = {"y_true": found.shapes["y_true"], "y_pred": found.shapes["y_pred"], "loss": shape}
        return verdict(CONFIRMED, text, device=self.device, shapes=shapes, numbers=numbers)

"""A sum over the rows is divided by a constant, and not every batch has as many rows."""

from __future__ import annotations

from typing import Any

from ...relations import CONFIRMED, INVALID, REFUTED, Measurement, duplication, evaluate
from ...report import number
from ..arrays import rows
from ..execution import Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import MOST_ATTEMPTS, Measure

MOST_BATCHES = 5_000
"""So many batches are counted in the search of a smaller one."""


class Divisor(Measure):
    """Operands ``label`` and ``prediction``; fact ``divisor``, where the file spells it out. The loss is the place."""

    relation = "divisor"
    kinds = ("expression", "block", "function")

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.doubled: list[Measurement] = []
        self.values: dict[int, float] = {}
        """One loss for each number of rows."""
        self.seen = 0

    def look(self, execution: Execution) -> None:
        """Give every row twice, on the first batches; on all of them, count the rows."""
        y_true, y_pred = self.pair(execution)
        count = rows(y_pred)
        if count is None:
            self.reasons.append("the predictions have no rows")
            return
        loss = self.loss(execution, of="place")
        if len(self.doubled) < self.batches:
            found = duplication(loss, y_true, y_pred, execution.context)
            if found.verdict == INVALID:
                self.reasons.append(found.reason)
            else:
                self.doubled.append(found)
        if execution.is_whole:
            self.seen += 1
            if count not in self.values:
                self.values[count] = evaluate(loss, y_true, y_pred, execution.context).value

    @property
    def divisor(self) -> float:
        """What it is divided by: what the file says, or the rows of a full batch."""
        return float(self.site.facts.get("divisor") or max(self.values))

    @property
    def done(self) -> bool:
        """Whether a batch of another size has come, or none will."""
        if len(self.doubled) < self.batches:
            return self.attempts >= MOST_ATTEMPTS
        unequal = any(count != self.divisor for count in self.values)
        return unequal or self.seen >= MOST_BATCHES or not self.is_sum

    @property
    def is_sum(self) -> bool:
        """Whether the loss doubles with the rows."""
        return bool(self.doubled) and all(found.is_factor(2.0) for found in self.doubled)

    def verdict(self) -> Verdict:
        """A sum that grows with the rows, and a batch with another number of rows than it is divided by."""
        if len(self.doubled) < self.batches:
            return inconclusive(self.reason)
        if not self.is_sum:
            if all(found.is_factor(1.0) for found in self.doubled):
                return verdict(
                    REFUTED, "the loss is a mean: it stays when every row is there twice", device=self.device
                )
            return inconclusive("the loss is not proportional to the number of rows")
        unequal = sorted(count for count in self.values if count != self.divisor)
        if not unequal and not self.program_over:
            return inconclusive(f"each of the first {self.seen} batches has {max(self.values)} rows")
        if not unequal:
            text = f"divided by {self.divisor:g}, and each of the {self.seen} batches has {max(self.values)} rows"
            return verdict(REFUTED, text, device=self.device)
        count = unequal[0]
        value, ratio = self.values[count], count / self.divisor
        numbers = {
            "as_written": value,
            "reference": value / ratio,
            "ratio": ratio,
            "gradient_ratio": ratio,
            "gradient_cosine": 1.0,
        }
        text = (
            f"divided by {self.divisor:g} where a batch has {count} rows; "
            f"loss {number(value)} vs {number(value / ratio)}, and the gradient likewise"
        )
        return verdict(CONFIRMED, text, device=self.device, shapes=self.doubled[0].shapes, numbers=numbers)

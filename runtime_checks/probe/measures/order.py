"""Predictions come first and labels second, and the loss is not symmetric."""

from __future__ import annotations

from typing import Any

from ...relations import AGREES, CONFIRMED, DIVERGES, INVALID, Measurement, UnmeasurableError, argument_order, settle
from ...report import gradients, number
from ..execution import Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import LEAST, Measure, is_loss, numbers_of


class ArgumentOrder(Measure):
    """Operands ``label`` and ``prediction``. The loss is the place, with its operands in the other order."""

    relation = "order"
    kinds = ("expression", "block", "function")

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.found: list[Measurement] = []

    def look(self, execution: Execution) -> None:
        """Compare the loss with the same, its operands exchanged."""
        y_true, y_pred = execution.value(self.site, "label"), execution.value(self.site, "prediction")
        if not is_loss(execution.value(self.site, "place")):
            raise UnmeasurableError("the place is no loss")
        found = argument_order(self.loss(execution, of="place"), y_true, y_pred, execution.context)
        if found.verdict == INVALID:
            self.reasons.append(found.reason)
        else:
            self.found.append(found)

    @property
    def enough(self) -> bool:
        """Enough batches."""
        return len(self.found) >= self.batches

    def verdict(self) -> Verdict:
        """Another value, or another gradient, in the other order."""
        if not self.enough:
            return inconclusive(self.reason)
        status, reason = settle(self.found, mistake=DIVERGES, at_least=self.batches, least=LEAST)
        if status != CONFIRMED and any(found.verdict != AGREES for found in self.found):
            return inconclusive(reason)
        found = self.found[0]
        numbers = numbers_of(found)
        text = (
            f"loss {number(found.as_written)} as written, {number(found.reference)} with the labels first; "
            f"{gradients(numbers)}"
        )
        return verdict(status, text, device=self.device, shapes=found.shapes, numbers=numbers)

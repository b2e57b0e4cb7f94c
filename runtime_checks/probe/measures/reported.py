"""``test_step`` reports another loss than ``train_step``, for the same batch and the same weights."""

from __future__ import annotations

from typing import Any

from ...observation import observe
from ...relations import CONFIRMED, REFUTED, UnmeasurableError
from ...report import factor, number
from ...untouched import untouched
from ..arrays import is_array
from ..execution import Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import LEAST, Measure, without_penalties


class ReportedLoss(Measure):
    """Operand ``train``, the loss that ``train_step`` reports. The place is the one that ``test_step`` reports.

    On a batch of ``test_step``, ``train_step`` runs as well: in inference mode, without penalties, and for nothing.
    """

    relation = "reported loss"
    operands = ("place",)
    kinds = ("step",)

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.pairs: list[tuple[float, float]] = []

    def look(self, execution: Execution) -> None:
        """Have ``train_step`` run on the batch of the ``test_step``."""
        model, data = execution.model, execution.context[0]
        train = (self.site.id, "train")

        def again(_context: Any) -> None:
            with untouched(model), without_penalties(model):
                observe(model, data, training=False)

        execution.again = again
        seen = execution.replay({}).seen.get(train)
        if not seen:
            raise UnmeasurableError("train_step did not come to its loss on this batch")
        tested, trained = _mean(execution.value(self.site, "place")), _mean(seen[0])
        if tested == trained == 0.0:
            raise UnmeasurableError("both losses of the batch are zero")
        self.pairs.append((tested, trained))

    def look_at_halves(self) -> None:
        """Both losses are of one run: of a single batch they tell as much as of two."""
        if self.attempts == 1 and self.first is not None:
            self.look(self.first)

    @property
    def enough(self) -> bool:
        """Enough batches."""
        return len(self.pairs) >= self.batches

    def verdict(self) -> Verdict:
        """Two losses of the same batch."""
        if not self.enough:
            return inconclusive(self.reason)
        tested, trained = self.pairs[0]
        numbers = {"as_written": tested, "reference": trained, "ratio": tested / trained if trained else None}
        text = f"test_step reports {number(tested)} where train_step reports {number(trained)} for the same batch"
        apart = [abs(one - other) > LEAST * max(abs(one), abs(other)) for one, other in self.pairs]
        if all(apart):
            ratio = f", {factor(tested / trained)} times as much" if trained else ""
            return verdict(CONFIRMED, f"{text}{ratio}", device=self.device, numbers=numbers)
        if not any(apart):
            return verdict(REFUTED, f"both steps report {number(tested)} for the same batch", device=self.device)
        return inconclusive("the batches contradict each other")


def _mean(loss: Any) -> float:
    """What a step reports of a loss of one or many numbers."""
    import numpy as np

    if not is_array(loss):
        raise UnmeasurableError(f"a {type(loss).__name__} is no loss")
    return float(np.asarray(loss, dtype=np.float64).mean())

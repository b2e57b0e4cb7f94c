"""A mean counts the positions that a mask sets to zero."""

from __future__ import annotations

from typing import Any

from ...relations import CONFIRMED, REFUTED, UnmeasurableError
from ...report import factor, number
from ..execution import Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import LEAST, Measure


class MaskedMean(Measure):
    """Operands ``masked``, the loss times the mask, and ``mask``. The place is the mean, or what Keras averages."""

    relation = "masked mean"
    operands = ("place", "mask")
    anywhere = ("mask",)
    exact = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.means: list[tuple[float, float]] = []
        self.shares: list[float] = []

    def look(self, execution: Execution) -> None:
        """Keep the mean over all positions and that over those that count."""
        import numpy as np

        place = np.asarray(execution.value(self.site, "place"), dtype=np.float64)
        mask = np.asarray(execution.value(self.site, "mask"), dtype=np.float64)
        share = float((mask != 0).mean())
        if not np.isin(mask, (0.0, 1.0)).all():
            raise UnmeasurableError("the mask has weights other than 0 and 1")
        if not share:
            raise UnmeasurableError("the mask leaves nothing")
        self.means.append((float(place.mean()), float(place.mean()) / share))
        self.shares.append(share)

    @property
    def enough(self) -> bool:
        """Enough batches."""
        return len(self.means) >= self.batches

    def verdict(self) -> Verdict:
        """The mean over all positions is that over the others times their share."""
        if not self.enough:
            return inconclusive(self.reason)
        (mean, wanted), share = self.means[0], self.shares[0]
        if all(one >= 1 - LEAST for one in self.shares):
            return verdict(REFUTED, "the mask leaves all positions in", device=self.device)
        if any(one >= 1 - LEAST for one in self.shares):
            return inconclusive("the mask leaves all positions of some batches in")
        numbers = {"as_written": mean, "reference": wanted, "ratio": share, "gradient_ratio": share}
        text = (
            f"the mask leaves {share:.1%} of the positions; mean over all {number(mean)}, "
            f"over those that count {number(wanted)}, ratio {factor(share)}"
        )
        return verdict(CONFIRMED, text, device=self.device, numbers={**numbers, "gradient_cosine": 1.0})

"""A metric that is made anew for every batch shows the value of the last one."""

from __future__ import annotations

from typing import Any

from ...relations import CONFIRMED, REFUTED
from ...report import number
from ..execution import Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import LEAST, Measure


class RemadeMetric(Measure):
    """The place is the call that makes the metric.

    A metric that is kept gets the updates of all of them, from the beginning of an epoch on.
    """

    relation = "remade metric"
    operands = ("place",)
    kinds = ("expression",)
    keeps_state = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.kept: Any = None
        self.made: list[_Made] = []
        """The metrics of the epoch so far."""

    def look(self, execution: Execution) -> None:
        """Another metric: have it tell of its updates."""
        metric = execution.value(self.site, "place")
        made = _Made(metric)
        if not self.made:
            self.kept = type(metric).from_config(metric.get_config())
        self.made.append(made)
        kept, original = self.kept, metric.update_state

        def update_state(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            kept.update_state(*args, **kwargs)
            made.updated(kept)
            return result

        object.__setattr__(metric, "update_state", update_state)

    def epoch_begin(self, *_: Any) -> None:
        """What came before is another epoch's, unless it has an answer."""
        if not self.enough:
            self.made = []

    @property
    def done(self) -> bool:
        """Whether the metrics of enough batches show something, or nothing ever does."""
        return self.enough or len(self.made) > MOST_METRICS

    @property
    def enough(self) -> bool:
        """Enough batches, of which the last one differs; or a metric of several batches."""
        used = [made for made in self.made if made.updates]
        return any(made.updates > 1 for made in used) or (len(used) >= self.batches and used[-1].is_apart)

    def verdict(self) -> Verdict:
        """The value of the last metric, and that of one for all batches."""
        used = [made for made in self.made if made.updates]
        if not used:
            return inconclusive("the metric got no batch")
        several = [made for made in used if made.updates > 1]
        if several:
            text = f"one {several[0].name} gets {several[0].updates} batches"
            return verdict(REFUTED, text, device=self.device)
        if len(used) < self.batches:
            return inconclusive(f"only {len(used)} of {self.batches} batches")
        last = used[-1]
        if not last.is_apart:
            return inconclusive("the last batch has the value of all of them")
        numbers = {"as_written": last.value, "reference": last.of_all, "ratio": last.ratio}
        count = len(used)
        text = f"{count} batches made {count} metrics: the last {last.name} shows {number(last.value)}"
        text += f", and one for all batches {number(last.of_all)}"
        return verdict(CONFIRMED, text, device=self.device, numbers=numbers)


MOST_METRICS = 200
"""After so many that differ in nothing, the run goes on without them."""


class _Made:
    """One metric, and what it has come to."""

    def __init__(self, metric: Any) -> None:
        self._metric = metric
        self.name = type(metric).__name__
        self.updates = 0
        self.value = self.of_all = 0.0

    def updated(self, kept: Any) -> None:
        """Take the values after an update."""
        import numpy as np

        self.updates += 1
        self.value, self.of_all = (float(np.asarray(metric.result()).mean()) for metric in (self._metric, kept))

    @property
    def is_apart(self) -> bool:
        return abs(self.value - self.of_all) > LEAST * max(abs(self.value), abs(self.of_all))

    @property
    def ratio(self) -> float | None:
        return self.value / self.of_all if self.of_all else None

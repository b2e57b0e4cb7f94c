"""A metric that nothing resets shows the mean over all epochs so far."""

from __future__ import annotations

from typing import Any

from ...relations import CONFIRMED, REFUTED, UnmeasurableError
from ...report import number
from ..execution import Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import LEAST, Measure


class Reset(Measure):
    """Operand ``metric``. A fresh metric gets the same updates, and is made anew at the start of every epoch.

    Epochs begin where Keras begins them, or with the loop that the place stands in (``probe.epoch``).
    """

    relation = "reset"
    operands = ("metric",)
    kinds = ("expression",)
    keeps_state = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.metric: Any = None
        self.fresh: Any = None
        self.epochs: list[tuple[float, float]] = []
        """At the end of each epoch, what the metric shows and what a fresh one does."""
        self.updates = 0
        self.last = (0.0, 0.0)

    def look(self, execution: Execution) -> None:
        """Begin to watch the metric when it is first seen."""
        import numpy as np

        metric = execution.value(self.site, "metric")
        if self.metric is None:
            self.metric = metric
            self._watch(metric)
            # The update of now has not been seen: take the metric as it is, unless it has counted before.
            self.fresh = self._copy()
        self.updates += 1
        self.last = (float(np.asarray(metric.result()).mean()), float(np.asarray(self.fresh.result()).mean()))

    def _copy(self) -> Any:
        fresh = type(self.metric).from_config(self.metric.get_config())
        if not fresh.variables and self.metric.variables:
            raise UnmeasurableError("the metric makes its variables late")
        for mine, own in zip(fresh.variables, self.metric.variables):
            mine.assign(own)
        return fresh

    def _watch(self, metric: Any) -> None:
        original = metric.update_state

        def update_state(*args: Any, **kwargs: Any) -> Any:
            if self.fresh is not None:
                self.fresh.update_state(*args, **kwargs)
            return original(*args, **kwargs)

        object.__setattr__(metric, "update_state", update_state)

    def epoch_begin(self, *_: Any) -> None:
        """An epoch is over and the next one begins."""
        self._close()
        if self.fresh is not None:
            self.fresh.reset_state()

    def _close(self) -> None:
        if self.updates:
            self.epochs.append(self.last)
        self.updates = 0

    @property
    def done(self) -> bool:
        """Two epochs tell."""
        return len(self.epochs) >= 2

    def verdict(self) -> Verdict:
        """What is shown after the second epoch."""
        if len(self.epochs) < 2 and self.updates:
            self._close()
        if len(self.epochs) < 2:
            return inconclusive("fewer than two epochs were seen")
        shown, meant = self.epochs[1]
        numbers = {"as_written": shown, "reference": meant, "ratio": shown / meant if meant else None}
        name = type(self.metric).__name__
        text = f"after the second epoch {name} shows {number(shown)}; of that epoch alone it is {number(meant)}"
        if abs(shown - meant) <= LEAST * max(abs(shown), abs(meant)):
            first = abs(self.epochs[0][0] - shown) <= LEAST * max(abs(self.epochs[0][0]), abs(shown))
            return (
                inconclusive("both epochs come to the same value")
                if first
                else verdict(REFUTED, text, device=self.device, numbers=numbers)
            )
        return verdict(CONFIRMED, text, device=self.device, numbers=numbers)

"""A metric's own ``reset_states``, which the installed Keras does not call."""

from __future__ import annotations

from typing import Any, Iterator

from ...relations import CONFIRMED, REFUTED
from ...report import number
from ..verdicts import Verdict, inconclusive, verdict
from .base import Measure


class ResetOverride(Measure):
    """No operands. After Keras has reset the metrics of a model, the method is called: it must change nothing."""

    relation = "reset override"
    operands = ()
    kinds = ("override",)

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.answer: Verdict | None = None

    def metrics_reset(self, model: Any, probe: Any) -> None:
        """Keras has reset all metrics of a model."""
        method = probe.latest.get((self.site.id, "override"))
        own = [metric for metric in _all(model.metrics) if _has(metric, method)]
        if not own or self.answer is not None:
            return
        self.attempts += 1
        metric, before = own[0], _values(own[0])
        kind = type(metric).__name__
        if probe.overrides.pop(self.site.id, False):
            self.answer = verdict(REFUTED, f"Keras calls `reset_states` of `{kind}`")
            return
        metric.reset_states()
        for one, other in zip(before, _values(metric)):
            if (one != other).any():
                numbers = {"as_written": float(one.sum()), "reference": float(other.sum())}
                text = (
                    f"Keras resets `{kind}` to {number(numbers['as_written'])}, and does not call `reset_states`, "
                    f"which makes it {number(numbers['reference'])}"
                )
                self.answer = verdict(CONFIRMED, text, numbers=numbers)
                return

    @property
    def enough(self) -> bool:
        """Whether a reset has told."""
        return self.answer is not None

    def verdict(self) -> Verdict:
        """What it told."""
        return inconclusive(self.reason) if self.answer is None else self.answer

    @property
    def reason(self) -> str:
        """Why there is no answer."""
        return self.reasons[0] if self.reasons else "the variables of the metric are the same either way"


def _all(metrics: Any) -> Iterator[Any]:
    """These metrics, and those inside them: Keras 3 keeps the compiled ones in one of its own."""
    for metric in metrics:
        yield metric
        yield from _all(getattr(metric, "metrics", ()))


def _has(metric: Any, method: Any) -> bool:
    """Whether a class that the metric is of defines the method."""
    return any(vars(owner).get("reset_states") is method for owner in type(metric).__mro__)


def _values(metric: Any) -> list[Any]:
    import numpy as np

    return [np.array(variable) for variable in metric.variables]

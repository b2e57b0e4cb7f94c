"""What ``fit`` and ``evaluate`` show of a log, against the mean of its values over the batches."""

from __future__ import annotations

from typing import Any, ClassVar, Mapping

from ...relations import CONFIRMED, REFUTED, UnmeasurableError
from ...report import number
from ..arrays import is_array, rows
from ..execution import Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import LEAST, Measure

SAME = 1e-5
"""What is shown is taken for the mean if it differs by less, relative."""
APART = 1e-3
"""The values of the batches must differ by more, or their mean cannot be told from the last one."""


class ShownLog(Measure):
    """The place is the value that the step logs; fact ``key``: under which name."""

    relation = "shown log"
    operands = ("place",)
    kinds = ("step",)
    logged: ClassVar[str] = "place"
    """The expression whose mean over the batches is meant."""
    needs_other_batches: ClassVar[bool] = True
    """Whether nothing shows where all batches have the same value."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.model: Any = None
        self.values: list[tuple[float, int]] = []
        self.answer: Verdict | None = None

    def look(self, execution: Execution) -> None:
        """Keep the value and the rows of its batch."""
        import numpy as np
        import tensorflow as tf

        place = execution.value(self.site, self.logged)
        if not is_array(place):
            raise UnmeasurableError(f"the log is a {type(place).__name__}")
        counts = [rows(leaf) for leaf in tf.nest.flatten(execution.context) if is_array(leaf)]
        self.model = execution.model
        self.values.append((float(np.asarray(place, dtype=np.float64).mean()), (counts or [None])[0] or 1))

    def epoch_begin(self, _model: Any, phase: str) -> None:
        """Keras begins an epoch of training, or an evaluation."""
        if phase == self.phase:
            self.values = []

    def epoch_end(self, model: Any, phase: str, logs: Mapping[str, Any]) -> None:
        """Keras shows what it has."""
        if phase != self.phase or model is not self.model or len(self.values) < 2:
            return
        key = str(self.site.facts["key"])
        shown = _scalar(logs.get(key))
        values = [value for value, _ in self.values]
        mean = sum(value * count for value, count in self.values) / sum(count for _, count in self.values)
        if shown is None:
            self.reasons.append(f"nothing is shown under {key!r}")
        elif self.needs_other_batches and max(values) - min(values) <= APART * max(map(abs, values)):
            self.reasons.append("the losses of the batches are nearly equal")
        else:
            self.answer = self._answer(key, shown, mean, values)

    def _answer(self, key: str, shown: float, mean: float, values: list[float]) -> Verdict:
        numbers = {"as_written": shown, "reference": mean, "ratio": shown / mean if mean else None}
        text = f"log {key!r} of {len(values)} batches shows {number(shown)}; their mean is {number(mean)}"
        if abs(shown - mean) <= SAME * max(abs(shown), abs(mean)):
            return verdict(REFUTED, text, device=self.device, numbers=numbers)
        last = abs(shown - values[-1]) <= SAME * max(abs(shown), abs(values[-1]))
        if not last and shown != 0.0:
            return inconclusive(f"{text}, and the last one is {number(values[-1])}")
        text += ", and this is the last one" if last else ", from a tracker that nothing updates"
        return verdict(CONFIRMED, text, device=self.device, numbers=numbers)

    @property
    def phase(self) -> str:
        """Which of Keras's loops shows it."""
        return "test" if self.site.facts.get("step") == "test_step" else "train"

    @property
    def done(self) -> bool:
        """Whether Keras has shown something."""
        return self.answer is not None

    def verdict(self) -> Verdict:
        """What was shown."""
        if self.answer is not None:
            return self.answer
        return inconclusive(self.reasons[-1] if self.reasons else "Keras's fit() or evaluate() showed no epoch of it")


class LoggedLoss(ShownLog):
    """Operand ``loss``, what the step trains on or evaluates; fact ``key``: the log that is to show it.

    Fact ``partly``: that the finding says more than this, so that a right number does not deny it.
    """

    relation = "logged loss"
    operands = ("loss",)
    logged = "loss"
    needs_other_batches = False

    def _answer(self, key: str, shown: float, mean: float, values: list[float]) -> Verdict:
        numbers = {"as_written": shown, "reference": mean, "ratio": shown / mean if mean else None}
        text = f"log {key!r} of {len(values)} batches shows {number(shown)}; the mean of their losses is {number(mean)}"
        apart = min(_apart(shown, one) for one in (mean, sum(values) / len(values)))
        if apart <= SAME and not self.site.facts.get("partly"):
            return verdict(REFUTED, text, device=self.device, numbers=numbers)
        if apart <= LEAST:
            return inconclusive(f"{text}, a difference below {LEAST:g} of it")
        if _apart(shown, values[-1]) <= LEAST:
            return inconclusive(f"{text}, and it shows the last one")
        return verdict(CONFIRMED, text, device=self.device, numbers=numbers)


def _apart(one: float, other: float) -> float:
    """How far two numbers are apart, relative to the larger one."""
    return abs(one - other) / max(abs(one), abs(other)) if one or other else 0.0


def _scalar(value: Any) -> Any:
    import numpy as np

    if value is None:
        return None
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    return float(array.mean()) if array.size else None

"""A metric gets class numbers where it takes scores, or scores where it takes class numbers."""

from __future__ import annotations

from typing import Any

from ...relations import CONFIRMED, REFUTED, UnmeasurableError
from ...report import number
from ..execution import Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import LEAST, Measure


class ArgmaxIntoMetric(Measure):
    """Operands ``metric``, ``label`` and ``scores``, what is put through the argmax. The place is what the metric gets.

    Fact ``wants``: ``scores``, or ``classes`` where the metric gets scores and should get their argmax.

    The metric is updated once more beside itself, a fresh one as written and a fresh one with the scores. Metrics that
    ``compile`` was given choose their function by the shapes they get: these are held against the share of rows whose
    best score is that of their label.
    """

    relation = "argmax"
    operands = ("metric", "label", "scores", "place")
    kinds = ("expression", "step", "block")
    anywhere = ("metric", "label", "scores")
    keeps_state = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.fresh: tuple[Any, Any] | None = None
        self.hits: list[float] = []
        self.pairs: list[tuple[float, float]] = []
        self.name = ""

    def look(self, execution: Execution) -> None:
        """Compare what the metric has come to with what it should have."""
        import numpy as np

        metric = execution.value(self.site, "metric")
        label, scores = execution.value(self.site, "label"), execution.value(self.site, "scores")
        place = execution.value(self.site, "place")
        compiled = _metrics_in(metric, execution.model)
        if compiled is not None:
            shown = [one for one in compiled if "acc" in one.name]
            if not shown:
                raise UnmeasurableError("no accuracy is compiled")
            self.name = f"the compiled {shown[0].name!r}"
            self.pairs.append((float(np.asarray(shown[0].result())), self._share_of_hits(label, scores)))
            return
        if self.fresh is None:
            make = type(metric).from_config
            self.fresh = make(metric.get_config()), make(metric.get_config())
        as_written, meant = self.fresh
        as_written.update_state(label, place)
        self.name = type(metric).__name__
        if self.name in ("CategoricalAccuracy", "SparseCategoricalAccuracy"):
            # The other one of the two may be meant: what both are for is the same.
            self.pairs.append((float(np.asarray(as_written.result())), self._share_of_hits(label, scores)))
            return
        meant.update_state(label, np.argmax(scores, axis=-1) if self.site.facts.get("wants") == "classes" else scores)
        self.pairs.append((float(np.asarray(as_written.result())), float(np.asarray(meant.result()))))

    def _share_of_hits(self, label: Any, scores: Any) -> float:
        """The share of all rows so far whose best score is that of their label."""
        import numpy as np

        labels, values = np.asarray(label), np.asarray(scores)
        classes = labels.argmax(-1) if labels.shape == values.shape else labels.reshape(values.shape[:-1])
        self.hits += list((values.argmax(-1) == classes).ravel().astype(float))
        return sum(self.hits) / len(self.hits)

    @property
    def enough(self) -> bool:
        """Enough batches, and a difference: two metrics may agree on a few by chance."""
        return len(self.pairs) >= self.batches and _apart(self.pairs[-1])

    def verdict(self) -> Verdict:
        """Two numbers after the same batches."""
        if len(self.pairs) < self.batches:
            return inconclusive(self.reason)
        shown, meant = self.pairs[-1]
        numbers = {"as_written": shown, "reference": meant, "ratio": shown / meant if meant else None}
        wanted = self.site.facts.get("wants", "scores")
        text = (
            f"{self.name} shows {number(shown)} after {len(self.pairs)} batches; of the {wanted} it is {number(meant)}"
        )
        apart = list(map(_apart, self.pairs))
        if apart[-1]:
            return verdict(CONFIRMED, text, device=self.device, numbers=numbers)
        if not any(apart):
            return verdict(REFUTED, text, device=self.device, numbers=numbers)
        return inconclusive("the batches contradict each other")


def _apart(pair: tuple[float, float]) -> bool:
    return abs(pair[0] - pair[1]) > LEAST * max(map(abs, pair))


def _metrics_in(metric: Any, model: Any) -> list[Any] | None:
    """The metrics in a container of compiled ones; ``None`` for a metric."""
    if hasattr(metric, "from_config") and hasattr(metric, "result"):
        return None
    if hasattr(metric, "metrics"):
        return list(metric.metrics)
    # Keras 3's deprecated stand-in knows its model by closure alone.
    return list(getattr(getattr(model, "_compile_metrics", None), "metrics", ()))

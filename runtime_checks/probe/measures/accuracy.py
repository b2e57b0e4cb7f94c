"""An accuracy counts something else than right answers."""

from __future__ import annotations

from typing import Any, Sequence

from ... import keras_model
from ...relations import CONFIRMED, REFUTED, UnmeasurableError, rows_of, summary
from ...report import number
from ..arrays import is_array
from ..verdicts import Verdict, inconclusive, verdict
from .base import LEAST, MOST_ATTEMPTS, Measure


class Accuracy(Measure):
    """The place is a metric, or a string or function that ``compile`` makes a metric of.

    Fact ``logits``: whether a single output is a logit, which means the class 1 above 0, and not above 0.5. Facts
    ``output`` and ``name``: by which position or key, and by which name, Keras knows its output among several.

    A fresh metric gets what this one gets. It is held against the share of samples whose best output is that of their
    class. A metric that raises an error, where answers can be counted, settles it as well.
    """

    relation = "accuracy"
    operands = ()
    kinds = ("compiled",)
    keeps_state = True
    listens = True
    of_metrics = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.fresh: Any = None
        self.name = ""
        self.hits: list[tuple[bool, float]] = []
        """Whether each answer was right, and its weight."""
        self.pairs: list[tuple[float, float]] = []
        self.refused: list[str] = []
        self.single: tuple[Any, ...] = ()

    def called(self, metric: Any, y_true: Any, y_pred: Any, sample_weight: Any) -> None:
        """A batch for the metric, or for what holds those of ``compile``."""
        import numpy as np

        self.attempts += 1
        if getattr(y_pred, "_keras_mask", None) is not None:
            raise UnmeasurableError("the outputs are masked")
        output, name = self.site.facts.get("output"), self.site.facts.get("name")
        if not is_array(y_pred):
            y_true, y_pred = (keras_model.of_output(each, output, name) for each in (y_true, y_pred))
        if self.metric is None and output is not None:
            # Another output may have been given the same string.
            self.given = [each for each in keras_model.given_to(metric, output, name) if each in self.given]
        # The metrics of `compile` get no weights.
        weights = None if self.metric is None or sample_weight is None else np.asarray(sample_weight)
        self.single = self.single or (metric, y_true, y_pred, weights)
        self.note_device(y_pred)
        self._count(metric, y_true, y_pred, weights)

    def look_at_halves(self) -> None:
        """Every second row of a single batch, and the others."""
        if self.attempts == 1 and self.pairs:
            metric, y_true, y_pred, weights = self.single
            self.fresh, self.pairs, self.hits = None, [], []
            for first in (0, 1):
                half = None if weights is None else weights[first::2]
                self._count(metric, y_true[first::2], y_pred[first::2], half)

    def _count(self, metric: Any, y_true: Any, y_pred: Any, weights: Any) -> None:
        import numpy as np

        hits = right_answers(y_true, y_pred, bool(self.site.facts.get("logits")))
        if self.fresh is None:
            self.fresh = self._fresh(metric)
        try:
            self.fresh.update_state(y_true, y_pred, **({} if weights is None else {"sample_weight": weights}))
        except Exception as error:  # noqa: BLE001 - this is what is asked
            self.refused.append(summary(error))
            return
        self.hits += zip(hits, weights_of(hits, weights))
        all_weights = sum(weight for _, weight in self.hits)
        if not all_weights:
            raise UnmeasurableError("all weights are 0")
        right = sum(weight for hit, weight in self.hits if hit) / all_weights
        own = self.fresh if self.metric is not None else self.fresh.metrics[0]
        self.name = self.name or type(own).__name__
        self.pairs.append((float(np.asarray(own.result())), right))

    def _fresh(self, metric: Any) -> Any:
        """The same metric without a state; of a string or a function, what holds it alone."""
        if self.metric is not None:
            self.name = type(self.metric).__name__
            return type(self.metric).from_config(self.metric.get_config())
        accuracies = [given for given in self.given if "acc" in str(getattr(given, "__name__", given))]
        if len(accuracies) != 1:
            raise UnmeasurableError(f"{len(accuracies)} accuracies are compiled there")
        given = accuracies[0]
        self.name = repr(given) if isinstance(given, str) else given.__name__
        return type(metric)(accuracies, None)

    @property
    def enough(self) -> bool:
        """An error, or enough batches with a difference: two counts may agree on a few by chance."""
        return bool(self.refused) or (len(self.pairs) >= self.batches and _apart(self.pairs[-1]))

    def verdict(self) -> Verdict:
        """Two numbers after the same batches."""
        if self.refused:
            text = f"{self.name} raises {self.refused[0]}, where the right answers can be counted"
            return verdict(CONFIRMED, text, device=self.device)
        over = self.program_over or len(self.pairs) >= MOST_ATTEMPTS
        if len(self.pairs) < self.batches:
            return inconclusive(self.reason)
        shown, meant = self.pairs[-1]
        numbers = {"as_written": shown, "reference": meant, "ratio": shown / meant if meant else None}
        count = len(self.pairs)
        text = f"{self.name} shows {number(shown)} after {count} batches; {number(meant)} of the answers are right"
        if _apart(self.pairs[-1]):
            return verdict(CONFIRMED, text, device=self.device, numbers=numbers)
        if any(map(_apart, self.pairs)):
            return inconclusive("the batches contradict each other")
        if not over:
            return inconclusive("both counts agree so far")
        return verdict(REFUTED, text, device=self.device, numbers=numbers)


def right_answers(y_true: Any, y_pred: Any, logits: bool) -> list[bool]:
    """Which samples have their best output in the place of their class."""
    import numpy as np

    labels, outputs = np.asarray(y_true), np.asarray(y_pred)
    said = f"labels {labels.shape} and outputs {outputs.shape}"
    if rows_of((y_true, y_pred)) is None or outputs.ndim < 2:
        raise UnmeasurableError(f"{said} are no batch")
    if outputs.shape[-1] == 1:
        if labels.size != outputs.size or not np.isin(labels, (0, 1)).all():
            raise UnmeasurableError("the labels are not 0 and 1")
        if not logits and (outputs.min() < 0 or outputs.max() > 1):
            raise UnmeasurableError("the outputs are no probabilities")
        return list((outputs.ravel() > (0.0 if logits else 0.5)) == labels.ravel().astype(bool))
    if labels.shape == outputs.shape:
        if not np.isin(labels, (0, 1)).all() or not (labels.sum(axis=-1) == 1).all():
            raise UnmeasurableError("the labels are not one-hot")
        classes = labels.argmax(axis=-1)
    elif labels.size == outputs.size // outputs.shape[-1] and (labels == np.floor(labels)).all():
        classes = labels.reshape(outputs.shape[:-1])
    else:
        raise UnmeasurableError(f"{said} name no classes")
    return list((outputs.argmax(axis=-1) == classes).ravel())


def weights_of(hits: Sequence[bool], weights: Any) -> list[float]:
    """The weight of each answer; a sample's weight is that of all its answers."""
    if weights is None:
        return [1.0] * len(hits)
    each = [float(weight) for weight in weights.ravel()]
    if not each or len(hits) % len(each):
        raise UnmeasurableError(f"{len(each)} weights for {len(hits)} answers")
    return [weight for weight in each for _ in range(len(hits) // len(each))]


def _apart(pair: tuple[float, float]) -> bool:
    return abs(pair[0] - pair[1]) > LEAST * max(map(abs, pair))

"""Every label meets every prediction, because they have different ranks."""

from __future__ import annotations

from typing import Any

from ...relations import (
    AGREES,
    CONFIRMED,
    DIVERGES,
    INVALID,
    REFUTED,
    Measurement,
    align,
    alignment,
    broadcast_shape,
    label_shuffle,
    settle,
    shapes_equal,
)
from ...report import gradients, number
from ..arrays import is_array
from ..execution import Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import LEAST, Measure, numbers_of, valid


class Broadcast(Measure):
    """Operands ``label`` and ``prediction``; fact ``linear``: the place is a bare difference."""

    relation = "broadcast"

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.pairs: list[tuple[Measurement, Measurement]] = []
        self.aligned: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
        self.is_matrix = False
        """Whether the place itself has a value for every label with every prediction."""

    def look(self, execution: Execution) -> None:
        """Shuffle the labels, and bring them into the shape of the predictions."""
        y_true, y_pred = execution.value(self.site, "label"), execution.value(self.site, "prediction")
        if shapes_equal(y_true, y_pred):
            self.aligned.append((tuple(y_true.shape), tuple(y_pred.shape)))
            return
        if align(y_true, y_pred) is None:
            self.reasons.append(f"labels {tuple(y_true.shape)} do not fit predictions {tuple(y_pred.shape)}")
            return
        place = execution.value(self.site, "place")
        together = broadcast_shape(tuple(y_true.shape), tuple(y_pred.shape))
        self.is_matrix = self.is_matrix or (is_array(place) and tuple(place.shape) == together != tuple(y_pred.shape))
        loss = self.loss(execution)
        pair = (
            label_shuffle(loss, y_true, y_pred, execution.context),
            alignment(loss, y_true, y_pred, execution.context),
        )
        self.reasons += [found.reason for found in pair if found.verdict == INVALID]
        if not any(found.verdict == INVALID for found in pair):
            self.pairs.append(pair)

    @property
    def enough(self) -> bool:
        """Enough batches that say something; where all labels lie on one side, an absolute error hides the shapes."""
        told = [pair for pair in self.pairs if DIVERGES in (pair[0].verdict, pair[1].verdict)]
        return len(told) >= self.batches or len(self.aligned) >= self.batches

    def verdict(self) -> Verdict:
        """A broadcast does not care for the order of the labels, and does for their shape."""
        if not self.pairs and len(self.aligned) >= self.batches:
            labels, predictions = self.aligned[0]
            text = f"labels {labels} and predictions {predictions} have one shape"
            return verdict(REFUTED, text, device=self.device, shapes={"y_true": labels, "y_pred": predictions})
        shuffled, met = [pair[0] for pair in self.pairs], [pair[1] for pair in self.pairs]
        by_shuffle = settle(shuffled, mistake=AGREES, at_least=self.batches)
        apart = [found for found in met if found.verdict == DIVERGES]
        by_shape = settle(apart or met, mistake=DIVERGES, at_least=self.batches, least=LEAST)
        if not valid(met):
            return inconclusive(self.reason)
        labels, predictions = met[0].shapes["y_true"], met[0].shapes["y_pred"]
        together = broadcast_shape(labels, predictions)
        shapes = {"y_true": labels, "y_pred": predictions, **({"result": together} if together else {})}
        if self.is_matrix and by_shuffle[0] == REFUTED:
            return inconclusive(f"labels {labels} meet predictions {predictions} in all pairs, and the order matters")
        if by_shuffle[0] == REFUTED or (by_shuffle[0] == CONFIRMED and by_shape[0] == REFUTED):
            text = f"labels {labels} meet predictions {predictions} row by row"
            return verdict(REFUTED, text, device=self.device, shapes=shapes)
        if by_shuffle[0] != CONFIRMED or by_shape[0] != CONFIRMED:
            return inconclusive(self.reasons[0] if self.reasons else by_shuffle[1] or by_shape[1])
        found = apart[0]
        numbers = numbers_of(found)
        text = (
            f"labels {labels} x predictions {predictions} -> {together}; "
            f"loss {number(found.as_written)} vs {number(found.reference)}; {gradients(numbers, cosine_only=True)}"
        )
        return verdict(CONFIRMED, text, device=self.device, shapes=shapes, numbers=numbers)

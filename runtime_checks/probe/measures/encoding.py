"""A loss gets labels in a form that is not its own: class numbers for a value per class, or the reverse."""

from __future__ import annotations

import math
from typing import Any, Callable

from ... import keras_model
from ...labels import ONE_HOT, SPARSE, label_forms
from ...reference import canonical
from ...relations import (
    CONFIRMED,
    DIVERGES,
    INCONCLUSIVE,
    INVALID,
    REFUTED,
    Measurement,
    UnmeasurableError,
    align,
    reference,
    settle,
    shapes_equal,
    summary,
)
from ...report import gradients, number
from ..arrays import is_array
from ..execution import Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import LEAST, Measure, numbers_of

VALUES, NUMBERS, SEVERAL, TWO = "value per class", "class number", "several outputs", "two classes"
FITTING = {
    VALUES: "one-hot labels",
    NUMBERS: "class numbers",
    SEVERAL: "the binary cross-entropy",
    TWO: "labels from 0 to 1",
}
"""What the loss is held against, by what it takes."""


class Encoding(Measure):
    """Fact ``takes``: what the loss takes, one of the four words above.

    Either operands ``label`` and ``prediction`` of the place, a call or a difference, or none: then the place is a loss
    that ``compile`` is given, for the output of facts ``output`` and ``name`` where there are several. The labels are
    brought into the form that the loss takes, and both are compared. A loss that raises an error, and raises none of
    labels in the right form, settles it as well.
    """

    relation = "encoding"
    operands = ("label", "prediction")
    kinds = ("compiled", "expression")
    takes_errors = True
    listens = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.found: list[Measurement] = []
        self.refused: list[str] = []
        """The errors that the loss raised, or what else it gave in the place of a number."""
        self.fits: list[str] = []
        """Why the labels are as the loss takes them."""
        self.single: Any = None
        self.shapes: dict[str, Any] = {}

    def is_for(self, execution: Execution) -> bool:
        """Labels and predictions must have been seen; the place itself may be an error."""
        return all(is_array(execution.value(self.site, role)) for role in self.operands)

    def look(self, execution: Execution) -> None:
        """An expression, on what it got."""
        y_true, y_pred = execution.value(self.site, "label"), execution.value(self.site, "prediction")
        self._compare(self.loss(execution), y_true, y_pred)

    def called(self, container: Any, y_true: Any, y_pred: Any, sample_weight: Any) -> None:  # noqa: ARG002
        """A batch for the compiled loss. The form of its labels is no matter of weights, so these are left out."""
        self.attempts += 1
        output, name = self.site.facts.get("output"), self.site.facts.get("name")
        y_true, y_pred = (keras_model.of_output(each, output, name) for each in (y_true, y_pred))

        def loss(labels: Any, predictions: Any) -> Any:
            return keras_model.fresh_for_output(container, output, name)(labels, predictions)

        self.single = self.single or (loss, y_true, y_pred)
        self._compare(loss, y_true, y_pred)

    def look_at_halves(self) -> None:
        """Every second row of a single batch, and the others."""
        if self.single is None:
            super().look_at_halves()
        elif self.attempts == 1:
            loss, y_true, y_pred = self.single
            for first in (0, 1):
                self._compare(loss, y_true[first::2], y_pred[first::2])

    def _compare(self, loss: Callable[..., Any], y_true: Any, y_pred: Any) -> None:
        import numpy as np

        fitting, other = self._fitting(loss, y_true, y_pred)
        if fitting is None:
            return
        self.shapes = self.shapes or {"y_true": tuple(y_true.shape), "y_pred": tuple(y_pred.shape)}
        wanted = float(np.asarray(other(fitting, y_pred), dtype=np.float64).sum())
        if not math.isfinite(wanted):
            raise UnmeasurableError("with other labels the loss is not finite either")
        try:
            given = float(np.asarray(loss(y_true, y_pred), dtype=np.float64).sum())
        except Exception as error:  # noqa: BLE001 - this is what is asked
            self.refused.append(f"raises {summary(error)}")
            return
        if not math.isfinite(given):
            self.refused.append(f"gives {given}")
            return
        found = reference(loss, y_true, y_pred, other, labels=fitting)
        if found.verdict == INVALID:
            raise UnmeasurableError(found.reason)
        self.found.append(found)

    def _fitting(self, loss: Callable[..., Any], y_true: Any, y_pred: Any) -> tuple[Any, Callable[..., Any]]:
        """Labels as the loss takes them, with the loss for them; nothing if they are so already."""
        import numpy as np
        import tensorflow as tf

        takes = str(self.site.facts["takes"])
        labels = np.asarray(y_true)
        said = f"labels {tuple(y_true.shape)} and outputs {tuple(y_pred.shape)}"
        if takes in (SEVERAL, TWO):
            aligned = y_true if shapes_equal(y_true, y_pred) else align(y_true, y_pred)
            if aligned is None or y_pred.shape[-1] != 1:
                raise UnmeasurableError(f"{said} are not one of each")
            if takes == TWO:
                if labels.max() <= 1:
                    return self._fit("the labels are from 0 to 1")
                return tf.cast(tf.minimum(y_true, tf.ones_like(y_true)), y_true.dtype), loss
            if not np.isin(labels, (0, 1)).all():
                raise UnmeasurableError("the labels are not 0 and 1")
            return tf.cast(aligned, y_pred.dtype), _binary
        forms = label_forms(y_true, y_pred)
        is_one_hot = bool(
            labels.shape == tuple(y_pred.shape)
            and np.isin(labels, (0, 1)).all()
            and (labels.sum(axis=-1) == 1).all()
            and labels.shape[-1] > 1
        )
        if takes == VALUES and shapes_equal(y_true, y_pred):
            return self._fit(f"{said} have one shape")
        if takes == NUMBERS and SPARSE in forms:
            return self._fit(f"the labels {tuple(y_true.shape)} are class numbers")
        if takes == VALUES and ONE_HOT in forms:
            return forms[ONE_HOT], loss
        if takes == NUMBERS and is_one_hot:
            return tf.argmax(y_true, axis=-1), loss
        raise UnmeasurableError(f"{said} name no classes")

    def _fit(self, why: str) -> tuple[Any, Callable[..., Any]]:
        self.fits.append(why)
        return None, _binary

    @property
    def enough(self) -> bool:
        """Enough batches, or an error."""
        return bool(self.refused) or max(len(self.found), len(self.fits)) >= self.batches

    def verdict(self) -> Verdict:
        """An error, another loss, or labels that are as they should be."""
        if self.found and self.fits:
            return inconclusive("the batches contradict each other")
        if self.refused:
            text = f"the loss {self.refused[0]}, with {self._other} it does not"
            return verdict(CONFIRMED, text, device=self.device, shapes=self.shapes)
        if self.fits:
            enough = len(self.fits) >= self.batches or self.program_over
            return verdict(REFUTED, self.fits[0], device=self.device) if enough else inconclusive(self.reason)
        status, reason = settle(self.found, DIVERGES, self.batches, LEAST)
        if status == INCONCLUSIVE:
            return inconclusive(self.reasons[0] if self.reasons else reason)
        numbers = numbers_of(self.found[0])
        said = f"loss {number(numbers['as_written'])}, with {self._other} {number(numbers['reference'])}"
        said = said if numbers["gradient_ratio"] is None else f"{said}; {gradients(numbers)}"
        return verdict(status, said, device=self.device, shapes=self.shapes, numbers=numbers)

    @property
    def _other(self) -> str:
        return FITTING[str(self.site.facts["takes"])]


def _binary(labels: Any, predictions: Any) -> Any:
    """The cross-entropy of two classes with one output, a probability or a logit."""
    import numpy as np

    outputs = np.asarray(predictions)
    from_logits = bool((outputs < 0).any() or (outputs > 1).any())
    return canonical("binary_crossentropy", labels, outputs, from_logits=from_logits)

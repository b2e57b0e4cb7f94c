"""A sum where a mean is meant, or the reverse: the loss is the mean times a factor."""

from __future__ import annotations

from typing import Any

from ... import keras_model
from ...labels import ONE_HOT, SAME, SPARSE, label_forms
from ...reference import canonical
from ...relations import CONFIRMED, INVALID, REFUTED, Measurement, duplication, reference
from ...report import factor, number
from ..arrays import rows
from ..execution import Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import LEAST, Measure, numbers_of


class Factor(Measure):
    """Operands ``label`` and ``prediction``; fact ``family``: the loss whose mean is meant. The loss is the place."""

    relation = "factor"
    kinds = ("expression", "block", "function")

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.against: list[Measurement] = []
        self.doubled: list[Measurement] = []
        self.rows: list[int] = []
        self.name = f"the mean of {self.site.facts.get('family')}"

    def look(self, execution: Execution) -> None:
        """Compare with the compiled loss of the model in whose step this is, or with the definition of the family."""
        y_true, y_pred = self.pair(execution)
        loss = self.loss(execution, of="place")
        found = self._compiled(loss, execution) or self._canonical(loss, execution)
        doubled = duplication(loss, y_true, y_pred, execution.context)
        for measured in (found, doubled):
            if measured.verdict == INVALID:
                self.reasons.append(measured.reason)
                return
        self.against.append(found)
        self.doubled.append(doubled)
        self.rows.append(rows(y_pred) or 0)

    def _compiled(self, loss: Any, execution: Execution) -> Measurement | None:
        model = execution.model
        if model is None or keras_model.compiled_loss_object(model) is None:
            return None
        y_true, y_pred = self.pair(execution)

        def compiled(labels: Any, predictions: Any, *_: Any) -> Any:
            return keras_model.compiled_loss(model, labels, predictions)

        found = reference(loss, y_true, y_pred, compiled, execution.context)
        if found.verdict == INVALID:
            return None
        self.name = f"the compiled {keras_model.compiled_loss_name(model)}"
        return found

    def _canonical(self, loss: Any, execution: Execution) -> Measurement:
        y_true, y_pred = self.pair(execution)
        family = str(self.site.facts.get("family"))
        forms = label_forms(y_true, y_pred)
        labels = forms.get(SPARSE) if family.startswith("sparse_") else forms.get(SAME, forms.get(ONE_HOT))
        options: dict[str, Any] = {"from_logits": True} if self.site.facts.get("from_logits") else {}

        def mean(given: Any, predictions: Any, *_: Any) -> Any:
            return canonical(family, given, predictions, **options)

        return reference(loss, y_true, y_pred, mean, execution.context, labels=labels)

    @property
    def enough(self) -> bool:
        """Enough batches."""
        return len(self.against) >= self.batches

    def verdict(self) -> Verdict:
        """Proportional to the reference on all batches, with a factor that is not 1."""
        if not self.enough:
            return inconclusive(self.reason)
        found, count = self.against[0], self.rows[0]
        ratios = [measured.ratio or 0.0 for measured in self.against]
        if all(abs(ratio - 1.0) <= LEAST for ratio in ratios):
            text = f"loss {number(found.as_written)} is {self.name}"
            return verdict(REFUTED, text, device=self.device)
        grows = all(measured.is_factor(2.0) for measured in self.doubled)
        stays = all(measured.is_factor(1.0) for measured in self.doubled)
        by_row = [ratio / number_of_rows for ratio, number_of_rows in zip(ratios, self.rows)]
        constant = _equal(ratios) and (stays or grows)
        if not (constant or (grows and _equal(by_row))) or any(abs(ratio - 1.0) <= LEAST for ratio in ratios):
            return inconclusive("the loss is not proportional to the reference")
        if any(m.gradient_cosine is not None and m.gradient_cosine < 1 - LEAST for m in self.against):
            return inconclusive("its gradient has another direction than that of the reference")
        numbers = numbers_of(found)
        why = f"; it grows with the rows, {count} here" if grows else ""
        text = (
            f"loss {number(found.as_written)} is {factor(ratios[0])} times {number(found.reference)}, {self.name}{why}"
        )
        return verdict(CONFIRMED, text, device=self.device, shapes=found.shapes, numbers=numbers)


def _equal(values: list[float]) -> bool:
    return max(values) - min(values) <= LEAST * max(abs(value) for value in values)

"""A compiled loss that nothing uses is another one than what is trained on."""

from __future__ import annotations

from typing import Any

from ... import keras_model
from ...observation import joined, observe
from ...relations import (
    AGREES,
    DIVERGES,
    INCONCLUSIVE,
    INVALID,
    REFUTED,
    Measurement,
    UnmeasurableError,
    cosine,
    evaluation_of,
    norm_ratio,
    reference,
    settle,
)
from ...report import gradients, number
from ...untouched import untouched
from ..execution import Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import LEAST, Measure, numbers_of, without_penalties


class UnusedLoss(Measure):
    """The place is what ``compile`` is given for a loss.

    Operands ``call``, ``label`` and ``prediction``: the comparison that a loop trains on; the carrier is around it.
    With ``call`` alone it stands in a ``train_step``, which is run and held against the compiled loss of its outputs,
    with its features for labels where it gets none. Penalties count on neither side.
    """

    relation = "unused loss"
    operands = ()
    kinds = ("step", "block", "function", "expression")

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.found: list[Measurement] = []
        self.is_used = False
        """Whether Keras has called the compiled loss after all."""

    def is_for(self, execution: Execution) -> bool:
        """A step, or a loop with both operands."""
        operands = [execution.value(self.site, role) for role in ("label", "prediction")]
        return self.carrier.startswith("step") or all(operand is not None for operand in operands)

    def look(self, execution: Execution) -> None:
        """Hold the loss that is differentiated against the compiled one."""
        model, container = execution.probe.compiled.last_with(self.site)
        if container is None:
            raise UnmeasurableError("no model was compiled with it before")
        self.is_used = execution.probe.compiled.is_used(container)
        if self.carrier.startswith("step"):
            if execution.model is not model:
                raise UnmeasurableError("another model was compiled with it")
            self.found.append(_of_step(model, execution.context[0]))
            return
        y_true, y_pred = self.pair(execution)
        loss = self.loss(execution)

        def compiled(labels: Any, predictions: Any, *_context: Any) -> Any:
            return keras_model.fresh(container)(labels, predictions)

        with without_penalties(model):
            found = reference(loss, y_true, y_pred, compiled, execution.context)
        if found.verdict == INVALID:
            raise UnmeasurableError(found.reason)
        self.found.append(found)

    def look_at_halves(self) -> None:
        """Every second row of the single batch of a step, and the others."""
        if not self.carrier.startswith("step"):
            super().look_at_halves()
        elif self.attempts == 1 and self.found and self.first is not None:
            import tensorflow as tf

            self.found.clear()
            for start in (0, 1):
                half = tf.nest.map_structure(lambda leaf, start=start: leaf[start::2], self.first.context[0])
                self.found.append(_of_step(self.first.model, half))

    @property
    def enough(self) -> bool:
        """Enough batches."""
        return self.is_used or len(self.found) >= self.batches

    def verdict(self) -> Verdict:
        """Two losses of the same outputs."""
        if self.is_used:
            return verdict(REFUTED, "Keras has called the compiled loss", device=self.device)
        status, reason = settle(self.found, DIVERGES, self.batches, LEAST)
        if status == INCONCLUSIVE:
            return inconclusive(self.reasons[0] if self.reasons else reason)
        numbers = numbers_of(self.found[0])
        text = f"the loss that is trained is {number(numbers['as_written'])}, the compiled one "
        text += f"{number(numbers['reference'])}; {gradients(numbers)}"
        return verdict(status, text, device=self.device, shapes=self.found[0].shapes, numbers=numbers)


def _of_step(model: Any, data: Any) -> Measurement:
    """What a ``train_step`` differentiates, against the compiled loss of its outputs, by the weights."""
    import numpy as np
    import tensorflow as tf

    x, y, sample_weight = keras_model.unpack(data)
    variables = model.trainable_variables
    weights = [variable if isinstance(variable, tf.Variable) else variable.value for variable in variables]
    with untouched(model), tf.GradientTape(persistent=True) as tape:
        with without_penalties(model):
            seen = observe(model, data, training=False)
        outputs = [call.outputs for call in seen.layer_calls if call.layer is model] or [
            call.outputs for call in seen.layer_calls
        ]
        if len(seen.gradient_calls) != 1 or not outputs:
            raise UnmeasurableError(f"the step takes {len(seen.gradient_calls)} gradients of {len(outputs)} outputs")
        trained = tf.reduce_sum(joined(seen.gradient_calls[0].target))
        compiled = keras_model.compiled_loss(model, x if y is None else y, outputs[-1], sample_weight)
    one, other = (evaluation_of(loss, weights, tape) for loss in (trained, compiled))
    gradient = one.gradient if one.gradient is not None else np.zeros(1)
    wanted = other.gradient if other.gradient is not None else np.zeros(1)
    longest = max(float(np.linalg.norm(gradient)), float(np.linalg.norm(wanted)))
    values = abs(one.value - other.value) > LEAST * max(abs(one.value), abs(other.value))
    directions = float(np.linalg.norm(gradient - wanted)) > LEAST * longest
    return Measurement(
        relation="reference",
        verdict=DIVERGES if values or directions else AGREES,
        reason="",
        as_written=one.value,
        reference=other.value,
        ratio=one.value / other.value if other.value else None,
        gradient_ratio=norm_ratio(one.gradient, other.gradient),
        gradient_cosine=cosine(one.gradient, other.gradient),
    )

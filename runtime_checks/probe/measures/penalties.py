"""The loss of a loop leaves the penalties of the model out."""

from __future__ import annotations

from typing import Any

from ...relations import CONFIRMED, REFUTED, cosine, evaluation_of, norm_ratio
from ...report import factor, gradients, number
from ..execution import Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import LEAST, Measure

ONCE = 0.05
"""So far a count may be from a whole number: a penalty that is small beside the loss is a difference of large ones."""


class Penalties(Measure):
    """Operand ``model``. The carrier is the block of the tape, whose result is what is differentiated.

    Fact ``twice``: that they are in it twice, and not that they are left out.
    """

    relation = "penalties"
    operands = ("model",)
    kinds = ("block",)
    exact = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.found: list[tuple[float, float, float, Any]] = []

    def look(self, execution: Execution) -> None:
        """Run the block with the penalties as they are, and with none, and see whether its loss notices."""
        import tensorflow as tf

        from ...keras_model import layer_classes
        from ...observation import joined
        from ...patching import around

        model = execution.value(self.site, "model")
        variables = model.trainable_variables
        # Keras 3 keeps TensorFlow's variable inside its own.
        weights = [variable if isinstance(variable, tf.Variable) else variable.value for variable in variables]

        def run(losses: Any = None) -> Any:
            with tf.GradientTape() as tape:
                if losses is None:
                    loss = joined(execution.replay({}).result)
                else:
                    with around(layer_classes(model), "losses", lambda original, layer: losses(original(layer))):
                        loss = joined(execution.replay({}).result)
            return evaluation_of(loss, weights, tape)

        with tf.GradientTape() as tape:
            penalty = tf.add_n([tf.convert_to_tensor(part) for part in model.losses] or [tf.constant(0.0)])
        penalties = evaluation_of(penalty, weights, tape)
        whole = run()
        without = run(lambda kept: [tf.zeros_like(part) for part in kept])
        self.found.append((whole.value, abs(whole.value - without.value), penalties.value, (whole, penalties)))

    @property
    def enough(self) -> bool:
        """Enough batches."""
        return len(self.found) >= self.batches

    def verdict(self) -> Verdict:
        """There are penalties, and the loss is the same without them."""
        import numpy as np

        if not self.enough:
            return inconclusive(self.reason)
        value, _noticed, penalty, (whole, penalties) = self.found[0]
        if any(abs(penalty) <= LEAST * abs(value) for value, _, penalty, _ in self.found):
            return inconclusive("the penalties are too small to be seen beside the loss")
        if self.site.facts.get("twice"):
            return self._twice()
        if all(noticed >= LEAST * abs(penalty) for _, noticed, penalty, _ in self.found):
            return verdict(REFUTED, "the loss changes with the model's penalties", device=self.device)
        if penalties.gradient is None or whole.gradient is None or not np.any(penalties.gradient):
            return inconclusive("the penalties have no gradient")
        numbers = _numbers(value, value + penalty, whole.gradient, whole.gradient + penalties.gradient)
        text = f"loss {number(value)} without the model's penalties of {number(penalty)}; {gradients(numbers)}"
        return verdict(CONFIRMED, text, device=self.device, numbers=numbers)

    def _twice(self) -> Verdict:
        """How often they are in the loss: so many times it changes by them when they are zero."""
        value, _, penalty, (whole, penalties) = self.found[0]
        times = [noticed / abs(penalty) for _, noticed, penalty, _ in self.found]
        text = f"loss {number(value)} contains the model's penalties of {number(penalty)} {factor(times[0])} times"
        if all(abs(found - 1.0) <= ONCE for found in times):
            return verdict(REFUTED, text, device=self.device)
        if any(abs(found - 2.0) > ONCE for found in times) or whole.gradient is None or penalties.gradient is None:
            return inconclusive(text)
        numbers = _numbers(value, value - penalty, whole.gradient, whole.gradient - penalties.gradient)
        return verdict(CONFIRMED, f"{text}; {gradients(numbers)}", device=self.device, numbers=numbers)


def _numbers(value: float, meant: float, gradient: Any, gradient_meant: Any) -> dict[str, float | None]:
    return {
        "as_written": value,
        "reference": meant,
        "ratio": value / meant if meant else None,
        "gradient_ratio": norm_ratio(gradient, gradient_meant),
        "gradient_cosine": cosine(gradient, gradient_meant),
    }

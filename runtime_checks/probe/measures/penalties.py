"""The loss of a loop leaves the penalties of the model out."""

from __future__ import annotations

from typing import Any

from ...relations import CONFIRMED, REFUTED, evaluation_of
from ...report import gradients, number
from ..sites import Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import LEAST, Measure


class Penalties(Measure):
    """Operand ``model``. The carrier is the block of the tape, whose result is what is differentiated."""

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

        from ...relations import cosine, norm_ratio

        if not self.enough:
            return inconclusive(self.reason)
        value, _noticed, penalty, (whole, penalties) = self.found[0]
        if any(abs(penalty) <= LEAST * abs(value) for value, _, penalty, _ in self.found):
            return inconclusive("the penalties are too small to be seen beside the loss")
        if all(noticed >= LEAST * abs(penalty) for _, noticed, penalty, _ in self.found):
            return verdict(REFUTED, "the loss changes with the model's penalties", device=self.device)
        if penalties.gradient is None or whole.gradient is None or not np.any(penalties.gradient):
            return inconclusive("the penalties have no gradient")
        meant = whole.gradient + penalties.gradient
        numbers = {
            "as_written": value,
            "reference": value + penalty,
            "ratio": value / (value + penalty),
            "gradient_ratio": norm_ratio(whole.gradient, meant),
            "gradient_cosine": cosine(whole.gradient, meant),
        }
        text = f"loss {number(value)} without the model's penalties of {number(penalty)}; {gradients(numbers)}"
        return verdict(CONFIRMED, text, device=self.device, numbers=numbers)

"""A loss in float16 that is not scaled, or whose gradients are divided or multiplied by a scale alone."""

from __future__ import annotations

from typing import Any, Sequence

from ...observation import joined
from ...relations import CONFIRMED, REFUTED, UnmeasurableError, cosine, flat_gradient, norm_ratio
from ...report import factor, number
from ..execution import Execution
from ..gradients import Flow, scale_between
from ..verdicts import Verdict, inconclusive, verdict
from .base import Measure

SCALES = tuple(2.0**power for power in (15, 12, 9, 6, 3))
"""The first is the one that Keras starts with; a smaller one does where the gradients overflow."""
EQUAL, APART = 0.01, 2.0
"""Gradients in float16 come to the same within this part, and to something else beyond this factor."""


class LossScale(Measure):
    """No operands; the place is what the tape differentiates, and the carrier the block of the tape.

    The gradient that the innermost optimizer gets is held against the one that comes of a scaled loss and is divided by
    the scale again.
    """

    relation = "loss scale"
    operands = ()
    kinds = ("block",)
    follows_gradients = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.plain: dict[int, Any] = {}
        self.scaled: dict[int, Any] = {}
        """By variable, the gradients of the block's last run: as it is, and through a scale."""
        self.found: list[tuple[float, float, float, float | None]] = []
        """Norms of what the optimizer got and of what is meant, their ratio, and their cosine."""

    def look(self, execution: Execution) -> None:
        """Run the block again, before an optimizer changes the weights, and take its gradients in both ways."""
        import numpy as np
        import tensorflow as tf

        self.plain, self.scaled = {}, {}
        with tf.GradientTape(persistent=True) as tape:
            target = joined(execution.replay({}).result)
            targets = [target * tf.cast(scale, target.dtype) for scale in SCALES]
        variables = tape.watched_variables()
        self.plain = dict(zip(map(_key, variables), tape.gradient(target, variables)))
        for scale, scaled in zip(SCALES, targets):
            gradients = [None if g is None else tf.convert_to_tensor(g) for g in tape.gradient(scaled, variables)]
            if all(gradient is None or np.isfinite(gradient.numpy()).all() for gradient in gradients):
                divided = [None if gradient is None else gradient / scale for gradient in gradients]
                self.scaled = dict(zip(map(_key, variables), divided))
                return
        raise UnmeasurableError("the gradients are not finite")

    def applied(self, flow: Flow, probe: Any) -> None:
        """An optimizer has got gradients."""
        if flow.target is not probe.latest.get((self.site.id, "place")) or not self.plain or self.done:
            return
        plain = [self.plain.get(_key(variable)) for variable in flow.variables]
        if not _same(plain, flow.given):
            raise UnmeasurableError("the gradient is random, or not that of the block alone")
        kept = scale_between(flow.given, flow.handed)
        if kept is None or not any(abs(kept * scale - 1.0) <= EQUAL for scale in (1.0, flow.multiplied)):
            raise UnmeasurableError("the gradients are changed before the optimizer gets them")
        last = flow.optimizers[-1]
        if getattr(last, "inner_optimizer", None) is not None:
            raise UnmeasurableError("the optimizer skips this step")
        own = float(getattr(last, "loss_scale_factor", None) or 1.0)
        got = _vector(flow.applied, flow.variables) / own
        if flow.multiplied == 1.0:
            meant = _vector([self.scaled.get(_key(variable)) for variable in flow.variables], flow.variables)
        else:
            meant = _vector(plain, flow.variables) / flow.multiplied
        ratio = norm_ratio(got, meant)
        if ratio is None:
            raise UnmeasurableError("the gradient is zero either way")
        self.note_device(flow.applied[0])
        self.found.append((_norm(got), _norm(meant), ratio, cosine(got, meant)))

    def look_at_halves(self) -> None:
        """One step has computed both gradients: the same batch tells as much twice."""
        if len(self.found) == 1:
            self.found *= 2

    @property
    def enough(self) -> bool:
        """Enough steps."""
        return len(self.found) >= self.batches

    @property
    def reason(self) -> str:
        """Why there is no answer."""
        return self.reasons[0] if self.reasons or self.found else "no optimizer gets its gradients"

    def verdict(self) -> Verdict:
        """The optimizer gets another gradient than that of the loss."""
        if not self.enough:
            return inconclusive(self.reason)
        got, meant, ratio, angle = self.found[0]
        ratios = [found[2] for found in self.found]
        text = (
            f"the optimizer gets gradients of norm {number(got)}; with a scaled loss, and divided by the scale, they "
            f"have {number(meant)}: ratio {factor(ratio) if ratio > 0.01 else number(ratio)}"
        )
        numbers = {"gradient_ratio": ratio, "gradient_cosine": angle}
        if all(abs(found - 1.0) <= EQUAL for found in ratios):
            return verdict(REFUTED, text, device=self.device, numbers=numbers)
        if max(ratios) <= 1.0 / APART or min(ratios) >= APART:
            return verdict(CONFIRMED, text, device=self.device, numbers=numbers)
        return inconclusive(f"the scale makes little difference: {text}")


def _key(variable: Any) -> int:
    """What tells a variable from others: Keras keeps TensorFlow's inside its own."""
    import tensorflow as tf

    if isinstance(variable, tf.Variable):
        return id(getattr(variable, "_variable", variable))
    return id(variable.value)


def _vector(gradients: Sequence[Any], variables: Sequence[Any]) -> Any:
    """All gradients in one row, zeros where there are none."""
    import numpy as np

    flat = flat_gradient(gradients, variables)
    return np.zeros(sum(int(np.prod(variable.shape)) for variable in variables)) if flat is None else flat


def _same(one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Whether two runs have come to the same gradients, which may all be zero."""
    import numpy as np

    missing = [first is None or second is None for first, second in zip(one, other)]
    if any(missing):
        return False
    return scale_between(one, other) is not None or not any(np.any(gradient) for gradient in (*one, *other))


def _norm(vector: Any) -> float:
    import numpy as np

    return float(np.linalg.norm(vector))

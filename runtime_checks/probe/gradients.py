"""Follows gradients from the tape that computes them to the optimizer that applies them.

Nothing of the program changes: a tape is asked for a few derivatives more in the same call, and what an optimizer is
given is looked at on its way.
"""

from __future__ import annotations

import functools
import sys
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Callable, Iterator, Mapping, Sequence

from ..patching import with_subclasses

MOST_FLOWS = 8
"""So many gradients may wait for their optimizers."""
SCALING = ("scale_loss", "get_scaled_loss")
"""The methods by which optimizers multiply a loss by their scale, on Keras 3 and on Keras 2."""
BEFORE_KERAS_2_11 = ("keras.optimizer_v2.optimizer_v2", "keras.optimizers.optimizer_v2.optimizer_v2")
"""Where the optimizers of older releases are, which call the module of their public names something else."""
NOT_SUMMED = {"experimental_aggregate_gradients": False, "skip_gradients_aggregation": True}
"""Options by which an optimizer of Keras 2 is told that the gradients of all replicas are summed already."""


@dataclass
class Flow:
    """One gradient with respect to variables, and what becomes of it."""

    target: Any
    sources: list[Any]
    gradients: list[Any]
    """As the tape gave them, one for each source."""
    shares: dict[int, Any]
    """By site, the derivative of the target with respect to the site's place."""
    multiplied: float = 1.0
    """The derivative of the target with respect to what the program last had an optimizer scale."""
    handed: list[Any] = field(default_factory=list)
    """What the program gives to the optimizer, for those sources that it gives something for."""
    applied: list[Any] = field(default_factory=list)
    """What reaches the innermost optimizer: one may stand around another."""
    given: list[Any] = field(default_factory=list)
    """The gradients of the tape for the same variables as ``handed``."""
    variables: list[Any] = field(default_factory=list)
    """The variables that these are for."""
    optimizers: list[Any] = field(default_factory=list)
    """Those that the gradients went through: the first is the program's, the last got ``applied``."""
    is_summed: bool = True
    """Whether the optimizer is left to sum the gradients of all replicas."""


class Flows:
    """The gradients of one thread."""

    def __init__(self, tell: Callable[[Flow], None] = lambda _: None) -> None:
        self.found: list[Flow] = []
        self._tell = tell
        self._scaled: Any = None
        self._outer: list[Flow | None] = []

    def gradient(self, ask: Callable[[Any], Any], target: Any, sources: Any, places: Mapping[int, Any]) -> Any:
        """Ask a tape for a gradient, and for those with respect to the places of some sites."""
        import tensorflow as tf

        wanted = {site: place for site, place in places.items() if _is_differentiable(place)}
        scaled = [self._scaled] if _is_differentiable(self._scaled) else []
        self._scaled = None
        gradients, shares, factors = ask([sources, list(wanted.values()), scaled])
        flow = Flow(target, tf.nest.flatten(sources), tf.nest.flatten(gradients), dict(zip(wanted, shares)))
        flow.multiplied = float(factors[0]) if scaled and factors[0] is not None else 1.0
        self.found = [*self.found, flow][-MOST_FLOWS:]
        return gradients

    def scale(self, loss: Any) -> None:
        """An optimizer is about to multiply a loss by its scale."""
        self._scaled = loss

    def apply(self, optimizer: Any, pairs: Sequence[Any], options: Mapping[str, Any], call: Callable[[], Any]) -> Any:
        """Let an optimizer apply gradients, given as pairs with their variables."""
        outermost = not self._outer
        flow = self._flow_of([variable for _, variable in pairs]) if outermost else self._outer[-1]
        if flow is not None:
            flow.applied = [gradient for gradient, _ in pairs]
            flow.optimizers = [other for other in flow.optimizers if other is not optimizer] + [optimizer]
            if outermost:
                flow.handed, flow.optimizers = flow.applied, [optimizer]
                own = {id(source): gradient for source, gradient in zip(flow.sources, flow.gradients)}
                flow.variables = [variable for _, variable in pairs]
                flow.given = [own[id(variable)] for variable in flow.variables]
                flow.is_summed = all(options.get(name) is not value for name, value in NOT_SUMMED.items())
        self._outer.append(flow)
        try:
            result = call()
        finally:
            self._outer.pop()
        if flow is not None and outermost:
            self._tell(flow)
        return result

    def _flow_of(self, variables: Sequence[Any]) -> Flow | None:
        """The last gradient with respect to all of these variables."""
        for flow in reversed(self.found):
            known = {id(source) for source in flow.sources}
            if variables and all(id(variable) in known for variable in variables):
                return flow
        return None


def scale_between(one: Sequence[Any], other: Sequence[Any]) -> float | None:
    """By which number the first gradients must be multiplied to be the others; ``None`` if there is no such number."""
    import numpy as np

    if len(one) == len(other) and all(first is second for first, second in zip(one, other)):
        return 1.0
    before, after = _vector(one), _vector(other)
    if before is None or after is None or before.shape != after.shape or not np.any(before):
        return None
    scale = float(np.dot(before, after) / np.dot(before, before))
    return scale if np.allclose(scale * before, after, rtol=1e-3, atol=1e-6 * np.abs(after).max()) else None


def _vector(gradients: Sequence[Any]) -> Any:
    """All gradients in one row, ``None`` where one is missing."""
    import numpy as np
    import tensorflow as tf

    if not gradients or any(gradient is None for gradient in gradients):
        return None
    return np.concatenate([np.asarray(tf.convert_to_tensor(g), dtype=np.float64).ravel() for g in gradients])


def _is_differentiable(value: Any) -> bool:
    import tensorflow as tf

    return bool(tf.is_tensor(value) and value.dtype.is_floating)


def watch_tapes(tensorflow: ModuleType, probe: Any) -> None:
    """Have every tape tell of its gradients: ``probe.flows()`` are those of this thread, if they are followed."""
    original = tensorflow.GradientTape.gradient

    @functools.wraps(original)
    def gradient(tape: Any, target: Any, sources: Any, *args: Any, **kwargs: Any) -> Any:
        followed: Flows | None = probe.flows()
        if followed is None:
            return original(tape, target, sources, *args, **kwargs)
        return followed.gradient(
            lambda wanted: original(tape, target, wanted, *args, **kwargs), target, sources, probe.places()
        )

    tensorflow.GradientTape.gradient = gradient


def watch_optimizers(keras: ModuleType, probe: Any) -> None:
    """Have the optimizers of a Keras tell what they are given."""
    for owner in with_subclasses(_roots(keras)):
        if "apply_gradients" in vars(owner):
            owner.apply_gradients = _telling_pairs(vars(owner)["apply_gradients"], probe)  # type: ignore[attr-defined]
        if "apply" in vars(owner):
            owner.apply = _telling_lists(vars(owner)["apply"], probe)  # type: ignore[attr-defined]
        for name in SCALING:
            if name in vars(owner):
                setattr(owner, name, _telling_loss(vars(owner)[name], probe))


def _roots(keras: ModuleType) -> Iterator[type]:
    """The classes that define how gradients are applied."""
    modules = [keras.optimizers, *(getattr(keras.optimizers, name, None) for name in ("legacy", "experimental"))]
    classes = [getattr(module, "Optimizer", None) for module in modules]
    classes += [getattr(sys.modules.get(name), "OptimizerV2", None) for name in BEFORE_KERAS_2_11]
    found = []
    for kind in classes:
        for owner in reversed(getattr(kind, "__mro__", ())):
            if "apply_gradients" in vars(owner) and owner not in found:
                found.append(owner)
                yield owner
                break


def _telling_pairs(method: Callable[..., Any], probe: Any) -> Callable[..., Any]:
    @functools.wraps(method)
    def apply_gradients(optimizer: Any, grads_and_vars: Any, *args: Any, **kwargs: Any) -> Any:
        followed: Flows | None = probe.flows()
        if followed is None:
            return method(optimizer, grads_and_vars, *args, **kwargs)
        pairs = list(grads_and_vars)
        return followed.apply(optimizer, pairs, kwargs, lambda: method(optimizer, pairs, *args, **kwargs))

    return apply_gradients


def _telling_loss(method: Callable[..., Any], probe: Any) -> Callable[..., Any]:
    @functools.wraps(method)
    def scale_loss(optimizer: Any, loss: Any) -> Any:
        followed: Flows | None = probe.flows()
        if followed is not None:
            followed.scale(loss)
        return method(optimizer, loss)

    return scale_loss


def _telling_lists(method: Callable[..., Any], probe: Any) -> Callable[..., Any]:
    @functools.wraps(method)
    def apply(optimizer: Any, grads: Any, trainable_variables: Any = None, *args: Any, **kwargs: Any) -> Any:
        followed: Flows | None = probe.flows()
        if followed is None or trainable_variables is None:
            return method(optimizer, grads, trainable_variables, *args, **kwargs)
        gradients, variables = list(grads), list(trainable_variables)
        pairs = list(zip(gradients, variables))
        return followed.apply(optimizer, pairs, {}, lambda: method(optimizer, gradients, variables, *args, **kwargs))

    return apply

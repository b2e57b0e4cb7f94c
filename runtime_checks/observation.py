"""Watches one training step, and plays it again on other labels and predictions.

``observe`` runs the model's ``train_step`` eagerly and keeps what it differentiates, calls and returns.
``Replay`` turns the step into a function of labels and predictions: it runs the step once more, hands out the given
predictions in the place of the model's output, and stops where the step asks for the gradient. So dropout and batch
normalisation have no say in it, and neither gradients nor metrics are computed.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator, Sequence

from .keras_model import compiled_loss_object, layer_classes, repack
from .patching import around


@dataclass
class GradientCall:
    """One ``tape.gradient`` whose sources are variables."""

    target: Any
    sources: Any
    tape: Any
    gradients: Any
    """As TensorFlow returned them, a flat list."""
    penalties: list[Any]
    """``model.losses`` at this moment."""
    penalty_gradient: list[Any]
    """The gradient of their sum, a flat list."""


@dataclass
class LayerCall:
    """One call of a layer or a model by the step itself."""

    layer: Any
    outputs: Any


@dataclass
class Observation:
    """What happened in a step."""

    gradient_calls: list[GradientCall] = field(default_factory=list)
    layer_calls: list[LayerCall] = field(default_factory=list)
    """Those before the first gradient."""
    compiled_losses: list[Any] = field(default_factory=list)
    """What the compiled loss returned, each time that it was called."""
    logs: Any = None


class _StepDoneError(BaseException):
    """Ends a replayed step at its gradient. No error of the user's, and not caught by ``except Exception``."""

    def __init__(self, target: Any) -> None:
        super().__init__()
        self.target = target


class ReplayError(RuntimeError):
    """A replayed step did not come to its gradient."""


def observe(model: Any, data: Any, training: bool = True) -> Observation:
    """Run the step on a batch; to be called inside ``untouched``."""
    seen = Observation()

    def gradient(original: Any, tape: Any, target: Any, sources: Any, *args: Any, **kwargs: Any) -> Any:
        _close(tape)
        result = original(tape, target, sources, *args, **kwargs)
        if _of_variables(target, sources):
            penalties, penalty_gradient = _penalties(model, tape, original, sources)
            seen.gradient_calls.append(GradientCall(target, sources, tape, _flat(result), penalties, penalty_gradient))
        return result

    def layer_called(layer: Any, call: Callable[[], Any]) -> Any:
        outputs = call()
        if not seen.gradient_calls:
            seen.layer_calls.append(LayerCall(layer, outputs))
        return outputs

    def compiled_loss_called(original: Any, container: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(container, *args, **kwargs)
        if container is compiled_loss_object(model) and not seen.gradient_calls:
            seen.compiled_losses.append(result)
        return result

    containers = [owner for owner in type(compiled_loss_object(model)).__mro__ if "__call__" in vars(owner)]
    with _watched(model, gradient, layer_called, training), around(containers[:1], "__call__", compiled_loss_called):
        seen.logs = model.train_step(data)
    return seen


class Replay:
    """The loss that a step differentiates, as a function of labels and predictions.

    Called as ``replay(y_true, y_pred, x, sample_weight, masks)``, where ``masks`` are the Keras masks of the flattened
    predictions.
    """

    def __init__(self, model: Any, data: Any, seen: Observation, forward: LayerCall) -> None:
        self._model = model
        self._data = data
        self._layer = forward.layer
        earlier = [call for call in seen.layer_calls if call.layer is forward.layer]
        self._skip = [call is forward for call in earlier].index(True)
        self._penalties: Sequence[Any] = seen.gradient_calls[0].penalties
        self._with_penalties = False

    def with_penalties(self) -> Replay:
        """The same loss, with the penalties (``model.losses``) of the observed step."""
        import copy

        other = copy.copy(self)
        other._with_penalties = True
        return other

    def __call__(self, y_true: Any, y_pred: Any, x: Any, sample_weight: Any, masks: Any = ()) -> Any:
        """Run the step up to its gradient and return what it differentiates."""
        import tensorflow as tf

        to_skip = [self._skip]

        def gradient(original: Any, tape: Any, target: Any, sources: Any, *args: Any, **kwargs: Any) -> Any:
            if _of_variables(target, sources):
                raise _StepDoneError(target)
            _close(tape)
            return original(tape, target, sources, *args, **kwargs)

        def layer_called(layer: Any, call: Callable[[], Any]) -> Any:
            if layer is not self._layer:
                return call()
            to_skip[0] -= 1
            return call() if to_skip[0] >= 0 else masked(y_pred, masks)

        def losses(_original: Any, _layer: Any) -> Any:
            kept = list(self._penalties)
            return kept if self._with_penalties else [tf.zeros_like(penalty) for penalty in kept]

        data = repack(self._data, (x, y_true, sample_weight))
        try:
            with _watched(self._model, gradient, layer_called, True), around(
                layer_classes(self._model), "losses", losses
            ):
                self._model.train_step(data)
        except _StepDoneError as done:
            return joined(done.target)
        raise ReplayError("the step did not take its gradient again")


def masked(outputs: Any, masks: Sequence[Any]) -> Any:
    """The outputs with their Keras masks."""
    import tensorflow as tf

    for leaf, mask in zip(tf.nest.flatten(outputs), masks):
        if mask is not None:
            leaf._keras_mask = mask
    return outputs


def masks_of(outputs: Any) -> tuple[Any, ...]:
    """The Keras masks of flattened outputs, nothing where there is none at all."""
    import tensorflow as tf

    masks = tuple(getattr(leaf, "_keras_mask", None) for leaf in tf.nest.flatten(outputs))
    return masks if any(mask is not None for mask in masks) else ()


def joined(target: Any) -> Any:
    """What ``tape.gradient`` was given, as one tensor: several targets are differentiated as their sum."""
    import tensorflow as tf

    targets = _flat(target)
    if len(targets) == 1:
        return tf.convert_to_tensor(targets[0])
    return tf.add_n([tf.reduce_sum(part) for part in targets])


@contextlib.contextmanager
def _watched(
    model: Any, gradient: Callable[..., Any], layer_called: Callable[[Any, Callable[[], Any]], Any], training: bool
) -> Iterator[None]:
    """Call back for every gradient, and for every call of a layer that is not made by another layer."""
    import tensorflow as tf

    depth = [0]

    def keep_tape(original: Any, tape: Any, persistent: bool = False, *args: Any, **kwargs: Any) -> None:
        # The step's own tape must answer a second question: the gradient of the reference.
        original(tape, True, *args, **kwargs)
        if not persistent:
            _FORCED[id(tape)] = tape

    def call_layer(original: Any, layer: Any, *args: Any, **kwargs: Any) -> Any:
        if depth[0]:
            return original(layer, *args, **kwargs)
        if not training and "training" in kwargs:
            kwargs["training"] = False
        depth[0] += 1
        try:
            return layer_called(layer, lambda: original(layer, *args, **kwargs))
        finally:
            depth[0] -= 1

    try:
        with around([tf.GradientTape], "__init__", keep_tape), around([tf.GradientTape], "gradient", gradient), around(
            layer_classes(model), "__call__", call_layer
        ):
            yield
    finally:
        _FORCED.clear()


_FORCED: dict[int, Any] = {}
"""The tapes that are persistent only because they are watched."""


def _close(tape: Any) -> None:
    """Stop recording at the gradient, as a tape that is not persistent does."""
    if id(tape) in _FORCED and tape._recording:
        tape._pop_tape()


def _of_variables(target: Any, sources: Any) -> bool:
    """Whether this is the gradient of computed values with respect to variables."""
    targets = [leaf for leaf in _flat(target) if leaf is not None]
    return all(hasattr(leaf, "numpy") for leaf in targets) and any(hasattr(leaf, "assign") for leaf in _flat(sources))


def _penalties(model: Any, tape: Any, gradient: Callable[..., Any], sources: Any) -> tuple[list[Any], list[Any]]:
    """``model.losses`` and the gradient of their sum.

    Penalties on weights are computed when they are read, those on activities were recorded by the step's tape.
    """
    import tensorflow as tf

    flat = _flat(sources)
    total: list[Any | None] = [None] * len(flat)
    with tf.GradientTape() as own:
        penalties = [tf.convert_to_tensor(penalty) for penalty in model.losses]
    for penalty in penalties:
        parts = gradient(own, penalty, flat)
        if all(part is None for part in parts):
            parts = gradient(tape, penalty, flat)
        total = [_plus(one, other) for one, other in zip(total, parts)]
    return penalties, total


def _plus(one: Any, other: Any) -> Any:
    import tensorflow as tf

    if one is None or other is None:
        return one if other is None else other
    return tf.convert_to_tensor(one) + tf.convert_to_tensor(other)


def _flat(structure: Any) -> list[Any]:
    import tensorflow as tf

    flat: list[Any] = tf.nest.flatten(structure)
    return flat

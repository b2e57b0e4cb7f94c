"""What all measures share: when they are done, and how they take a loss from an execution."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any, Callable, ClassVar, Iterator, Sequence

from ... import keras_model
from ...observation import joined
from ...patching import around
from ...relations import INVALID, Measurement, UnmeasurableError, align, shapes_equal
from ...report import NUMBERS
from ..arrays import is_array
from ..execution import Execution, Site
from ..verdicts import Verdict, inconclusive

LEAST = 1e-3
"""Two ways to compute one loss may differ in how they clip and smooth; less than this, relative, proves nothing."""
MOST_ATTEMPTS = 12
"""So many executions of a carrier may come to nothing before the site is given up."""


class Measure:
    """One claim, measured with one carrier."""

    relation: ClassVar[str]
    """The name by which claims ask for it."""
    operands: ClassVar[tuple[str, ...]] = ("label", "prediction")
    """The expressions that an execution must have seen."""
    kinds: ClassVar[tuple[str, ...]] = ("function", "block", "expression")
    """The carriers that it can measure with, in order of worth."""
    anywhere: ClassVar[tuple[str, ...]] = ()
    """Operands that may have been evaluated before the carrier: what they were last counts."""
    exact: ClassVar[bool] = False
    """Whether it compares what one run computes anyway, so that another run on the same batch tells as much."""
    sees_before: ClassVar[bool] = False
    """Whether it also looks at a step that is about to run."""
    keeps_state: ClassVar[bool] = False
    """Whether it keeps metrics of its own from batch to batch, and touches nothing of the program's."""
    follows_gradients: ClassVar[bool] = False
    """Whether it asks what becomes of gradients on their way to an optimizer."""

    takes_errors: ClassVar[bool] = False
    """Whether an expression that raised an error says something."""

    listens: ClassVar[bool] = False
    """Whether it is handed what the compiled loss or metric gets that the place is."""
    of_metrics: ClassVar[bool] = False
    """Whether a place in ``compile`` is among the metrics, and not the loss."""
    follows: ClassVar[bool] = False
    """Whether it is told of every value of every expression."""

    def __init__(self, site: Site, carrier: str, batches: int) -> None:
        self.site = site
        self.carrier = carrier
        self.batches = batches
        self.attempts = 0
        self.reasons: list[str] = []
        self.computed_on: str | None = None
        """The device of the tensors that it measured last."""
        self.first: Execution | None = None
        self.metric: Any = None
        """The metric that the place is: it tells of its batches itself, also where Keras updates it."""
        self.given: list[Any] = []
        """What else the place is that ``compile`` was given: a loss, or strings and functions for metrics."""
        self.program_over = False
        """Whether the program has come to its own end, so that nothing more can happen."""

    @classmethod
    def carriers_among(cls, carriers: Sequence[str]) -> list[str]:
        """The carriers that it can use."""
        return [carrier for kind in cls.kinds for carrier in carriers if carrier.split()[0] == kind]

    def is_for(self, execution: Execution) -> bool:
        """Whether an execution has seen all operands."""
        for role in self.anywhere:
            execution.recall(self.site, role)
        return all(execution.value(self.site, role) is not None for role in self.operands)

    def observe(self, execution: Execution) -> None:
        """Measure one execution."""
        self.attempts += 1
        self.note_device(execution.value(self.site, "prediction"))
        self.first = self.first or execution
        self.look(execution)

    def tapped(self, role: str, value: Any) -> None:
        """An expression has this value."""
        raise NotImplementedError

    def called(self, container: Any, y_true: Any, y_pred: Any, sample_weight: Any) -> None:
        """Keras hands a batch to the compiled loss or metric that the place is."""
        raise NotImplementedError

    def look_at_halves(self) -> None:
        """The program is over: where it had a single batch, two halves of it have to do."""
        if self.attempts != 1 or self.first is None or self.keeps_state:
            return
        if self.exact:
            self.look(replace(self.first, seen=self.first.replay({}).seen, is_whole=False))
            return
        for half in self.first.halves(self.site):
            self.look(half)

    def look(self, execution: Execution) -> None:
        """Measure one execution; what it raises becomes a reason."""
        raise NotImplementedError

    def fails(self, reason: str) -> None:
        """Something was raised while it measured."""
        self.reasons.append(reason)

    def note_device(self, value: Any) -> None:
        """Remember where something measured was computed, if it is a tensor."""
        device = str(getattr(value, "device", ""))
        if "device:" in device:
            self.computed_on = device.split("device:")[-1]

    @property
    def device(self) -> str:
        """Where that was, or else where TensorFlow computes what nobody places."""
        if self.computed_on is not None:
            return self.computed_on
        import tensorflow as tf

        return "GPU:0" if tf.config.list_logical_devices("GPU") else "CPU:0"

    @property
    def done(self) -> bool:
        """Whether it has seen enough."""
        return self.enough or self.attempts >= MOST_ATTEMPTS

    @property
    def enough(self) -> bool:
        """Whether it has an answer."""
        return False

    def verdict(self) -> Verdict:
        """What came out, at any time."""
        return inconclusive(self.reason)

    @property
    def reason(self) -> str:
        """Why there is no answer."""
        return self.reasons[0] if self.reasons else f"only {self.attempts} of {self.batches} batches"

    # --- losses

    def pair(self, execution: Execution) -> tuple[Any, Any]:
        """Labels and predictions, of one shape where they could be: a broadcast is another finding's matter."""
        y_true, y_pred = execution.value(self.site, "label"), execution.value(self.site, "prediction")
        fitting = None if shapes_equal(y_true, y_pred) else align(y_true, y_pred)
        return y_true if fitting is None else fitting, y_pred

    def loss(self, execution: Execution, of: str = "result") -> Callable[..., Any]:
        """The loss of an execution as a function of labels, predictions and its context.

        ``of`` is ``result`` for what the carrier gives, or ``place`` for the expression that the finding points at.
        """
        site = self.site

        # The labels may be used elsewhere as well, before or after a cast.
        also_labels = [same_values(leaf, execution.value(site, "label")) for leaf in execution.context]

        def loss(y_true: Any, y_pred: Any, *context: Any) -> Any:
            substitutes = {(site.id, "label"): y_true, (site.id, "prediction"): y_pred}
            given = [cast_like(y_true, leaf) if same else leaf for leaf, same in zip(context, also_labels)]
            replayed = execution.replay(substitutes, given)
            place = replayed.seen.get((site.id, "place"), [None])[0]
            value = place if of == "place" or not is_loss(replayed.result) else replayed.result
            if not is_loss(value):
                raise UnmeasurableError(f"a {type(value).__name__} is no loss")
            target = joined(value)
            if site.facts.get("linear") and value is place:
                import tensorflow as tf

                return tf.square(target)  # a difference alone has nothing to minimize
            return target

        return loss


@contextlib.contextmanager
def without_penalties(model: Any) -> Iterator[None]:
    """Have all penalties of a model be zero."""
    import tensorflow as tf

    def zero(penalties: Any, layer: Any) -> Any:
        return [tf.zeros_like(penalty) for penalty in penalties(layer)]

    with around(keras_model.layer_classes(model), "losses", zero):
        yield


def is_loss(value: Any) -> bool:
    """Whether it is a tensor, or several."""
    if isinstance(value, (list, tuple)):
        return bool(value) and all(map(is_array, value))
    return is_array(value)


def same_values(one: Any, other: Any) -> bool:
    """Whether two arrays hold the same numbers in the same shape."""
    import numpy as np

    if not is_array(one) or not is_array(other) or tuple(one.shape) != tuple(other.shape):
        return False
    first, second = np.asarray(one), np.asarray(other)
    return first.dtype.kind in "biuf" and bool(np.array_equal(first.astype(second.dtype), second))


def cast_like(value: Any, original: Any) -> Any:
    """A value in the type of another one."""
    import tensorflow as tf

    return tf.cast(value, original.dtype)


def valid(measurements: Sequence[Measurement]) -> list[Measurement]:
    """Those that say something."""
    return [measurement for measurement in measurements if measurement.verdict != INVALID]


def numbers_of(found: Measurement) -> dict[str, float | None]:
    """What a measurement says in a verdict's numbers."""
    return {key: getattr(found, key) for key in NUMBERS}

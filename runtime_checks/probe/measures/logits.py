"""A loss takes logits for probabilities, or probabilities for logits."""

from __future__ import annotations

import functools
from typing import Any, Callable, NamedTuple

from ... import keras_model
from ...comparison import every_second_row
from ...labels import ONE_HOT, SAME, SPARSE, label_forms
from ...reference import canonical, canonical_gradient
from ...relations import CONFIRMED, REFUTED, UnmeasurableError, cosine, norm_ratio, rows_of
from ...report import Numbers, gradients, number
from ..arrays import is_array
from ..execution import LEAST_ROWS, Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import LEAST, Measure


class Found(NamedTuple):
    """The loss of a batch, and what it is if the outputs are taken for what they are."""

    value: float
    meant: float
    is_meant: bool
    gradient: Numbers | None = None
    """Where the values are equal: how the gradients compare."""


class Logits(Measure):
    """Facts ``family``, the loss by its name in ``keras.losses``, and ``from_logits``, what it is told.

    Either operands ``label`` and ``prediction`` of a ``call``, or none: then the model is asked that was compiled with
    the loss. Keras may look at the operation before the loss, in graphs another one than eagerly, so a compiled
    loss is measured as ``test_on_batch`` computes it, in the user's own mode. Facts ``output`` and ``name``: by which
    position or key, and by which name, Keras knows the output that gets the loss, where there are several.

    Equal outputs for all classes, as zeros for weights make them, give the same value either way. Then the gradient
    tells.
    """

    relation = "logits"
    operands = ()
    kinds = ("expression", "compiled", "function", "block")

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.found: list[Found] = []
        self.taken = ""
        self.first_batch: tuple[Any, Any, Any] | None = None

    def is_for(self, execution: Execution) -> bool:
        """Calls have operands; compiled losses have a model."""
        return self.carrier.startswith("compiled") or (
            is_array(execution.value(self.site, "label")) and is_array(execution.value(self.site, "prediction"))
        )

    def look(self, execution: Execution) -> None:
        """A call of the loss, on what it got."""
        import tensorflow as tf

        y_true, y_pred = execution.value(self.site, "label"), execution.value(self.site, "prediction")
        values = execution.value(self.site, "call")
        if not is_array(values):
            raise UnmeasurableError("the call gives no loss")

        def gradient() -> Any:
            with tf.GradientTape() as tape:
                tape.watch(y_pred)
                replayed = execution.replay({(self.site.id, "label"): y_true, (self.site.id, "prediction"): y_pred})
                loss = tf.reduce_mean(replayed.seen[(self.site.id, "call")][0])
            return tape.gradient(loss, y_pred)

        self._compare(values, y_true, y_pred, gradient)

    def batch(self, model: Any, data: Any) -> None:
        """A batch of a model whose compiled loss this is."""
        if not self.carrier.startswith("compiled"):
            return
        self.attempts += 1
        x, y_true, _ = keras_model.unpack(data)
        self.first_batch = self.first_batch or (model, x, y_true)
        self._look_at_model(model, x, y_true)

    def look_at_halves(self) -> None:
        """Two halves of a single batch, also that of a model."""
        super().look_at_halves()
        if self.attempts != 1 or self.first_batch is None:
            return
        model, x, y_true = self.first_batch
        rows = rows_of(y_true)
        for first in (0, 1) if rows is not None and rows >= LEAST_ROWS else ():
            self._look_at_model(model, *every_second_row((x, y_true), first, rows or 0))

    def _look_at_model(self, model: Any, x: Any, y_true: Any) -> None:
        output, name = self.site.facts.get("output"), self.site.facts.get("name")
        if output is None and isinstance(model.loss, (list, tuple, dict)) and len(model.loss) > 1:
            raise UnmeasurableError("the model has several losses")

        def predict() -> Any:
            return keras_model.of_output(model(x, training=False), output, name)

        label, y_pred = keras_model.of_output(y_true, output, name), predict()
        loss_of = functools.partial(keras_model.compiled_loss, model, label)
        if output is not None:
            loss_of = functools.partial(keras_model.compiled_loss_of_output(model, output, name), label)
            loss_of(y_pred)  # the first call makes variables, which no graph can do
        loss, gradient = _in_graph(model, predict, loss_of)
        self._compare(loss, label, y_pred, lambda: gradient)

    def _compare(self, loss: Any, y_true: Any, y_pred: Any, gradient: Callable[[], Any]) -> None:
        import numpy as np

        value = float(np.asarray(loss, dtype=np.float64).mean())
        family, told = str(self.site.facts["family"]), bool(self.site.facts["from_logits"])
        forms = label_forms(y_true, y_pred)
        labels = forms.get(SPARSE) if family.startswith("sparse_") else forms.get(SAME, forms.get(ONE_HOT))
        if labels is None:
            raise UnmeasurableError("the labels do not fit the predictions")
        meant = float(canonical(family, labels, y_pred, from_logits=not told))
        literal = float(canonical(family, labels, y_pred, from_logits=told))
        outputs = np.asarray(y_pred, dtype=np.float64)
        between = bool((outputs >= 0).all() and (outputs <= 1).all())
        sums = bool(np.allclose(outputs.sum(axis=-1), 1.0, atol=1e-3)) or family == "binary_crossentropy"
        self.taken = f"outputs from {outputs.min():.3g} to {outputs.max():.3g}"
        # A sigmoid or softmax of anything gives more than zeros.
        if told != (between and sums and bool(outputs.any())):
            raise UnmeasurableError(f"{self.taken} {'may be logits' if told else 'may be probabilities'}")
        if not np.isfinite([value, meant, literal]).all():
            raise UnmeasurableError(f"{self.taken} give a loss that is not finite")
        if not _near(meant, literal):
            self.found.append(Found(value, meant, _near(value, meant)))
            return
        found = gradient()
        if found is None:
            raise UnmeasurableError(f"{self.taken} give the same loss either way")
        slopes = np.asarray(found, dtype=np.float64).ravel()
        both = [canonical_gradient(family, labels, y_pred, from_logits=taken).ravel() for taken in (not told, told)]
        alike = [_apart(slopes, other) <= LEAST for other in both]
        if alike[0] == alike[1]:
            raise UnmeasurableError(f"{self.taken} give the same loss either way")
        compared = {"gradient_ratio": norm_ratio(slopes, both[0]), "gradient_cosine": cosine(slopes, both[0])}
        self.found.append(Found(value, meant, alike[0], compared))

    @property
    def enough(self) -> bool:
        """Enough batches."""
        return len(self.found) >= self.batches

    def verdict(self) -> Verdict:
        """The loss of what the outputs are not, or that of what they are."""
        if not self.enough:
            return inconclusive(self.reason)
        told = "logits" if self.site.facts["from_logits"] else "probabilities"
        first = self.found[0]
        numbers = {
            "as_written": first.value,
            "reference": first.meant,
            "ratio": first.value / first.meant if first.meant else None,
            **(first.gradient or {}),
        }
        other = "probabilities" if told == "logits" else "logits"
        loss = f"loss {number(first.value)}"
        if all(found.is_meant for found in self.found):
            text = f"{self.taken} are taken for {other}, by Keras itself: {loss}"
            return verdict(REFUTED, text, device=self.device, numbers=numbers)
        if any(found.is_meant for found in self.found):
            return inconclusive("the batches contradict each other")
        text = f"{self.taken} are taken for {told}: {loss}, as {other} {number(first.meant)}"
        text += f"; {gradients(first.gradient)}" if first.gradient else ""
        return verdict(CONFIRMED, text, device=self.device, numbers=numbers)


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= LEAST * max(abs(one), abs(other))


def _apart(one: Any, other: Any) -> float:
    """How far two gradients are apart, relative to the longer one."""
    import numpy as np

    longest = max(float(np.linalg.norm(one)), float(np.linalg.norm(other)))
    return float(np.linalg.norm(one - other)) / longest if longest else 0.0


def _in_graph(model: Any, predict: Callable[[], Any], loss_of: Callable[[Any], Any]) -> Any:
    """A loss and its gradient by the outputs, in a graph: there Keras finds the operation that made the outputs."""
    import tensorflow as tf

    def compute() -> Any:
        with tf.GradientTape() as tape:
            y_pred = predict()
            tape.watch(y_pred)
            loss = loss_of(y_pred)
        return loss, tape.gradient(loss, y_pred)

    eager = bool(getattr(model, "_tfloss_run_eagerly", False))
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(eager)
    try:
        return tf.function(compute, autograph=False)()
    finally:
        tf.config.run_functions_eagerly(before)

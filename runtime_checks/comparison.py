"""Computes the loss of a step and the compiled loss from the same predictions, on the batch and on two halves of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Callable, Iterator, Mapping, Sequence

from . import keras_model
from .families import candidates
from .labels import ONE_HOT, SAME, SPARSE, label_forms
from .observation import LayerCall, Observation, Replay, joined, masked, masks_of, observe
from .reference import canonical
from .relations import (
    INVALID,
    Evaluation,
    Loss,
    Measurement,
    align,
    evaluate,
    reference,
    rows_of,
    shapes_equal,
    summary,
)
from .report import NUMBERS, AuditFinding, Numbers, finding
from .untouched import Untouched

LEAST_ROWS = 4
"""Each half of the batch needs two rows."""
MOST_ELEMENTS = 2**24
"""Predictions with more elements than that would take minutes and gigabytes."""


class NothingToCompareError(Exception):
    """There is no single loss of labels and predictions; the text becomes a note of the report."""


@dataclass(frozen=True)
class Subject:
    """A model, a batch, and what happened when the model's step ran on it."""

    model: Any
    data: Any
    seen: Observation
    state: Untouched

    @property
    def own_step(self) -> bool:
        """Whether ``train_step`` is the user's."""
        return keras_model.is_own(self.model, "train_step")

    def finding(
        self,
        code: str,
        status: str,
        text: str,
        *,
        reason: str = "",
        shapes: Mapping[str, Sequence[int]] | None = None,
        numbers: Numbers | None = None,
    ) -> AuditFinding:
        """A finding with everything that its verdict says."""
        given = numbers or {}
        verdict: dict[str, Any] = {
            "status": status,
            "reason": reason,
            "device": self.device,
            "versions": keras_model.versions(self.model),
            "shapes": {name: list(shape) for name, shape in (shapes or {}).items()},
            **{key: given.get(key) for key in NUMBERS},
        }
        return finding(code, text or reason, verdict)

    @property
    def device(self) -> str:
        """Where the loss was computed."""
        for call in self.seen.gradient_calls:
            return str(joined(call.target).device).split("device:")[-1] or "CPU:0"
        return "unknown"


@dataclass(frozen=True)
class Part:
    """Some rows of the batch."""

    y_true: Any
    y_pred: Any
    context: tuple[Any, ...]
    """Features, sample weights and masks."""
    rows: int


class Comparison:
    """The loss of the step beside the compiled one, if there is a single prediction to compute both from."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.model = subject.model
        calls = subject.seen.gradient_calls
        if not calls:
            raise NothingToCompareError("the step takes no gradient with tape.gradient")
        if len(calls) > 1:
            raise NothingToCompareError(f"the step takes {len(calls)} gradients")
        self.call = calls[0]
        self.target = joined(self.call.target)
        self.forward = self._forward()
        self.whole = self._whole()
        self.parts = [self.whole]
        if self.whole.rows >= LEAST_ROWS:
            self.parts += [self._every_second_row(0), self._every_second_row(1)]
        self.replay = Replay(self.model, subject.data, subject.seen, self.forward)
        self.step_loss: Loss = self.replay
        self.has_compiled_loss = keras_model.compiled_loss_object(self.model) is not None
        self.value = self.value_of(self.step_loss, self.whole)
        """The loss of the step, without penalties."""
        self.included = self._replayed() - self.value
        """What the step adds to it when the model has penalties."""

    # --- losses

    def aligned(self, y_true: Any, y_pred: Any, *context: Any) -> Any:
        """The loss of the step, of labels in the shape of the predictions."""
        import tensorflow as tf

        labels, predictions = tf.nest.flatten(y_true), tf.nest.flatten(y_pred)
        if len(labels) == len(predictions):
            fitting = [align(label, prediction) for label, prediction in zip(labels, predictions)]
            labels = [label if other is None else other for label, other in zip(labels, fitting)]
        return self.step_loss(tf.nest.pack_sequence_as(y_true, labels), y_pred, *context)

    def compiled(self, y_true: Any, y_pred: Any, *context: Any) -> Any:
        """The compiled loss, without penalties."""
        _, sample_weight, *masks = context
        return keras_model.compiled_loss(self.model, y_true, masked(y_pred, *masks), sample_weight)

    def unweighted(self, y_true: Any, y_pred: Any, *context: Any) -> Any:
        """The compiled loss without sample weights."""
        _, _, *masks = context
        return keras_model.compiled_loss(self.model, y_true, masked(y_pred, *masks), None)

    # --- measurements

    def reweighted(self, loss: Loss) -> list[Measurement]:
        """A loss of other sample weights against the same loss of the batch's own."""
        return [
            reference(with_other_weights(loss), part.y_true, part.y_pred, loss, part.context) for part in self.parts
        ]

    def value_of(self, loss: Loss, part: Part) -> float:
        """The sum of the elements of a loss."""
        return self.evaluation(loss, part).value

    def evaluation(self, loss: Loss, part: Part) -> Evaluation:
        """A loss and its gradient with respect to the predictions."""
        try:
            return evaluate(loss, part.y_true, part.y_pred, part.context)
        except Exception as error:
            raise NothingToCompareError(f"the step does not run again ({summary(error)})") from error

    def measure(self, relation: Callable[..., Measurement], loss: Loss) -> list[Measurement]:
        """A relation on all parts, the whole batch first."""
        return [relation(loss, part.y_true, part.y_pred, context=part.context) for part in self.parts]

    def outputs_of_other_rank(self) -> list[int]:
        """The outputs whose labels have another shape and could have the same."""
        import tensorflow as tf

        labels, predictions = tf.nest.flatten(self.whole.y_true), tf.nest.flatten(self.whole.y_pred)
        if len(labels) != len(predictions):
            return []
        return [
            index
            for index, (label, prediction) in enumerate(zip(labels, predictions))
            if not shapes_equal(label, prediction) and align(label, prediction) is not None
        ]

    def measure_output(self, relation: Callable[..., Measurement], output: int) -> list[Measurement]:
        """A relation of the step's loss as a function of one output and its labels."""
        import tensorflow as tf

        def of_output(label: Any, prediction: Any, all_labels: Any, all_predictions: Any, *context: Any) -> Any:
            labels, predictions = list(all_labels), list(all_predictions)
            labels[output], predictions[output] = label, prediction
            y_true = tf.nest.pack_sequence_as(self.whole.y_true, labels)
            return self.step_loss(y_true, tf.nest.pack_sequence_as(self.whole.y_pred, predictions), *context)

        found = []
        for part in self.parts:
            labels, predictions = tf.nest.flatten(part.y_true), tf.nest.flatten(part.y_pred)
            context = (labels, predictions, *part.context)
            found.append(relation(of_output, labels[output], predictions[output], context=context))
        return found

    def measure_compiled(self, relation: Callable[..., Measurement]) -> list[Measurement]:
        """A relation of the compiled loss."""
        return [
            relation(self.compiled, self.reference_labels(part), part.y_pred, context=part.context)
            for part in self.parts
        ]

    def against(self, loss: Loss, other: Loss) -> list[Measurement]:
        """A loss against another one, which gets the labels in the form that the compiled loss takes."""
        found = []
        for part in self.parts:
            labels = self.reference_labels(part)
            if labels is None:
                reason = f"labels {shape_of(part.y_true)} do not fit predictions {shape_of(part.y_pred)}"
                found.append(Measurement("reference", INVALID, reason))
            else:
                found.append(reference(loss, part.y_true, part.y_pred, other, part.context, labels=labels))
        return found

    def reference_labels(self, part: Part) -> Any:
        """The labels in the form that the compiled loss takes with these predictions; ``None`` if there is none."""
        import tensorflow as tf

        if tf.nest.is_nested(part.y_true) or tf.nest.is_nested(part.y_pred):
            return part.y_true
        forms = label_forms(part.y_true, part.y_pred)
        if "sparse" in keras_model.compiled_loss_name(self.model).lower():
            return forms.get(SPARSE)
        return forms.get(SAME, forms.get(ONE_HOT))

    def families(self) -> Iterator[tuple[str, Callable[[Part], Any], dict[str, Any]]]:
        """Well-known losses that may go with these labels: name, labels of a part, options."""
        for form in label_forms(self.whole.y_true, self.whole.y_pred):

            def labels_of(part: Part, form: str = form) -> Any:
                return label_forms(part.y_true, part.y_pred).get(form)

            for name, options in candidates(form):
                yield name, labels_of, options

    def totals(self, name: str, labels_of: Callable[[Part], Any], options: Mapping[str, Any]) -> list[float]:
        """The sums over the rows of a well-known loss on all parts; nothing where it does not apply."""
        try:
            return [
                float(canonical(name, labels_of(part), part.y_pred, reduction="sum", **options)) for part in self.parts
            ]
        except (ValueError, TypeError, IndexError):
            return []

    # --- gradients with respect to the variables

    def weights_gradient(self, loss: Loss, labels: Any = None) -> list[Any]:
        """The gradient of a loss of the step's own predictions."""
        import tensorflow as tf

        part = self.whole
        flat = evaluate(loss, part.y_true if labels is None else labels, part.y_pred, part.context).gradient
        outputs = tf.nest.flatten(self.forward.outputs)
        given, begin = [], 0
        for leaf in outputs:
            end = begin + int(leaf.shape.num_elements())
            values = [0.0] * (end - begin) if flat is None else flat[begin:end]
            given.append(tf.cast(tf.reshape(tf.constant(values, tf.float64), leaf.shape), leaf.dtype))
            begin = end
        return list(self.call.tape.gradient(outputs, tf.nest.flatten(self.call.sources), output_gradients=given))

    def against_compiled(self, loss: Loss | None = None) -> dict[str, float | None]:
        """How a gradient compares with that of the compiled loss; by default the step's own, with all penalties."""
        labels = self.reference_labels(self.whole)
        if labels is None:
            return {}
        compiled = self.weights_gradient(self.compiled, labels)
        if loss is not None:
            return compared(self.weights_gradient(loss), compiled)
        return compared(self.call.gradients, added(compiled, self.call.penalty_gradient))

    def compiled_loss_is_trained(self) -> bool:
        """Whether the step computed the compiled loss and the gradient goes through it."""
        import tensorflow as tf

        for value in self.subject.seen.compiled_losses:
            if value is not None:
                through = self.call.tape.gradient(self.call.target, [tf.convert_to_tensor(value)])
                if through[0] is not None:
                    return True
        return False

    # --- penalties

    @property
    def penalty(self) -> float:
        """The sum of ``model.losses``."""
        import numpy as np

        return float(sum(np.asarray(penalty, dtype=np.float64).sum() for penalty in self.call.penalties))

    def penalty_is_seen(self, least: float) -> bool:
        """Whether the penalties are large enough to be seen beside the loss."""
        return math.isfinite(self.penalty) and abs(self.penalty) > least * abs(self.value)

    # --- set-up

    def _forward(self) -> LayerCall:
        import numpy as np
        import tensorflow as tf

        sources = {id(leaf) for leaf in tf.nest.flatten(self.call.sources)}
        trained = [
            call
            for call in self.subject.seen.layer_calls
            if any(id(variable) in sources for kept in call.layer.trainable_variables for variable in both_forms(kept))
        ]
        if len(trained) != 1:
            raise NothingToCompareError(f"the step calls {len(trained) or 'no'} trained models")
        outputs = tf.nest.flatten(trained[0].outputs)
        if not all(tf.is_tensor(leaf) and leaf.dtype.is_floating for leaf in outputs):
            raise NothingToCompareError("the predictions are no dense real numbers")
        if sum(int(np.prod(leaf.shape)) for leaf in outputs) > MOST_ELEMENTS:
            raise NothingToCompareError("the predictions are too large")
        return trained[0]

    def _whole(self) -> Part:
        import tensorflow as tf

        x, y_true, sample_weight = keras_model.unpack(self.subject.data)
        if y_true is None:
            raise NothingToCompareError("the batch has no labels")
        if any(isinstance(leaf, tf.SparseTensor) for leaf in tf.nest.flatten((x, y_true))):
            raise NothingToCompareError("the batch has sparse tensors")
        predictions = tf.nest.map_structure(tf.identity, self.forward.outputs)
        rows = rows_of(predictions)
        if rows is None or rows_of(y_true) != rows:
            raise NothingToCompareError("labels and predictions have no common batch axis")
        return Part(y_true, predictions, (x, sample_weight, masks_of(self.forward.outputs)), rows)

    def _every_second_row(self, first: int) -> Part:
        # Neighbours may be alike: data are often sorted by class.
        whole = (self.whole.y_true, self.whole.y_pred, self.whole.context)
        y_true, y_pred, context = every_second_row(whole, first, self.whole.rows)
        return Part(y_true, y_pred, context, len(range(first, self.whole.rows, 2)))

    def _replayed(self) -> float:
        """The step's loss, which must come out the same when the step gets its own predictions."""
        import numpy as np

        first = float(np.asarray(self.target, dtype=np.float64).sum())
        again = self.value_of(self.replay.with_penalties(), self.whole)
        if not math.isfinite(first):
            raise NothingToCompareError("the loss is not finite")
        if not near(first, again, 1e-4):
            raise NothingToCompareError("the loss is random, or depends on more than labels and predictions")
        return again


def both_forms(variable: Any) -> tuple[Any, Any]:
    """A variable of Keras 3 and TensorFlow's own inside it: a step may differentiate by either."""
    return variable, getattr(variable, "_value", variable)


def with_other_weights(loss: Loss) -> Loss:
    """The loss of sample weights from 0 to 4 in the place of the batch's own, which may all be equal on some rows."""
    import numpy as np
    import tensorflow as tf

    def others(weights: Any) -> Any:
        if weights is None:
            return None
        size = int(np.prod(weights.shape))
        return tf.cast(tf.reshape(tf.range(size) % 5, weights.shape), weights.dtype)

    def reweighted(y_true: Any, y_pred: Any, x: Any, sample_weight: Any, *masks: Any) -> Any:
        return loss(y_true, y_pred, x, tf.nest.map_structure(others, sample_weight), *masks)

    return reweighted


def every_second_row(structure: Any, first: int, rows: int) -> Any:
    """Half of the rows of all tensors that have as many; what is no such tensor stays."""
    import tensorflow as tf

    def take(leaf: Any) -> Any:
        shape = getattr(leaf, "shape", None)
        return tf.gather(leaf, range(first, rows, 2)) if shape is not None and shape.rank and shape[0] == rows else leaf

    return tf.nest.map_structure(take, structure)


def observed_on_half(subject: Subject, first: int, rows: int) -> Observation:
    """The step run on half of the batch."""
    return observe(subject.model, every_second_row(subject.data, first, rows))


def compared(first: Sequence[Any], second: Sequence[Any]) -> dict[str, float | None]:
    """Ratio and cosine of two gradients that are lists of one tensor for each variable."""
    import numpy as np

    dot = squares = others = 0.0
    for one, other in zip(first, second):
        arrays = [None if part is None else np.asarray(dense(part), dtype=np.float64) for part in (one, other)]
        squares += 0.0 if arrays[0] is None else float(np.square(arrays[0]).sum())
        others += 0.0 if arrays[1] is None else float(np.square(arrays[1]).sum())
        if arrays[0] is not None and arrays[1] is not None:
            dot += float((arrays[0] * arrays[1]).sum())
    product = math.sqrt(squares * others)
    return {
        "gradient_ratio": math.sqrt(squares / others) if others else None,
        "gradient_cosine": max(-1.0, min(1.0, dot / product)) if product else None,
    }


def added(first: Sequence[Any], second: Sequence[Any]) -> list[Any]:
    """The sum of two gradients."""
    return [
        one if other is None else other if one is None else dense(one) + dense(other)
        for one, other in zip(first, second)
    ]


def dense(gradient: Any) -> Any:
    """A gradient as a tensor, also that of an embedding."""
    import tensorflow as tf

    return tf.convert_to_tensor(gradient)


def near(one: float, other: float, tolerance: float) -> bool:
    """Whether two numbers are equal, up to a relative tolerance."""
    return abs(one - other) <= tolerance * max(abs(one), abs(other))


def divided(value: float | None, by: float | None) -> float | None:
    """A ratio, ``None`` where it is undefined."""
    return value / by if value is not None and by else None


def shape_of(structure: Any) -> tuple[int, ...]:
    """The shape of the first tensor."""
    import tensorflow as tf

    leaf = tf.nest.flatten(structure)[0]
    return tuple(-1 if size is None else int(size) for size in leaf.shape)

"""A loss takes logits for probabilities, or probabilities for logits."""

from __future__ import annotations

from typing import Any

from ... import keras_model
from ...labels import ONE_HOT, SAME, SPARSE, label_forms
from ...reference import canonical
from ...relations import CONFIRMED, REFUTED
from ...report import number
from ..sites import Execution, is_array
from ..verdicts import Verdict, inconclusive, verdict
from .base import LEAST, Measure


class Logits(Measure):
    """Facts ``family``, the loss by its name in ``keras.losses``, and ``from_logits``, what it is told.

    Either operands ``label`` and ``prediction`` of a ``call``, or none: then the model is asked that was compiled with
    the loss. Keras may look at the operation before the loss, in graphs another one than eagerly, so a compiled
    loss is measured as ``test_on_batch`` computes it, in the user's own mode.
    """

    relation = "logits"
    operands = ()
    kinds = ("expression", "compiled", "function", "block")

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.found: list[tuple[float, float, float]] = []
        self.taken = ""

    def is_for(self, execution: Execution) -> bool:
        """Calls have operands; compiled losses have a model."""
        return self.carrier.startswith("compiled") or (
            is_array(execution.value(self.site, "label")) and is_array(execution.value(self.site, "prediction"))
        )

    def look(self, execution: Execution) -> None:
        """A call of the loss, on what it got."""
        import numpy as np

        y_true, y_pred = execution.value(self.site, "label"), execution.value(self.site, "prediction")
        values = execution.value(self.site, "call")
        if not is_array(values):
            raise TypeError("the call gives no loss")
        self._compare(float(np.asarray(values, dtype=np.float64).mean()), y_true, y_pred)

    def batch(self, model: Any, data: Any) -> None:
        """A batch of a model whose compiled loss this is."""
        import numpy as np

        if not self.carrier.startswith("compiled"):
            return
        self.attempts += 1
        x, y_true, sample_weight = keras_model.unpack(data)
        if sample_weight is not None:
            raise ValueError("the batch has sample weights")
        if isinstance(model.loss, (list, tuple, dict)):
            raise ValueError("the model has several losses")
        y_pred = model(x, training=False)
        value = float(np.asarray(_loss_of_model(model, x, y_true)))
        self._compare(value, y_true, y_pred)

    def _compare(self, value: float, y_true: Any, y_pred: Any) -> None:
        import numpy as np

        family, told = str(self.site.facts["family"]), bool(self.site.facts["from_logits"])
        forms = label_forms(y_true, y_pred)
        labels = forms.get(SPARSE) if family.startswith("sparse_") else forms.get(SAME, forms.get(ONE_HOT))
        if labels is None:
            raise ValueError("the labels do not fit the predictions")
        meant = float(canonical(family, labels, y_pred, from_logits=not told))
        literal = float(canonical(family, labels, y_pred, from_logits=told))
        outputs = np.asarray(y_pred, dtype=np.float64)
        between = bool((outputs >= 0).all() and (outputs <= 1).all())
        sums = bool(np.allclose(outputs.sum(axis=-1), 1.0, atol=1e-3)) or family == "binary_crossentropy"
        self.taken = f"outputs from {outputs.min():.3g} to {outputs.max():.3g}"
        # A sigmoid or softmax of anything gives more than zeros.
        if told != (between and sums and bool(outputs.any())):
            raise ValueError(f"{self.taken} {'may be logits' if told else 'may be probabilities'}")
        if _near(meant, literal):
            raise ValueError(f"{self.taken} give the same loss either way")
        self.found.append((value, meant, literal))

    @property
    def enough(self) -> bool:
        """Enough batches."""
        return len(self.found) >= self.batches

    def verdict(self) -> Verdict:
        """The loss of what the outputs are not, or that of what they are."""
        if not self.enough:
            return inconclusive(self.reason)
        told = "logits" if self.site.facts["from_logits"] else "probabilities"
        value, meant, _ = self.found[0]
        numbers = {"as_written": value, "reference": meant, "ratio": value / meant if meant else None}
        other = "probabilities" if told == "logits" else "logits"
        text = f"{self.taken} are taken for {told}: loss {number(value)}, as {other} {number(meant)}"
        if all(_near(value, meant) for value, meant, _ in self.found):
            text = f"{self.taken} are taken for {other}, by Keras itself: loss {number(value)}"
            return verdict(REFUTED, text, device=self.device, numbers=numbers)
        if all(not _near(value, meant) for value, meant, _ in self.found):
            return verdict(CONFIRMED, text, device=self.device, numbers=numbers)
        return inconclusive("the batches contradict each other")


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= LEAST * max(abs(one), abs(other))


def _loss_of_model(model: Any, x: Any, y_true: Any) -> Any | None:
    """The compiled loss of a batch in a graph, where Keras finds the operation that made the outputs."""
    import tensorflow as tf

    eager = bool(getattr(model, "_tfloss_run_eagerly", False))
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(eager)
    try:
        loss = tf.function(lambda: keras_model.compiled_loss(model, y_true, model(x, training=False)), autograph=False)
        return loss()
    finally:
        tf.config.run_functions_eagerly(before)

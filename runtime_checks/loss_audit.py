"""A Keras callback that audits the first batches of a user's own ``fit``.

    from tfloss_lint.runtime_checks import LossAudit

    model.fit(x, y, callbacks=[LossAudit()])

It has the methods of ``keras.callbacks.Callback`` and inherits from none, so that it serves the models of Keras 2,
``tf_keras`` and Keras 3 alike. When training begins, it puts a function of its own in the place of the model's
``train_function``. That function takes a batch from the iterator, puts the train function back, hands it an iterator
with that very batch, and audits the batch once it is trained on. So each batch is trained on by the untouched function,
in the order and with the random numbers that it would have had; after the checked batches the audit has no part in
training.
"""

from __future__ import annotations

import sys
import warnings
from types import FrameType
from typing import Any, Callable, Union

from . import keras_model
from .audit import audit_step
from .relations import summary
from .report import AuditFinding, AuditReport

OnFinding = Union[str, Callable[[AuditFinding], Any]]

ARRAY_ADAPTERS = ("TensorLikeDataAdapter", "GenericArrayLikeDataAdapter", "ArrayDataAdapter")
"""What feeds arrays to ``fit``, in both generations: these know whether the last batch is smaller."""


class LossAuditWarning(UserWarning):
    """An audited training step does not do what ``compile`` asked for, or could not be audited."""


class LossAuditError(RuntimeError):
    """Raised by ``LossAudit(on_finding="raise")``; ``findings`` are what was confirmed."""

    def __init__(self, findings: list[AuditFinding]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings


class LossAudit:
    """Audits ``train_step`` on the first batches of a ``fit``, and reports what all of them confirm.

    ``on_finding`` is ``"warn"`` (a ``LossAuditWarning`` for each finding), ``"raise"`` (a ``LossAuditError``), or a
    function that is called with each finding. ``reports`` has the report of every audited batch, ``findings`` what was
    confirmed.
    """

    # What the callback lists of both generations look for.
    _supports_tf_logs = True
    _chief_worker_only = None
    async_safe = True

    def __init__(self, batches: int = 2, on_finding: OnFinding = "warn") -> None:
        if batches < 1:
            raise ValueError(f"batches={batches}: at least one batch must be audited")
        if on_finding not in ("warn", "raise") and not callable(on_finding):
            raise ValueError(f"on_finding={on_finding!r}: 'warn', 'raise' or a function is needed")
        self.batches = batches
        self.on_finding = on_finding
        self.model: Any = None
        self.params: Any = None
        self.reports: list[AuditReport] = []
        self.findings: list[AuditFinding] = []
        self._untouched: Any = None
        self._wrapper: Any = None
        self._partial_batches: bool | None = None

    # --- called by Keras

    def set_params(self, params: Any) -> None:
        """Keep what ``fit`` says of itself."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Keep the model."""
        self.model = model

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002 - Keras names it
        """Begin anew with each ``fit``."""
        self.reports, self.findings = [], []
        try:
            keras_model.check(self.model)
        except keras_model.UnsupportedModelError as error:
            return self._say_unaudited(str(error))
        if keras_model.replicas(self.model) > 1:
            return self._say_unaudited("the model trains on several replicas")
        if self.model.train_function is None:
            return self._say_unaudited("the model makes its train function otherwise than Keras does")
        self._partial_batches = _has_partial_batch()
        return self._arm()

    def on_train_end(self, logs: Any = None) -> None:  # noqa: ARG002
        """Report, if training ended before all batches were audited."""
        if self._disarm():
            self._report()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("on_"):
            return _nothing
        if name.startswith("_implements_"):
            return _no
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    # --- the train function

    def _arm(self) -> None:
        """Audit the next batch."""
        import tensorflow as tf

        def audited(iterator: Any) -> Any:
            self._disarm()
            if not isinstance(iterator, tf.data.Iterator):
                self._give_up(f"batches come from a {type(iterator).__name__}")
                return train_function(iterator)
            taken = _take(iterator, _steps_per_execution(self.model))
            if not taken:
                return train_function(iterator)  # it has ended, and says so itself
            result = train_function(_iterator_over(taken, iterator.element_spec))
            self._audit(taken[0], iterator.element_spec)
            if self._remaining():
                self._arm()
            return result

        train_function = self.model.train_function
        self._untouched, self._wrapper = train_function, audited
        self.model.train_function = audited

    def _disarm(self) -> bool:
        """Put the train function back; whether it had to be."""
        armed = self._wrapper is not None and self.model.train_function is self._wrapper
        if armed:
            self.model.train_function = self._untouched
        self._untouched = self._wrapper = None
        return armed

    def _remaining(self) -> bool:
        return len(self.reports) < self.batches

    def _audit(self, batch: Any, element_spec: Any) -> None:
        try:
            partial = _partial_batches(element_spec, self._partial_batches)
            self.reports.append(audit_step(self.model, _without_optionals(batch), partial_batches=partial))
        except Exception as error:  # noqa: BLE001 - an audit must not end a training
            self._give_up(summary(error))
        if not self._remaining():
            self._report()

    # --- what was found

    def _give_up(self, reason: str) -> None:
        self._say_unaudited(reason)
        self.reports += [AuditReport(type(self.model).__name__, notes=(reason,))] * (self.batches - len(self.reports))

    def _say_unaudited(self, reason: str) -> None:
        warnings.warn(f"the training step is not audited: {reason}", LossAuditWarning, stacklevel=2)

    def _report(self) -> None:
        """Report what every audited batch confirms."""
        if not self.reports:
            return
        confirmed = [{finding.code for finding in report.confirmed} for report in self.reports]
        agreed = set.intersection(*confirmed)
        self.findings = [finding for finding in self.reports[0].confirmed if finding.code in agreed]
        if not self.findings:
            return
        if self.on_finding == "raise":
            raise LossAuditError(self.findings)
        for finding in self.findings:
            if callable(self.on_finding):
                self.on_finding(finding)
            else:
                warnings.warn(str(finding), LossAuditWarning, stacklevel=2)


def _nothing(*_args: Any, **_kwargs: Any) -> None:
    """Stand in for the hooks that the audit has no use for."""


def _no() -> bool:
    """Tell Keras 2 that there is nothing to call for every batch."""
    return False


_nothing._is_default = True  # type: ignore[attr-defined]


def _steps_per_execution(model: Any) -> int:
    """How many batches one call of the train function takes."""
    steps: Any = getattr(model, "_steps_per_execution", None)
    if steps is None:
        steps = getattr(model, "steps_per_execution", 1)
    return int(steps.numpy() if hasattr(steps, "numpy") else steps)


def _take(iterator: Any, count: int) -> list[Any]:
    """Up to so many batches."""
    taken: list[Any] = []
    for batch in iterator:
        taken.append(batch)
        if len(taken) == count:
            break
    return taken


def _iterator_over(batches: list[Any], element_spec: Any) -> Any:
    """An iterator over these batches that a traced train function takes for the one that they came from."""
    import tensorflow as tf

    try:
        dataset = tf.data.Dataset.from_generator(lambda: iter(batches), output_signature=element_spec)
    except (TypeError, ValueError):  # elements of a kind that a generator cannot have
        dataset = tf.data.Dataset.from_tensors(batches[0])
        for batch in batches[1:]:
            dataset = dataset.concatenate(tf.data.Dataset.from_tensors(batch))
    return iter(dataset)


def _without_optionals(batch: Any) -> Any:
    """The batch with ``None`` where Keras 3 has an empty option."""
    import tensorflow as tf

    return tf.nest.map_structure(lambda leaf: None if isinstance(leaf, tf.experimental.Optional) else leaf, batch)


def _partial_batches(element_spec: Any, known: bool | None) -> bool | None:
    """Whether there may be a smaller batch: not if the number of rows is part of the type."""
    import tensorflow as tf

    if known is not None:
        return known
    shapes = [getattr(spec, "shape", None) for spec in tf.nest.flatten(element_spec)]
    return False if shapes and all(shape is not None and shape.rank and shape[0] for shape in shapes) else None


def _has_partial_batch() -> bool | None:
    """Whether ``fit`` was given arrays whose last batch is smaller; ``None`` if it was given something else.

    Keras tells callbacks the number of batches and not that of the rows, but the ``fit`` that called has both.
    """
    frame: FrameType | None = sys._getframe(1)
    for _ in range(12):
        if frame is None:
            break
        handler = frame.f_locals.get("data_handler")
        epoch_iterator = frame.f_locals.get("epoch_iterator")
        adapter = getattr(handler, "_adapter", None) or getattr(epoch_iterator, "data_adapter", None)
        if adapter is not None:
            if type(adapter).__name__ not in ARRAY_ADAPTERS:
                return None
            answer = adapter.has_partial_batch
            return bool(answer() if callable(answer) else answer)
        frame = frame.f_back
    return None

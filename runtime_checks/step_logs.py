"""Whether the logs of a step are means over the batches."""

from __future__ import annotations

import math
from typing import Any, Iterator, Mapping, Sequence

from . import keras_model
from .comparison import Subject, divided, near, observed_on_half
from .observation import Observation, joined
from .relations import CONFIRMED, INCONCLUSIVE, rows_of, summary
from .report import AuditFinding, number

SAME = 1e-5
"""A log is taken for a loss if they differ by less, relative."""
APART = 1e-3
"""The losses of two batches must differ by more, or their mean cannot be told from the last one."""


def untracked_logs(subject: Subject, notes: list[str]) -> list[AuditFinding]:
    """Run the step on two halves of the batch as ``fit`` does, and compare what is shown with their mean loss."""
    model = subject.model
    rows = rows_of(keras_model.unpack(subject.data)[0])
    if rows is None or rows < 2:
        return []
    subject.state.restore()
    try:
        model.reset_metrics()
        seen = [observed_on_half(subject, first, rows) for first in (0, 1)]
        if not all(isinstance(one.logs, Mapping) for one in seen):
            return []
        shown = keras_model.shown_logs(model, seen[1].logs)
        tracked = _tracker_is_used(model)
    except Exception as error:  # noqa: BLE001 - the user's code may raise anything
        notes.append(f"the logs are not checked: on half of the batch, {summary(error)}")
        return []
    finally:
        subject.state.restore()
    sizes = [(rows + 1) // 2, rows // 2]
    found = [_log(subject, key, seen, _scalar(shown.get(key)), sizes, tracked) for key in seen[1].logs]
    return [finding for finding in found if finding is not None]


def _log(
    subject: Subject, key: str, seen: Sequence[Observation], visible: float | None, sizes: Sequence[int], tracked: bool
) -> AuditFinding | None:
    """One entry of the logs: whether it is the last batch's loss, or zero for want of an update."""
    if visible is None:
        return None
    values = [_scalar(one.logs.get(key)) for one in seen]
    for losses in _losses(seen):
        mean = sum(loss * size for loss, size in zip(losses, sizes)) / sum(sizes)
        raw = all(value is not None and near(value, loss, SAME) for value, loss in zip(values, losses))
        zero = key == "loss" and visible == 0.0 and not tracked and len(seen[0].gradient_calls) == 1
        if not (raw or zero) or near(visible, mean, SAME) or not math.isfinite(mean):
            continue
        numbers = {"as_written": visible, "reference": mean, "ratio": divided(visible, mean)}
        if visible != 0.0 and near(losses[0], losses[1], APART):
            reason = f"log {key!r}: two halves of the batch have nearly the same loss"
            return subject.finding("TFL303", INCONCLUSIVE, "", reason=reason, numbers=numbers)
        what = "0.0, from a tracker that nothing updates" if visible == 0.0 else f"{number(visible)}, that of the last"
        text = f"log {key!r} of two batches shows {what}; their mean loss is {number(mean)}"
        return subject.finding("TFL303", CONFIRMED, text, numbers=numbers)
    return None


def _losses(seen: Sequence[Observation]) -> Iterator[list[float]]:
    """What may be logged as the loss of each batch: every target's mean or sum, with and without the penalties."""
    import numpy as np

    for calls in zip(*(one.gradient_calls for one in seen)):
        targets = [np.asarray(joined(call.target), dtype=np.float64) for call in calls]
        yield [float(target.mean()) for target in targets]
        if any(target.size > 1 for target in targets):
            yield [float(target.sum()) for target in targets]
        penalties = [float(sum(np.asarray(part, dtype=np.float64).sum() for part in call.penalties)) for call in calls]
        if any(penalties):
            yield [float(target.mean()) - penalty for target, penalty in zip(targets, penalties)]


def _tracker_is_used(model: Any) -> bool:
    """Whether Keras's own loss tracker, where there is one, has seen a loss."""
    import numpy as np

    tracker = getattr(model, "_loss_tracker", None)
    return tracker is None or bool(np.asarray(tracker.count) > 0)


def _scalar(value: Any) -> float | None:
    """A log as a number, ``None`` if it is none."""
    import numpy as np

    try:
        array = np.asarray(value.result() if hasattr(value, "result") else value, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    return float(array.mean()) if array.size else None

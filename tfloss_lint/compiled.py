"""What the losses and metrics given to ``compile`` get from Keras: labels with predictions, output by output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from tfloss_lint.reading.events import Compile
from tfloss_lint.reading.values import Object, Role, Sequence, Tensor, Value

if TYPE_CHECKING:
    from tfloss_lint.program import Program

FITTING = frozenset({"fit", "train_on_batch"})


@dataclass(frozen=True, slots=True)
class Pair:
    """Labels and predictions that a loss or metric compares. ``node`` is where ``compile`` is given it."""

    event: Compile
    given: Value
    node: cst.CSTNode
    label: Value
    prediction: Value


def loss_pairs(program: Program) -> Iterator[Pair]:
    """What the compiled losses compare: in Keras's own steps, and in those of the file."""
    for event, label, prediction in _in_own_steps(program, "compute_loss"):
        yield from _losses(event, label, prediction)
    for use in program.compiled_losses:
        if use.result is not None:
            label, prediction = use.result.inputs[:2]
            for event in program.compiles:
                if event.model is use.model:
                    yield from _losses(event, label, prediction)


def metric_pairs(program: Program) -> Iterator[Pair]:
    """What the compiled metrics compare."""
    for event, label, prediction in _in_own_steps(program, "compute_metrics"):
        yield from _metrics(event, label, prediction)
    for update in program.metric_updates:
        if isinstance(update.metric, Object) and update.metric.kind == "compiled metrics":
            for event in program.compiles:
                if event.model is update.metric.attrs.get("model") and len(update.arguments) > 1:
                    yield from _metrics(event, *update.arguments[:2])


def _in_own_steps(program: Program, overridable: str) -> Iterator[tuple[Compile, Value, Value]]:
    """Labels and predictions of all batches that Keras's own steps get, unknown ones where the file shows no batch."""
    fitted: set[Compile] = set()
    for fit in program.fits:
        event = _compile_of(program, fit.model, fit.compiled)
        if event is None:
            continue
        fitted.add(event)
        for at, batch in enumerate(fit.batches):
            step = "train_step" if fit.method in FITTING and at == 0 else "test_step"
            if not _overrides(fit.model, step, overridable):
                yield from ((event, *pair) for pair in _compared(program, fit.model, batch))
    for event in program.compiles:
        if event not in fitted and not _overrides(event.model, "train_step", "test_step", overridable):
            yield event, _UNKNOWN_LABEL, program.output_of(event.model)


def _overrides(model: Object, *names: str) -> bool:
    return model.cls is not None and any(model.cls.member(name) is not None for name in names)


_UNKNOWN_LABEL = Tensor(None, frozenset({Role.LABEL}), "input")


def _compared(program: Program, model: Object, batch: Value) -> Iterator[tuple[Value, Value]]:
    """The labels of a batch, if it has any, and what the model predicts for its features."""
    if isinstance(batch, Sequence) and len(batch.items) > 1 and not batch.open:
        yield batch.items[1], program.prediction_of(model, batch.items[0])
    elif isinstance(batch, Tensor) and batch.op == "step data":
        yield _UNKNOWN_LABEL, program.output_of(model)


def _compile_of(program: Program, model: Object, compiled: Value) -> Compile | None:
    """The ``compile`` that is in force; ``None`` where the file does not settle that."""
    if not isinstance(compiled, Sequence):
        return None
    given = [event for event in program.compiles if event.model is model and event.loss is compiled.items[0]]
    return given[-1] if given else None


def _losses(event: Compile, label: Value, prediction: Value) -> Iterator[Pair]:
    """Each output with its loss and its labels; a single loss is for all of them."""
    if event.loss_node is None:
        return
    outputs = _parts(prediction)
    losses = _parts(event.loss) if isinstance(event.loss, Sequence) else [event.loss] * len(outputs)
    labels = _parts(label)
    if len(losses) == len(labels) == len(outputs):
        for loss, part, output in zip(losses, labels, outputs):
            yield Pair(event, loss, event.loss_node, part, output)


def _metrics(event: Compile, label: Value, prediction: Value) -> Iterator[Pair]:
    """The metrics of a model with one output."""
    if not isinstance(prediction, Sequence):
        for metric, node in zip(event.metrics, event.metric_nodes):
            yield Pair(event, metric, node, label, prediction)


def _parts(value: Value) -> list[Value]:
    return value.items if isinstance(value, Sequence) else [value]

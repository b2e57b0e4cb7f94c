"""What the losses and metrics given to ``compile`` get from Keras: labels with predictions, output by output."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from tfloss_lint.claim import Fact
from tfloss_lint.reading.events import Compile
from tfloss_lint.reading.values import NONE, UNKNOWN, Mapping, Object, Role, Sequence, Tensor, Value, constant

if TYPE_CHECKING:
    from tfloss_lint.program import Program

FITTING = frozenset({"fit", "train_on_batch"})


@dataclass(frozen=True, slots=True)
class Head:
    """One of a model's outputs: by which position or key, and by which name, Keras knows it, if there are several."""

    prediction: Value
    key: int | str | None = None
    name: str | None = None
    count: int = 1
    """How many outputs the model has."""

    @property
    def facts(self) -> dict[str, Fact]:
        """For a claim: which output it is about."""
        return {} if self.key is None else {"output": self.key, "name": self.name}


@dataclass(frozen=True, slots=True)
class Pair:
    """Labels and predictions that a loss or metric compares. ``node`` is where ``compile`` is given it."""

    event: Compile
    given: Value
    node: cst.CSTNode
    label: Value
    head: Head

    @property
    def prediction(self) -> Value:
        """What the model puts out."""
        return self.head.prediction


def heads_of(prediction: Value) -> list[Head]:
    """The outputs of a model, of all that it predicts for a batch."""
    if isinstance(prediction, Sequence) and prediction.ordered:
        outputs = prediction.items
        return [Head(output, at, _name_of_layer(output), len(outputs)) for at, output in enumerate(outputs)]
    if isinstance(prediction, Mapping):
        named = prediction.items
        return [Head(output, str(key), str(key), len(named)) for key, output in named.items()]
    return [Head(prediction, None, _name_of_layer(prediction))]


def _name_of_layer(output: Value) -> str | None:
    """The name that a layer was given."""
    while isinstance(output, Tensor) and output.op in ("predict", "layer"):
        output = output.detail
    name = constant(output.kwargs.get("name", NONE)) if isinstance(output, Object) else None
    return name if isinstance(name, str) else None


def loss_for(program: Program, event: Compile, head: Head) -> tuple[Value, cst.CSTNode | None]:
    """The loss that ``compile`` was given for an output, and where it stands; a single loss is for all outputs."""
    if event.loss_node is None or not isinstance(event.loss, (Sequence, Mapping)):
        return event.loss, event.loss_node
    if isinstance(event.loss, Sequence) and not isinstance(head.key, str):
        # Keras takes no notice of a list's surplus, the second of two losses for a single output.
        position = head.key or 0
        at: object = position if position < len(event.loss.items) else None
    else:
        at = _at(event.loss, head)
    return _part(event.loss, at), _place(program, event.loss, event.loss_node, at)


def metrics_for(program: Program, event: Compile, head: Head) -> Iterator[tuple[Value, cst.CSTNode]]:
    """The metrics of an output."""
    given = list(zip(event.metrics, event.metric_nodes))
    nested = [value for value, _ in given if isinstance(value, (Sequence, Mapping))]
    if not nested:
        # A plain list belongs to all outputs on Keras 2, and to one each on Keras 3.
        yield from given if head.key is None else ()
        return
    if isinstance(nested[0], Mapping) and len(given) == 1:
        at = _at(nested[0], head)
        part, node = _part(nested[0], at), _place(program, nested[0], given[0][1], at)
    elif len(nested) == len(given) == head.count and isinstance(head.key, int):
        part, node = given[head.key]
    else:
        return
    if isinstance(part, Sequence):
        yield from zip(part.items, _elements(program, node, part))
    elif part is not UNKNOWN:
        yield part, node


def _at(given: Sequence | Mapping, head: Head) -> object:
    """Where a list or dictionary has what belongs to an output; ``None`` where that is open."""
    keys: Collection[object] = given.items if isinstance(given, Mapping) else range(len(given.items))
    if head.key is None:
        return next(iter(keys)) if len(keys) == 1 else None
    if isinstance(given, Mapping):
        return next((key for key in (head.key, head.name) if key in keys), None)
    return head.key if head.key in keys and len(keys) == head.count else None


def _part(given: Value, at: object) -> Value:
    """What a list or dictionary has there."""
    if isinstance(given, Mapping):
        return given.items.get(at, UNKNOWN)
    return given.items[at] if isinstance(given, Sequence) and isinstance(at, int) else UNKNOWN


def _place(program: Program, given: Value, node: cst.CSTNode, at: object) -> cst.CSTNode:
    """The expression of what a list or dictionary has there, or else its own."""
    if isinstance(given, Mapping):
        return given.nodes.get(at, node)
    return _elements(program, node, given)[at] if isinstance(given, Sequence) and isinstance(at, int) else node


def _elements(program: Program, node: cst.CSTNode, given: Sequence) -> list[cst.CSTNode]:
    """The expressions of a list's elements; the list's own where it does not spell them out."""
    listed = [element.value for element in node.elements] if isinstance(node, (cst.List, cst.Tuple)) else []
    if len(listed) != len(given.items):
        return [node] * len(given.items)
    return [program.parts(node, element=element).get("element", node) for element in listed]


def loss_pairs(program: Program) -> Iterator[Pair]:
    """What the compiled losses compare: in Keras's own steps, and in those of the file."""
    for event, label, prediction in _in_own_steps(program, "compute_loss"):
        yield from _losses(program, event, label, prediction)
    for use in program.compiled_losses:
        if use.result is not None:
            label, prediction = use.result.inputs[:2]
            for event in program.compiles:
                if event.model is use.model:
                    yield from _losses(program, event, label, prediction)


def metric_pairs(program: Program) -> Iterator[Pair]:
    """What the compiled metrics compare."""
    for event, label, prediction in _in_own_steps(program, "compute_metrics"):
        yield from _metrics(program, event, label, prediction)
    for update in program.metric_updates:
        if isinstance(update.metric, Object) and update.metric.kind == "compiled metrics":
            for event in program.compiles:
                if event.model is update.metric.attrs.get("model") and len(update.arguments) > 1:
                    yield from _metrics(program, event, *update.arguments[:2])


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


def _losses(program: Program, event: Compile, label: Value, prediction: Value) -> Iterator[Pair]:
    """Each output with its loss and its labels."""
    for head in heads_of(prediction):
        loss, node = loss_for(program, event, head)
        if node is not None and loss is not UNKNOWN:
            yield Pair(event, loss, node, _label_for(label, head), head)


def _metrics(program: Program, event: Compile, label: Value, prediction: Value) -> Iterator[Pair]:
    """Each output with its metrics and its labels."""
    for head in heads_of(prediction):
        part = _label_for(label, head)
        for metric, node in metrics_for(program, event, head):
            yield Pair(event, metric, node, part, head)


def _label_for(label: Value, head: Head) -> Value:
    """The labels of an output."""
    if isinstance(label, (Sequence, Mapping)):
        return _part(label, _at(label, head))
    return label if head.count == 1 or label is _UNKNOWN_LABEL else UNKNOWN

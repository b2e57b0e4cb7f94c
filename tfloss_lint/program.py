"""The typed model of one file's training code, with what other files of its project do with it: what rules read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Literal, TypeVar

import libcst as cst

from tfloss_lint import compiled
from tfloss_lint.generation import Generation
from tfloss_lint.reading import terms
from tfloss_lint.reading.bound_methods import bound, loss_method
from tfloss_lint.reading.events import (
    ApiUse,
    Applied,
    Assigned,
    Batching,
    Compile,
    CompiledLoss,
    DtypePolicy,
    Event,
    Fit,
    Forward,
    FunctionResult,
    Gradient,
    Logs,
    Meeting,
    MetricRead,
    MetricReset,
    MetricUpdate,
    Shown,
    Step,
    Unpacking,
)
from tfloss_lint.reading.interpreter import Interpreter
from tfloss_lint.reading.library import models
from tfloss_lint.reading.library.models import DEFAULT_BATCH_SIZE
from tfloss_lint.reading.terms import Term, Treatment
from tfloss_lint.reading.values import (
    Class,
    Dataset,
    Function,
    Mapping,
    Method,
    Object,
    Sequence,
    Tensor,
    Value,
    options,
)
from tfloss_lint.sign import Sign

E = TypeVar("E", bound=Event)
DISTRIBUTES = Sign(
    ("distribute.", "strategy.", "num_replicas_in_sync"),
    re.compile(
        r"\bdistribute\.(?:experimental\.)?\w*[sS]trategy\(|\bstrategy\.(?:run|scope|reduce|experimental_run_v2)\("
        r"|\bnum_replicas_in_sync\b"
    ),
)
LEARNING_PHASE = Sign(("set_learning_phase(",), re.compile(r"\bset_learning_phase\((?!\s*(?:0|False)\b)"))
MAKES_GRAPHS = Sign(
    (".function", "import function", "jit_compile", ".distribute"),
    re.compile(r"\.function\b|import function\b|jit_compile|\.distribute\b"),
)


@dataclass(frozen=True, slots=True)
class LossUse:
    """A value that may be a loss: differentiated, fed to a metric, logged, or returned by a function of the file."""

    purpose: Literal["gradient", "metric", "log", "result"]
    event: Event
    value: Value
    node: cst.CSTNode


class EventsOf(Generic[E]):
    """The events of one kind: a cached property that costs less than Python's own, as every rule asks for a few."""

    def __init__(self, kind: type[E]) -> None:
        self._kind = kind

    def __set_name__(self, owner: type[Program], name: str) -> None:
        self._name = name

    def __get__(self, program: Program, _owner: type[Program]) -> list[E]:
        # What an instance has of its own goes before this descriptor: the next time, Python does not come here.
        events: list[E] = program.by_kind.get(self._kind, [])  # type: ignore[assignment]
        vars(program)[self._name] = events
        return events


@dataclass(frozen=True)
class Program:
    """What happens in one file, and in others on its account.

    Events come in the order of execution; one place may have several. A problem in another file is that one's.
    """

    interpreter: Interpreter
    targets: frozenset[Generation]
    """The Keras generations that the code is meant for."""
    text: str
    """The code that was read, that of other files included."""

    @cached_property
    def by_kind(self) -> dict[type[Event], list[Event]]:
        """All events, in the order of execution."""
        found: dict[type[Event], list[Event]] = {}
        for event in self.interpreter.events:
            found.setdefault(type(event), []).append(event)
        return found

    compiles = EventsOf(Compile)
    """Every ``compile`` that reaches Keras."""
    fits = EventsOf(Fit)
    """Every ``fit``, ``evaluate`` and their like."""
    meetings = EventsOf(Meeting)
    """Every place where labels meet predictions."""
    compiled_losses = EventsOf(CompiledLoss)
    """Every use of a compiled loss."""
    gradients = EventsOf(Gradient)
    """Every gradient that is taken."""
    metric_updates = EventsOf(MetricUpdate)
    """Every update of a metric."""
    metric_resets = EventsOf(MetricReset)
    """Every reset of a metric."""
    metric_reads = EventsOf(MetricRead)
    """Every ``result()`` of a metric."""
    logs = EventsOf(Logs)
    """What every execution of a step returns."""
    unpackings = EventsOf(Unpacking)
    """Every pattern that takes apart what a step is handed."""
    shown = EventsOf(Shown)
    """Every tensor that is printed or written into a string."""
    function_results = EventsOf(FunctionResult)
    """What functions return that nothing in the file calls, or that Keras calls."""
    batchings = EventsOf(Batching)
    """Every cut of data into batches."""
    forwards = EventsOf(Forward)
    """Every forward pass of a model."""
    api_uses = EventsOf(ApiUse)
    """Every use of a member that generations differ about."""
    policies = EventsOf(DtypePolicy)
    """Every setting of the global policy for data types."""
    assigned = EventsOf(Assigned)
    """Every value that a variable is given."""
    applied = EventsOf(Applied)
    """Every step that an optimizer takes."""

    @cached_property
    def steps(self) -> list[Step]:
        """Every execution of a step, in order."""
        return list(dict.fromkeys(event.step for event in self.interpreter.events if event.step is not None))

    @property
    def classes(self) -> list[Class]:
        """The classes of the file, in order of definition."""
        return self.interpreter.classes

    def in_step(self, events: Iterable[E], step: Step) -> Iterator[E]:
        """The events of one execution of a step."""
        return (event for event in events if event.step is step)

    @cached_property
    def uses(self) -> list[LossUse]:
        """Every value that may be a loss, with what is done with it."""
        found = [LossUse("gradient", event, event.target, event.target_node) for event in self.gradients]
        for update in self.metric_updates:
            if len(update.arguments) == 1 and update.nodes:
                found.append(LossUse("metric", update, update.arguments[0], update.nodes[0]))
        for log in self.logs:
            if isinstance(log.value, Mapping):
                found += [
                    LossUse("log", log, value, log.value.nodes[key])
                    for key, value in log.value.items.items()
                    if key in log.value.nodes
                ]
        for event in self.function_results:
            returned = event.value.items if isinstance(event.value, Sequence) else [event.value]
            found += [LossUse("result", event, value, event.node) for value in returned]
        return found

    @cached_property
    def batch_sizes(self) -> frozenset[int]:
        """The batch sizes that the file spells out."""
        return frozenset(event.size for event in self.batchings if event.size is not None)

    def batch_size_for(self, tensor: Tensor) -> int:
        """How many samples a batch holds, for a message's example: the tensor's own, the file's, or Keras's 32."""
        own = tensor.shape[0] if tensor.shape else None
        if isinstance(own, int):
            return own
        return next(iter(self.batch_sizes)) if len(self.batch_sizes) == 1 else DEFAULT_BATCH_SIZE

    @cached_property
    def compiled_functions(self) -> dict[cst.CSTNode, Compile]:
        """Functions of the file that are given to ``compile`` as loss or metric."""
        found: dict[cst.CSTNode, Compile] = {}
        for event in self.compiles:
            for value in (event.loss, *event.metrics):
                for option in options(value):
                    function = option if isinstance(option, Function) else loss_method(option)
                    if function is not None:
                        found.setdefault(function.node, event)
        return found

    @cached_property
    def distributes(self) -> bool:
        """Whether the file trains under a distribution strategy, its own or one that it is handed."""
        return DISTRIBUTES.is_in(self.text)

    @cached_property
    def sets_learning_phase(self) -> bool:
        """Whether the file tells all layers at once that they train, as Keras 2 lets it."""
        return LEARNING_PHASE.is_in(self.text)

    @cached_property
    def loss_pairs(self) -> list[compiled.Pair]:
        """What the losses given to ``compile`` get, wherever Keras or the file calls them."""
        return list(compiled.loss_pairs(self))

    @cached_property
    def metric_pairs(self) -> list[compiled.Pair]:
        """What the metrics given to ``compile`` get."""
        return list(compiled.metric_pairs(self))

    def prediction_of(self, model: Object, features: Value) -> Value:
        """What a model predicts for a batch of features."""
        key = (id(model), id(features))
        known = self._predictions.get(key)
        if known is None:
            interpreter = self.interpreter
            value = interpreter.quietly(lambda: models.prediction(interpreter, model, features))
            # An identity is good only as long as what it stands for lives.
            known = self._predictions[key] = (value, features)
        return known[0]

    @cached_property
    def _predictions(self) -> dict[tuple[int, int], tuple[Value, Value]]:
        return {}

    def output_of(self, model: Object) -> Value:
        """What a model predicts for a batch of inputs that the file does not show."""
        known = self._outputs.get(id(model))
        if known is None:
            interpreter = self.interpreter
            known = self._outputs[id(model)] = interpreter.quietly(lambda: models.prediction(interpreter, model))
        return known

    @cached_property
    def _outputs(self) -> dict[int, Value]:
        return {}

    @cached_property
    def may_be_compiled_to_graphs(self) -> bool:
        """Whether some of the code may run in ``tf.function``, so that eager execution is not certain."""
        return bool(self.fits) or MAKES_GRAPHS.is_in(self.text)

    def metrics_of(self, model: Object) -> Value | None:
        """What the model's own ``metrics`` property returns; ``None`` when it has none."""
        member = None if model.cls is None else model.cls.member("metrics")
        if not isinstance(member, Object) or not member.args or not isinstance(member.args[0], Function):
            return None
        return self.interpreter.ask(bound(member.args[0], model))

    @cached_property
    def returned(self) -> list[tuple[Tensor, cst.CSTNode]]:
        """What calls of the file's own functions return, with the call."""
        return list(self.interpreter.made_by.items())

    def statement_function(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """The function of the file that an expression stands in, ``None`` at module level."""
        _, function = self.interpreter.standing.get(node, (None, None))
        return function

    def call_of(self, value: Value) -> cst.CSTNode | None:
        """The call of a function of the file that made a tensor."""
        return self.interpreter.made_by.get(value) if isinstance(value, Tensor) else None

    def returned_by(self, value: Value) -> list[Function]:
        """The functions of the file that returned a tensor."""
        return self.interpreter.returned_by.get(value, []) if isinstance(value, Tensor) else []

    def drawn(self, value: Value) -> dict[Tensor, Dataset]:
        """The parts of batches that a tensor is computed from, each with the data set that it is drawn from."""
        found: dict[Tensor, Dataset] = {}
        seen: set[int] = set()
        stack = [value]
        while stack:
            part = stack.pop()
            if isinstance(part, Tensor) and id(part) not in seen:
                seen.add(id(part))
                if part in self.interpreter.drawn_from:
                    found[part] = self.interpreter.drawn_from[part]
                stack.extend(part.inputs)
        return found

    @cached_property
    def differentiated(self) -> dict[int, Tensor]:
        """All tensors that some gradient is taken through, by their identities."""
        seen: dict[int, Tensor] = {}
        stack: list[Value] = [event.target for event in self.gradients]
        while stack:
            value = stack.pop()
            if isinstance(value, Tensor) and id(value) not in seen:
                seen[id(value)] = value
                stack.extend(value.inputs)
            elif isinstance(value, Sequence):
                stack.extend(value.items)
        return seen

    def terms(self, value: Value) -> list[Term]:
        """The comparisons of labels with predictions that a loss consists of."""
        # Every rule asks about the same values. An identity is good only as long as the value lives.
        known = self._terms.get(id(value))
        if known is None:
            known = self._terms[id(value)] = (value, terms.terms(value))
        return known[1]

    @cached_property
    def _terms(self) -> dict[int, tuple[Value, list[Term]]]:
        return {}

    @staticmethod
    def trained_model(gradient: Gradient) -> Object | None:
        """The model whose variables a gradient is taken over."""
        if gradient.step is not None:
            return gradient.step.model
        over = gradient.over
        return over.owner if isinstance(over, Method) and isinstance(over.owner, Object) else None

    @staticmethod
    def operands(node: cst.CSTNode) -> tuple[str, str] | None:
        """The two things that an operator or call compares, as the file writes them."""
        if isinstance(node, cst.BinaryOperation):
            return Program.source(node.left), Program.source(node.right)
        if isinstance(node, cst.Call) and len(node.args) >= 2:
            return Program.source(node.args[0].value), Program.source(node.args[1].value)
        return None

    def operand_nodes(self, node: cst.CSTNode) -> dict[str, cst.CSTNode]:
        """The expressions of ``label`` and ``prediction`` that meet in an operator or a call, if it shows them."""
        meeting = next((meeting for meeting in self.meetings if meeting.node is node), None)
        first, second = operands_of(node)
        if meeting is None or first is None or second is None:
            return {}
        # By hand, a prediction may come first. A library's loss is recorded as swapped where it gets them so.
        swapped = meeting.swapped or (bool(meeting.result.inputs) and meeting.result.inputs[0] is meeting.prediction)
        return self.parts(node, label=second if swapped else first, prediction=first if swapped else second)

    def operand_of(self, treatment: Treatment) -> cst.CSTNode | None:
        """The expression that a loss is divided, scaled or weighted by."""
        node = treatment.node
        if node is None or treatment.side is None:
            return None
        # `loss *= mask` has no operation of its own: the node is the operand.
        called = node.func if isinstance(node, cst.Call) else None
        is_operation = isinstance(node, cst.BinaryOperation) or (
            isinstance(called, cst.Attribute) and called.attr.value in ARITHMETIC
        )
        operand = operands_of(node)[treatment.side] if is_operation else node
        return self.parts(node, operand=operand).get("operand")

    def parts(self, node: cst.CSTNode | None, **parts: cst.CSTNode | None) -> dict[str, cst.CSTNode]:
        """Parts of an expression, whose places can be told from now on; none if that of the whole is not known."""
        standing = None if node is None else self.interpreter.standing.get(node)
        if standing is None:
            return {}
        found = {role: part for role, part in parts.items() if part is not None}
        for part in found.values():
            self.interpreter.standing.setdefault(part, standing)
        return found

    @staticmethod
    def source(node: cst.CSTNode) -> str:
        """The expression as the file writes it, on one line."""
        return " ".join(cst.Module([]).code_for_node(node).split())


ARITHMETIC = frozenset(
    {"multiply", "divide", "truediv", "true_divide", "div_no_nan", "divide_no_nan", "multiply_no_nan"}
)
LABEL_KEYWORDS = frozenset({"y_true", "labels", "target", "x"})
PREDICTION_KEYWORDS = frozenset({"y_pred", "logits", "output", "y"})


def operands_of(node: cst.CSTNode) -> tuple[cst.CSTNode | None, cst.CSTNode | None]:
    """The first two operands of an operator or a call, positional or named."""
    if isinstance(node, cst.BinaryOperation):
        return node.left, node.right
    if not isinstance(node, cst.Call) or any(arg.star for arg in node.args):
        return None, None
    positional = [arg.value for arg in node.args if arg.keyword is None]
    named = {arg.keyword.value: arg.value for arg in node.args if arg.keyword is not None}

    def at(index: int, keywords: frozenset[str]) -> cst.CSTNode | None:
        if index < len(positional):
            return positional[index]
        return next((value for name, value in named.items() if name in keywords), None)

    return at(0, LABEL_KEYWORDS), at(1, PREDICTION_KEYWORDS)

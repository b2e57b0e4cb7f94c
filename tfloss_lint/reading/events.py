"""What the interpreter writes down while it executes training code: the raw material of ``Program``.

Nothing changes an event. They are not frozen all the same: that would make each several times as costly to make.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import libcst as cst

from tfloss_lint.reading.values import UNKNOWN, Object, Tensor, Value


@dataclass(slots=True, eq=False)
class Step:
    """One execution of a ``train_step`` or ``test_step`` method of a model.

    ``reached`` says that the file itself calls ``fit`` or ``evaluate``, so that the data are those of the call.
    ``data`` is what the step is handed.
    """

    name: str
    model: Object
    node: cst.FunctionDef
    reached: bool
    data: Value = UNKNOWN


@dataclass(slots=True, eq=False)
class Event:
    """Something that happened at ``node``; ``step`` is ``None`` outside of steps; ``loops``: how many are open."""

    node: cst.CSTNode
    step: Step | None
    loops: int
    function: cst.CSTNode | None
    """The function of the file that was being executed, ``None`` at module level."""


@dataclass(slots=True, eq=False)
class Compile(Event):
    """``model.compile(...)`` as it reaches Keras."""

    model: Object
    loss: Value
    loss_node: cst.CSTNode | None
    metrics: tuple[Value, ...]
    metric_nodes: tuple[cst.CSTNode, ...] = ()
    """The expression of each metric: the whole argument where the call does not spell out a list."""


@dataclass(slots=True, eq=False)
class Fit(Event):
    """``fit``, ``evaluate`` or ``train_on_batch`` of a model.

    ``batches`` are what a step gets: a batch of the data, then one of the validation data. ``compiled`` is what the
    model was compiled with: loss, metrics, optimizer.
    """

    model: Object
    method: str
    batches: tuple[Value, ...] = ()
    compiled: Value = UNKNOWN


@dataclass(slots=True, eq=False)
class Meeting(Event):
    """A label and a prediction meet: in a library loss (``loss`` names it) or elementwise (``loss`` is ``None``)."""

    label: Tensor
    prediction: Tensor
    result: Tensor
    loss: str | None
    compiled_as: str | None = None
    """How Keras calls the code: ``own_loss`` or ``metric_function`` given to ``compile``; ``None``: the file does."""
    swapped: bool = False
    call: cst.CSTNode | None = None
    """The call of the function that it stands in."""
    config: Object | None = None
    """The loss object, or the call of a functional loss with its arguments."""


@dataclass(slots=True, eq=False)
class CompiledLoss(Event):
    """The compiled loss is used: ``compute_loss`` or ``compiled_loss``, or a step of the base class.

    ``result`` is the tensor that the first two return.
    """

    model: Object
    via: str
    result: Tensor | None = None


@dataclass(slots=True, eq=False)
class Gradient(Event):
    """``tape.gradient(target, over)``, ``optimizer.minimize`` or ``get_gradients``.

    ``strategy`` is the distribution strategy whose ``run`` it happens in.
    """

    target: Value
    target_node: cst.CSTNode
    over: Value
    strategy: Object | None = None


@dataclass(slots=True, eq=False)
class Applied(Event):
    """``optimizer.apply_gradients`` or ``minimize``: which optimizer takes the step."""

    optimizer: Value


@dataclass(slots=True, eq=False)
class DtypePolicy(Event):
    """The policy for the data types of all layers to come is set; ``certain``: it does not depend on a condition."""

    name: Value
    certain: bool


@dataclass(slots=True, eq=False)
class Batching(Event):
    """Data are cut into batches: ``dataset.batch(size)`` or ``fit(batch_size=size)``.

    ``samples`` is the number of samples, where the file shows it.
    """

    size: int | None
    size_node: cst.CSTNode | None
    samples: int | None
    drops_remainder: bool


@dataclass(slots=True, eq=False)
class MetricUpdate(Event):
    """A metric object is updated: ``update_state(...)`` or a call of the object.

    ``strategy`` is the distribution strategy whose ``run`` it happens in.
    """

    metric: Value
    arguments: tuple[Value, ...]
    nodes: tuple[cst.CSTNode, ...]
    weighted: bool = False
    """Whether it is given sample weights, or may be."""
    strategy: Object | None = None


@dataclass(slots=True, eq=False)
class MetricReset(Event):
    """A metric object is reset."""

    metric: Value


@dataclass(slots=True, eq=False)
class MetricRead(Event):
    """``metric.result()``."""

    metric: Value


@dataclass(slots=True, eq=False)
class Shown(Event):
    """A tensor is printed, or written into a string."""

    value: Tensor


@dataclass(slots=True, eq=False)
class Assigned(Event):
    """A variable is given a value: ``variable.assign(value)``."""

    value: Value


@dataclass(slots=True, eq=False)
class Logs(Event):
    """What a step returns."""

    value: Value


@dataclass(slots=True, eq=False)
class Unpacking(Event):
    """A pattern takes apart what a step is handed, or something with sample weights in the third place.

    ``certain`` is false where the step may go another way.
    """

    value: Value
    certain: bool


@dataclass(slots=True, eq=False)
class FunctionResult(Event):
    """What a function with labels and predictions as parameters returns, when nothing in the file calls it."""

    name: str
    owner: str | None
    """The class whose method it is."""
    value: Value


@dataclass(slots=True, eq=False)
class ApiUse(Event):
    """Something that a library class may have or not have is used: a member, or a keyword argument of a call.

    ``owner`` is the canonical name of the class, or of the class and its method where ``name`` is an argument.
    ``conditions`` are the tests of the ``if`` statements and the ``try`` statements that it stands under.
    """

    owner: str
    name: str
    how: Literal["read", "assigned", "argument"]
    conditions: tuple[cst.CSTNode, ...]
    receiver: Object | None = None


@dataclass(slots=True, eq=False)
class LayerUse:
    """A library layer that runs in a forward pass. ``flag``: what it is told about training, ``NONE`` for nothing.

    ``certain`` is false where the pass may go another way.
    """

    layer: Object
    flag: Value
    certain: bool


@dataclass(slots=True, eq=False)
class Forward(Event):
    """A model is called, and no other model calls it; ``results`` are the tensors that it returns."""

    model: Object
    flag: Value
    uses: tuple[LayerUse, ...]
    results: tuple[Tensor, ...]

"""Forward passes: which layers a call of a model runs, and what each is told about training.

Keras asks, in this order: the call's own ``training=``, the call around it, the default in the signature of ``call``.
Where nobody says anything, layers such as ``Dropout`` behave as in inference.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import libcst as cst

from tfloss_lint.reading.events import LayerUse
from tfloss_lint.reading.library.table import Call
from tfloss_lint.reading.values import (
    MORE,
    NONE,
    UNKNOWN,
    Const,
    Function,
    Mapping,
    Object,
    Sequence,
    Tensor,
    Value,
    constant,
)

if TYPE_CHECKING:
    from tfloss_lint.reading.interpreter import Interpreter

TRAINING = "training"


@dataclass(slots=True, eq=False)
class Pass:
    """A call of a model or of a layer of the file that is being executed. ``NONE`` as flag: nobody says."""

    flag: Value
    doubts: int
    uses: list[LayerUse] = field(default_factory=list)


def doubts(interpreter: Interpreter) -> int:
    """How many undecided conditions what is being executed depends on."""
    return interpreter.branches + len(interpreter.conditions)


def context(interpreter: Interpreter) -> Value:
    """What the call around says."""
    return interpreter.passes[-1].flag if interpreter.passes else NONE


def flag_of(call: Call, function: Function | None = None) -> Value:
    """What ``training`` is in a call of a model or layer; ``function`` is its own ``call`` method, if it has one."""
    position = 1 if function is None else _position(function)
    if call.given(position, TRAINING):
        said = call.argument(position, TRAINING)
        return context(call.interpreter) if constant(said) is None else said
    around = context(call.interpreter)
    if around is not NONE or function is None:
        return around
    return _default(function)


def _position(function: Function) -> int | None:
    """The position of ``training`` behind ``self``."""
    params = function.node.params
    names = [param.name.value for param in (*params.posonly_params, *params.params)]
    return names.index(TRAINING) - 1 if TRAINING in names else None


def _default(function: Function) -> Value:
    """The default of ``training`` in the signature. ``False`` there says no more than ``None`` does."""
    params = function.node.params
    for param in (*params.posonly_params, *params.params, *params.kwonly_params):
        if param.name.value == TRAINING and param.default is not None:
            written = param.default.value if isinstance(param.default, cst.Name) else ""
            return {"None": NONE, "False": NONE, "True": Const(True)}.get(written, UNKNOWN)
    return NONE


def with_flag(call: Call, function: Function, flag: Value) -> dict[str, Value]:
    """The keyword arguments with which Keras calls ``function``: it adds what is known of ``training``."""
    params = function.node.params
    takes_it = any(param.name.value == TRAINING for param in (*params.params, *params.kwonly_params))
    if not takes_it or call.given(_position(function), TRAINING) or MORE in call.kwargs:
        return call.kwargs
    return {**call.kwargs, TRAINING: flag}


@contextmanager
def passing(interpreter: Interpreter, flag: Value) -> Iterator[Pass]:
    """Execute a call of a model or layer; its uses of layers are also those of the call around it."""
    current = Pass(flag, doubts(interpreter))
    interpreter.passes.append(current)
    try:
        yield current
    finally:
        interpreter.passes.pop()
        if interpreter.passes:
            outer = interpreter.passes[-1]
            sure = doubts(interpreter) == outer.doubts
            outer.uses += [replace(use, certain=use.certain and sure) for use in current.uses]


def used(call: Call, layer: Object, result: Tensor) -> None:
    """Note that a layer of the library is run, with what it is told about training."""
    interpreter = call.interpreter
    said = call.argument(1, TRAINING) if call.given(None, TRAINING) else NONE
    flag = context(interpreter) if constant(said) is None else said
    if flag is not NONE:
        interpreter.flags[result] = flag
    if interpreter.passes:
        current = interpreter.passes[-1]
        current.uses.append(LayerUse(layer, flag, doubts(interpreter) == current.doubts))


def uses_of_graph(interpreter: Interpreter, outputs: Value, flag: Value) -> list[LayerUse]:
    """The layers of a functional model, which ran when it was built."""
    found: list[LayerUse] = []
    seen: set[int] = set()
    waiting = list(tensors_of(outputs))
    while waiting:
        tensor = waiting.pop()
        if id(tensor) in seen:
            continue
        seen.add(id(tensor))
        uses: list[LayerUse] = []
        if tensor.op == "layer" and isinstance(tensor.detail, Object):
            uses = [LayerUse(tensor.detail, interpreter.flags.get(tensor, NONE), True)]
        elif tensor.op == "predict":
            uses = interpreter.used_for.get(tensor, [])
        found += [replace(use, flag=flag) if use.flag is NONE else use for use in uses]
        waiting += [inner for value in tensor.inputs for inner in tensors_of(value)]
    return found


def tensors_of(value: Value) -> Iterator[Tensor]:
    """The tensors in what a model returns."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, Sequence):
        for item in value.items:
            yield from tensors_of(item)
    elif isinstance(value, Mapping):
        for item in value.items.values():
            yield from tensors_of(item)

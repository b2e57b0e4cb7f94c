"""Instances: what making an object of a class leaves behind, and what it is remembered with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfloss_lint.reading.bound_methods import bound
from tfloss_lint.reading.library import data
from tfloss_lint.reading.library.table import Call
from tfloss_lint.reading.values import UNKNOWN, Class, Function, Object, Value

if TYPE_CHECKING:
    from tfloss_lint.reading.interpreter import Interpreter


def instantiate(call: Call, cls: Class) -> Value:
    """A call of a class of the file."""
    made = placed(call, Object(cls.library or "", cls, list(call.args), dict(call.kwargs), node=call.node))
    place_under_strategy(call, made)
    call.interpreter.objects.append(made)
    initializer = cls.member("__init__")
    if isinstance(initializer, Function):
        made.args, made.kwargs = [], {}
        call.interpreter.call_function(bound(initializer, made), call.args, call.kwargs)
    build(call.interpreter, made)
    return made


def build(interpreter: Interpreter, made: Object) -> None:
    """Keras builds a layer or model before its first call; what ``build`` sets is there from then on."""
    builder = made.cls.member("build") if made.cls is not None and made.kind.startswith("keras.") else None
    if isinstance(builder, Function):
        interpreter.call_function(bound(builder, made), [UNKNOWN], {})


def placed(call: Call, made: Object) -> Object:
    """An object that knows where it was made."""
    interpreter = call.interpreter
    made.loops, made.step = interpreter.frame.loops, interpreter.frame.step
    made.per_batch = bool(interpreter.loops_over) and data.is_over_batches(interpreter.loops_over[-1])
    return made


def place_under_strategy(call: Call, made: Object) -> None:
    """Remember the strategy in whose scope a model is made: ``fit`` trains it on the replicas."""
    if call.interpreter.scopes:
        made.attrs["made under"] = call.interpreter.scopes[-1]

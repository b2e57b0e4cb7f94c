"""Calling things: what a call gives, by what is called."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from tfloss_lint.reading import library_calls, methods
from tfloss_lint.reading.bound_methods import bound
from tfloss_lint.reading.instances import instantiate
from tfloss_lint.reading.library import forward, losses, models, training
from tfloss_lint.reading.library.table import Call, as_tensor, opaque
from tfloss_lint.reading.values import (
    UNKNOWN,
    Choice,
    Class,
    Function,
    Method,
    Object,
    Ref,
    Role,
    Tensor,
    Value,
    constant,
    join_all,
)

if TYPE_CHECKING:
    from tfloss_lint.reading.interpreter import Interpreter

MODEL_WORDS = ("model", "net", "network", "generator", "discriminator", "encoder", "decoder", "classifier", "critic")
"""Endings of names that people give to models, for models that the file does not show being built."""


def call_value(
    interpreter: Interpreter, callee: Value, args: list[Value], kwargs: dict[str, Value], node: cst.CSTNode
) -> Value:
    """Call a value from within the reader itself, with arguments that have no expressions of their own."""
    return apply(Call(interpreter, node, interpreter.module, args, kwargs, {}), callee)


def apply(call: Call, callee: Value) -> Value:
    """The result of a call."""
    if isinstance(callee, Function):
        result = call.interpreter.call_function(callee, call.args, call.kwargs, call=call.node)
        if isinstance(result, Tensor):
            call.interpreter.mark(call.node)
            call.interpreter.made_by[result] = call.node
            call.interpreter.returned_by.setdefault(result, []).append(callee)
        return result
    if isinstance(callee, Ref):
        return library_calls.call_library(call, callee)
    if isinstance(callee, Method):
        return methods.call_method(call, callee)
    if isinstance(callee, Object):
        return _object(call, callee)
    if isinstance(callee, Class):
        return instantiate(call, callee)
    if isinstance(callee, Choice):
        return _any_of(call, [option for option in callee.options if constant(option) is not None])
    return _unknown(call)


def _any_of(call: Call, callees: list[Value]) -> Value:
    """The result of a call of one thing or another."""
    if len(callees) == 1:
        return apply(call, callees[0])
    call.interpreter.branches += 1
    try:
        return join_all(apply(call, callee) for callee in callees)
    finally:
        call.interpreter.branches -= 1


def _unknown(call: Call) -> Value:
    """A call of something the file does not show. A model by its name still predicts."""
    name = ""
    func = call.node.func if isinstance(call.node, cst.Call) else None
    if isinstance(func, cst.Name):
        name = func.value
    elif isinstance(func, cst.Attribute):
        name = func.attr.value
    if name.lower().rstrip("_0123456789").endswith(MODEL_WORDS) and call.args:
        call.interpreter.mark(call.node)
        return Tensor(None, frozenset({Role.PREDICTION}), "predict", (call.args[0],), call.node)
    return opaque(call, *call.args, *call.kwargs.values())


def _object(call: Call, owner: Object) -> Value:
    if owner.kind == "super":
        return UNKNOWN
    if owner.kind == "functools.partial" and owner.args:
        return _with_more(call, owner)
    if models.is_model(owner):
        return models.predict(call, owner)
    if owner.cls is not None:
        for name in ("__call__", "call"):
            member = owner.cls.member(name)
            if isinstance(member, Function):
                return _wrapped(call, owner, _own_call(call, owner, bound(member, owner)))
    if owner.kind.startswith("keras.losses."):
        return losses.call_object(call, owner)
    if owner.kind.startswith("keras.metrics."):
        return training.call_metric(call, owner)
    if owner.kind.startswith("keras.layers."):
        return models.apply_layer(call, owner)
    return _unknown(call)


def _own_call(call: Call, owner: Object, function: Function) -> Value:
    """What the file's own ``call`` of a layer, loss or metric returns."""
    if not owner.kind.startswith("keras.layers."):
        return call.interpreter.call_function(function, call.args, call.kwargs)
    flag = forward.flag_of(call, function)
    with forward.passing(call.interpreter, flag):
        return call.interpreter.call_function(function, call.args, forward.with_flag(call, function, flag))


def _with_more(call: Call, partial: Object) -> Value:
    """A call of ``functools.partial(f, ...)``."""
    function, *args = partial.args
    nodes = {key if isinstance(key, str) else key + len(args): node for key, node in call.nodes.items()}
    kwargs = {**partial.kwargs, **call.kwargs}
    return apply(replace(call, args=[*args, *call.args], kwargs=kwargs, nodes=nodes), function)


def _wrapped(call: Call, owner: Object, inner: Value) -> Value:
    """What Keras's ``__call__`` makes of the result of the file's own ``call``."""
    if owner.kind.startswith("keras.losses."):
        tensor = as_tensor(inner)
        reduction = losses.reduction_of(owner)
        if tensor is None or reduction == "none":
            return inner
        return call.tensor((), "sum" if reduction == "sum" else "mean", tensor)
    if owner.kind.startswith("keras.layers."):
        tensor = as_tensor(inner)
        if tensor is not None:
            return Tensor(tensor.shape, frozenset({Role.PREDICTION}), "layer", (tensor,), call.node)
    return inner

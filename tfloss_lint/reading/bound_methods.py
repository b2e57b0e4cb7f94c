"""Bound methods: functions of a class, with the object that they are called on."""

from __future__ import annotations

from tfloss_lint.reading.values import Function, Object, Value


def bound(function: Function, receiver: Value) -> Function:
    """The function as a method of ``receiver``."""
    return Function(function.node, function.scope, function.owner, receiver, function.statement)


def loss_method(loss: Value) -> Function | None:
    """The ``call`` method of a loss object of one of the file's own ``Loss`` subclasses."""
    if not isinstance(loss, Object) or loss.cls is None or not loss.kind.startswith("keras.losses."):
        return None
    member = loss.cls.member("call")
    return bound(member, loss) if isinstance(member, Function) else None

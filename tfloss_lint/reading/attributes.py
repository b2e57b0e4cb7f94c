"""Reading and setting attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import libcst as cst

from tfloss_lint.reading.bound_methods import bound
from tfloss_lint.reading.events import ApiUse
from tfloss_lint.reading.library import arrays, frames, models
from tfloss_lint.reading.values import (
    UNKNOWN,
    Choice,
    Class,
    Const,
    Dataset,
    Function,
    Mapping,
    Method,
    Module,
    Object,
    Ref,
    Sequence,
    Tensor,
    Value,
    constant,
    join,
    join_all,
    ref,
)

if TYPE_CHECKING:
    from tfloss_lint.reading.interpreter import Interpreter
    from tfloss_lint.reading.library.table import Call

VARIABLES = ("trainable_variables", "trainable_weights", "variables", "weights")
TENSOR_SELF = frozenset({"values", "array"})
LIBRARY = (
    "keras.Model",
    "keras.Sequential",
    "keras.layers.",
    "keras.metrics.",
    "keras.optimizers.",
    "keras.mixed_precision.",
)
"""The beginnings of the kinds of objects whose members are written down."""


def get(interpreter: Interpreter, owner: Value, name: str, node: cst.CSTNode) -> Value:
    """``owner.name``."""
    if isinstance(owner, Ref):
        return ref(f"{owner.path or owner.name}.{name}")
    if isinstance(owner, Object):
        return _of_object(interpreter, owner, name, node)
    if isinstance(owner, Tensor):
        return _of_tensor(owner, name, node)
    if isinstance(owner, Choice):
        return join_all(
            get(interpreter, option, name, node) for option in owner.options if constant(option) is not None
        )
    if isinstance(owner, Class):
        return _of_class(owner, name)
    if isinstance(owner, Module):
        return owner.member(name) or UNKNOWN
    if isinstance(owner, Sequence) and name in ("rank", "ndims"):
        # Of a shape: x.shape.rank.
        return UNKNOWN if owner.open else Const(len(owner.items))
    if isinstance(owner, (Dataset, Sequence, Mapping)) or isinstance(constant(owner), str):
        return Method(owner, name)
    return UNKNOWN


def _of_class(owner: Class, name: str) -> Value:
    member = owner.member(name)
    if member is None:
        return Ref(f"{owner.library}.{name}") if owner.library else UNKNOWN
    if isinstance(member, Object) and member.args and isinstance(member.args[0], Function):
        if member.kind == "property":
            return UNKNOWN
        return bound(member.args[0], owner) if member.kind == "classmethod" else member.args[0]
    return member


def _of_tensor(owner: Tensor, name: str, node: cst.CSTNode) -> Value:
    if name == "shape":
        return arrays.dims(owner)
    if name in TENSOR_SELF:
        return frames.as_array(owner, node)
    if name == "T":
        shape = None if owner.shape is None else tuple(reversed(owner.shape))
        return Tensor(shape, owner.sources, "transpose", (owner,), node)
    if name == "size":
        return arrays.number_of_elements(owner)
    if name == "ndim":
        return UNKNOWN if owner.rank is None else Const(owner.rank)
    return UNKNOWN if name in ("dtype", "name") else Method(owner, name)


def _of_object(interpreter: Interpreter, owner: Object, name: str, node: cst.CSTNode) -> Value:
    if owner.kind == "super":
        return _of_super(interpreter, owner, name)
    if name in owner.attrs:
        return owner.attrs[name]
    if owner.cls is not None:
        member = owner.cls.member(name)
        if member is not None:
            return _bind(interpreter, owner, member)
    if frames.is_table(owner):
        return frames.attribute(owner, name, node)
    if name in VARIABLES:
        return Method(owner, name)
    used(interpreter, owner, name, node, "read")
    if models.is_model(owner):
        value = models.attribute(interpreter, owner, name, node)
        if value is not UNKNOWN:
            return value
    return Method(owner, name)


def used(
    interpreter: Interpreter, owner: Object, name: str, node: cst.CSTNode, how: Literal["read", "assigned"]
) -> None:
    """Write down that a member of a library object is used."""
    if owner.kind.startswith(LIBRARY) and (owner.cls is None or has_known_bases(owner.cls)):
        place = interpreter.place()
        interpreter.record(ApiUse(node, *place, owner.kind, name, how, tuple(interpreter.conditions), owner))


def arguments_used(call: Call, callee: str) -> None:
    """Write down which keyword arguments a library class or method is given."""
    conditions = tuple(call.interpreter.conditions)
    for name, node in call.nodes.items():
        if isinstance(name, str):
            call.interpreter.record(ApiUse(node, *call.interpreter.place(), callee, name, "argument", conditions))


def has_known_bases(cls: Class) -> bool:
    """Whether all classes that a class derives from are the file's own or Keras's."""
    bases = [base for part in cls.ancestry() for base in part.bases]
    return all(isinstance(b, Class) or (isinstance(b, Ref) and b.name.startswith(("keras.", "abc."))) for b in bases)


def _bind(interpreter: Interpreter, owner: Object, member: Value) -> Value:
    if isinstance(member, Function):
        return bound(member, owner)
    if isinstance(member, Object) and member.args and isinstance(member.args[0], Function):
        function = member.args[0]
        if member.kind == "property":
            return interpreter.call_function(bound(function, owner), [], {})
        return function if member.kind == "staticmethod" else bound(function, owner.cls or owner)
    return member


def _of_super(interpreter: Interpreter, owner: Object, name: str) -> Value:
    """An attribute of ``super()``: of the next class of the file, or of the library's."""
    receiver = owner.args[0]
    if not isinstance(receiver, Object) or receiver.cls is None:
        return UNKNOWN
    member = receiver.cls.member(name, after=owner.cls)
    if member is not None:
        return _bind(interpreter, receiver, member)
    return Method(receiver, name)


def put(interpreter: Interpreter, owner: Value, name: str, value: Value, node: cst.CSTNode | None = None) -> None:
    """``owner.name = value``. In a branch that the file does not decide, both values stay possible."""
    if not isinstance(owner, Object):
        return
    if node is not None and name not in owner.attrs:
        used(interpreter, owner, name, node, "assigned")
    if interpreter.branches and name in owner.attrs:
        value = join(owner.attrs[name], value)
    owner.attrs[name] = value

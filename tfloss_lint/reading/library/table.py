"""The tables of known functions and methods, and the call that their entries are given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import libcst as cst

from tfloss_lint.reading.values import (
    MORE,
    NONE,
    UNKNOWN,
    Choice,
    Const,
    Object,
    Role,
    Sequence,
    Shape,
    Tensor,
    Value,
    constant,
    integer,
    sources_of,
)

if TYPE_CHECKING:
    from tfloss_lint.reading.interpreter import Interpreter
    from tfloss_lint.reading.scope import Scope


@dataclass(slots=True)
class Call:
    """A call with its arguments evaluated. ``nodes`` are the argument expressions, by position or keyword."""

    interpreter: Interpreter
    node: cst.CSTNode
    scope: Scope
    args: list[Value]
    kwargs: dict[str, Value]
    nodes: dict[int | str, cst.CSTNode]

    def argument(self, position: int | None, *names: str) -> Value:
        """An argument by keyword or position; ``UNKNOWN`` when not given."""
        for name in names:
            if name in self.kwargs:
                return self.kwargs[name]
        return self.args[position] if position is not None and position < len(self.args) else UNKNOWN

    def argument_node(self, position: int | None, *names: str) -> cst.CSTNode | None:
        """The expression of an argument."""
        for name in names:
            if name in self.nodes:
                return self.nodes[name]
        return None if position is None else self.nodes.get(position)

    def given(self, position: int | None, *names: str) -> bool:
        """Whether the call has that argument, or may have it."""
        kwargs = self.kwargs
        if kwargs and (MORE in kwargs or not kwargs.keys().isdisjoint(names)):
            return True
        return position is not None and position < len(self.args)

    def tensor(
        self,
        shape: Shape,
        op: str,
        *inputs: Value,
        axes: tuple[int, ...] | None = None,
        detail: Value = NONE,
    ) -> Tensor:
        """A tensor that this call makes of ``inputs``."""
        self.interpreter.mark(self.node)
        return Tensor(shape, sources_of(*inputs), op, inputs, self.node, axes, detail)


Handler: TypeAlias = Callable[[Call], Value]
MethodHandler: TypeAlias = Callable[[Call, Tensor], Value]

FRAME = "pandas.DataFrame"

FUNCTIONS: dict[str, Handler] = {}
"""Library functions and classes by canonical name."""
TENSOR_METHODS: dict[str, MethodHandler] = {}
"""Methods of tensors and arrays."""


def function(*names: str) -> Callable[[Handler], Handler]:
    """Register the meaning of library functions."""

    def register(handler: Handler) -> Handler:
        FUNCTIONS.update(dict.fromkeys(names, handler))
        return handler

    return register


def method(*names: str) -> Callable[[MethodHandler], MethodHandler]:
    """Register the meaning of tensor methods."""

    def register(handler: MethodHandler) -> MethodHandler:
        TENSOR_METHODS.update(dict.fromkeys(names, handler))
        return handler

    return register


def everywhere(*names: str) -> tuple[str, ...]:
    """The names as TensorFlow, Keras and NumPy export them."""
    return tuple(
        f"{home}.{name}" for name in names for home in ("tf", "keras.ops", "keras.backend", "numpy", "tf.math")
    )


def as_tensor(value: Value) -> Tensor | None:
    """The value as a tensor: numbers are scalars, nested lists arrays; ``None`` where it may be anything."""
    if isinstance(value, Tensor):
        return value
    if isinstance(value, Const) and isinstance(value.value, (int, float)):
        return Tensor((), frozenset(), "constant", detail=value)
    if isinstance(value, Sequence) and value.items and not value.open:
        items = [as_tensor(item) for item in value.items]
        first = items[0]
        if (
            first is not None
            and first.shape is not None
            and all(i is not None and i.shape == first.shape for i in items)
        ):
            return Tensor((len(items), *first.shape), sources_of(value), "stack", tuple(value.items))
    if isinstance(value, Object) and value.kind == FRAME:
        width = value.attrs.get("width")
        return Tensor(
            (None, None if width is None else integer(width)), frozenset({Role.DATA}), "frame", (), value.node
        )
    if isinstance(value, Choice):
        tensors = [option for option in value.options if isinstance(option, Tensor)]
        others = [option for option in value.options if not isinstance(option, Tensor)]
        if len(tensors) == 1 and all(isinstance(other, Const) and other.value is None for other in others):
            return tensors[0]
    return None


def opaque(call: Call, *inputs: Value) -> Value:
    """The result of something unknown: what flows in may flow out, and nothing else is known."""
    sources = sources_of(*inputs)
    return Tensor(None, sources, "opaque", tuple(inputs), call.node) if sources else UNKNOWN


class UnknownAxesError(Exception):
    """The axes of a reduction are not spelled out."""


def axes_of(value: Value, given: bool) -> tuple[int, ...] | None:
    """The axes of a reduction: ``None`` for all. Raises ``UnknownAxesError`` when the file does not show them."""
    if not given:
        return None
    number = constant(value)
    if number is None:
        return None
    if isinstance(number, int):
        return (number,)
    if isinstance(value, Sequence) and not value.open:
        numbers = [constant(item) for item in value.items]
        axes = tuple(number for number in numbers if isinstance(number, int))
        if len(axes) == len(numbers):
            return axes
    raise UnknownAxesError

"""Reading a loss back: from the scalar that is differentiated to the labels and predictions it compares.

A loss is a sum of terms. A term is one comparison of labels with predictions and what was done to it on the way out:
means, sums, roots, divisions and weights, innermost first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import libcst as cst

from tfloss_lint.reading import shapes
from tfloss_lint.reading.library import elementwise, losses
from tfloss_lint.reading.library.table import as_tensor
from tfloss_lint.reading.values import Const, Dim, Object, Role, Shape, Tensor, Value

Kind: TypeAlias = Literal["mean", "sum", "root", "divide", "scale", "weight", "other"]


@dataclass(frozen=True, slots=True, eq=False)
class Treatment:
    """One thing done to a comparison. ``axes`` (``None``: all) are those of ``shape``, its input's shape."""

    kind: Kind
    node: cst.CSTNode | None
    shape: Shape
    axes: tuple[int, ...] | None = None
    by: Value | None = None
    """What it is divided, scaled or weighted by."""
    implied: bool = False
    """Whether the library does it inside the loss, rather than the file."""
    side: Literal[0, 1] | None = None
    """Which operand of ``node`` it is divided, scaled or weighted by."""

    @property
    def lengths(self) -> tuple[Dim, ...] | None:
        """The lengths of the reduced axes."""
        if self.shape is None:
            return None
        axes = shapes.normalize_axes(self.axes, len(self.shape))
        return None if axes is None else tuple(self.shape[axis] for axis in axes)

    @property
    def over_batch(self) -> bool | None:
        """Whether the first axis is reduced; ``None`` where the rank is open and the axis counts from the end."""
        if self.axes is None or 0 in self.axes:
            return True
        if self.shape is not None:
            axes = shapes.normalize_axes(self.axes, len(self.shape))
            return None if axes is None else 0 in axes
        return None if any(axis < 0 for axis in self.axes) else False


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """One comparison inside a loss. ``via`` is how it is computed; ``family`` names the error in plain words."""

    family: str
    label: Tensor
    prediction: Tensor
    node: cst.CSTNode
    via: Literal["by hand", "function", "object", "compiled"]
    loss: Value | None
    treatments: tuple[Treatment, ...]
    whole: Shape
    """The shape of the elementwise error, before any reduction."""
    per_sample: bool = False
    """Whether the comparison always has a value per sample: its prediction has a class axis."""

    def then(self, treatment: Treatment) -> Term:
        """The term with one more thing done to it."""
        return replace(self, treatments=(*self.treatments, treatment))


def terms(value: Value) -> list[Term]:
    """The terms of a loss, in order of the source. Empty when it compares nothing that the reader knows."""
    tensor = as_tensor(value)
    return [] if tensor is None else _terms(tensor, 0)


MOST_NESTED = 60


def _terms(tensor: Tensor, depth: int) -> list[Term]:
    if depth > MOST_NESTED or not tensor.sources:
        return []
    handler = HANDLERS.get(tensor.op)
    return handler(tensor, depth + 1) if handler is not None else []


def _inputs(tensor: Tensor) -> list[Tensor]:
    return [inner for inner in map(as_tensor, tensor.inputs) if inner is not None]


def _sum_of_terms(tensor: Tensor, depth: int) -> list[Term]:
    comparison = _by_hand(tensor)
    if comparison is not None:
        return [comparison]
    return [term for inner in _inputs(tensor) for term in _terms(inner, depth)]


def _pass_through(tensor: Tensor, depth: int) -> list[Term]:
    return [term for inner in _inputs(tensor)[:1] for term in _terms(inner, depth)]


def _treated(kind: Kind) -> Callable[[Tensor, int], list[Term]]:
    def handler(tensor: Tensor, depth: int) -> list[Term]:
        inner = _inputs(tensor)
        treatment = Treatment(kind, tensor.node, inner[0].shape if len(inner) == 1 else None, tensor.axes)
        return [term.then(treatment) for part in inner for term in _terms(part, depth)]

    return handler


def _scaled(tensor: Tensor, depth: int) -> list[Term]:
    """A product or quotient: the comparison is in one factor, the other scales or weighs it."""
    comparison = _by_hand(tensor)
    if comparison is not None:
        return [comparison]
    operands = list(tensor.inputs)
    if tensor.op == "multiply" and len(operands) == 2 and operands[0] is operands[1]:
        return _elementwise(replace(tensor, op="square", inputs=tensor.inputs[:1]), depth)
    found: list[Term] = []
    for at, operand in enumerate(operands):
        inner = as_tensor(operand)
        if inner is None:
            continue
        other = operands[1 - at] if len(operands) == 2 else None
        kind: Kind = "scale"
        if tensor.op == "divide":
            if at == 1:
                continue
            kind = "divide"
        elif other is not None and not _is_scalar(other):
            kind = "weight"
        treatment = Treatment(kind, tensor.node, inner.shape, by=other, side=0 if at else 1)
        found += [term.then(treatment) for term in _terms(inner, depth)]
    return found


def _is_scalar(value: Value) -> bool:
    tensor = as_tensor(value)
    return tensor is not None and tensor.shape == ()


FAMILY_AFTER = {"square": "squared error", "abs": "absolute error"}


def _elementwise(tensor: Tensor, depth: int) -> list[Term]:
    """Square, absolute value, logarithm: they name the error when they act on a difference."""
    inner = _inputs(tensor)
    if not inner:
        return []
    found = _terms(inner[0], depth)
    family = FAMILY_AFTER.get(tensor.op)
    if family is not None and len(found) == 1 and found[0].family == "difference" and not found[0].treatments:
        return [replace(found[0], family=family)]
    if tensor.op == "negative":
        return found
    return [term.then(Treatment("other", tensor.node, inner[0].shape)) for term in found]


def _power(tensor: Tensor, depth: int) -> list[Term]:
    inner = as_tensor(tensor.inputs[0])
    exponent = elementwise.constant_factor(tensor.inputs[1]) if len(tensor.inputs) > 1 else None
    if inner is None:
        return []
    if exponent == 2:
        return _elementwise(replace(tensor, op="square", inputs=(inner,)), depth)
    if exponent == 0.5:
        return [t.then(Treatment("root", tensor.node, inner.shape)) for t in _terms(inner, depth)]
    return [t.then(Treatment("other", tensor.node, inner.shape)) for t in _terms(inner, depth)]


def _by_hand(tensor: Tensor) -> Term | None:
    """An elementwise operation in which a label meets a prediction."""
    if len(tensor.inputs) != 2 or tensor.node is None:
        return None
    a, b = (as_tensor(operand) for operand in tensor.inputs)
    if a is None or b is None:
        return None
    for label, prediction in ((a, b), (b, a)):
        if elementwise.is_target(label) and elementwise.is_prediction(prediction):
            family = {"subtract": "difference", "squared_difference": "squared error"}.get(tensor.op, "error")
            if tensor.op == "multiply" and _takes_log(prediction):
                family = "cross-entropy"
            return Term(family, label, prediction, tensor.node, "by hand", None, (), tensor.shape)
    return None


def _takes_log(tensor: Tensor) -> bool:
    inner: Tensor | None = tensor
    while inner is not None and inner.op in ("log", "negative", "clip", "add", "subtract"):
        if inner.op == "log":
            return True
        inner = _inputs(inner)[0] if _inputs(inner) else None
    return False


def _library(tensor: Tensor, depth: int) -> list[Term]:
    """A library loss, with the reductions that it does itself."""
    label, prediction = (losses.leaf(operand) for operand in tensor.inputs[:2])
    loss = tensor.detail
    short = losses.function_of(loss)
    if tensor.node is None:
        return []
    via: Literal["function", "object"] = "object" if tensor.op == "loss_object" else "function"
    whole = _whole_shape(short, label.shape, prediction.shape)
    term = Term(
        losses.FAMILIES.get(short or "", "loss"),
        label,
        prediction,
        tensor.node,
        via,
        loss,
        (),
        whole,
        short in losses.CLASS_PER_SAMPLE,
    )
    if short is None:
        return [term.then(Treatment("mean", tensor.node, None, implied=True))] if via == "object" else [term]
    if tensor.op == "elementwise_loss":
        return [term]
    last: Kind = "sum" if short in losses.SUMS_CLASSES else "mean"
    if short != "sparse_categorical_crossentropy":
        term = term.then(Treatment(last, tensor.node, whole, tensor.axes or (-1,), implied=True))
    if isinstance(loss, Object) and via == "object":
        reduction = losses.reduction_of(loss)
        per_sample = None if whole is None else whole[:-1]
        if reduction in ("mean", "sum"):
            kind: Kind = "mean" if reduction == "mean" else "sum"
            term = term.then(Treatment(kind, tensor.node, per_sample, None, implied=True))
        elif reduction is None:
            term = term.then(Treatment("other", tensor.node, per_sample, implied=True))
    return [term]


def _whole_shape(short: str | None, label: Shape, prediction: Shape) -> Shape:
    if prediction is None:
        return label if label is not None and short != "sparse_categorical_crossentropy" else None
    if label is not None and len(label) > len(prediction):
        return label
    return prediction


def _compiled(tensor: Tensor, depth: int) -> list[Term]:
    label, prediction = (losses.leaf(operand) for operand in tensor.inputs[:2])
    if tensor.node is None:
        return []
    mean = Treatment("mean", tensor.node, None, implied=True)
    return [Term("compiled loss", label, prediction, tensor.node, "compiled", tensor.detail, (mean,), None)]


HANDLERS: dict[str, Callable[[Tensor, int], list[Term]]] = {
    "add": _sum_of_terms,
    "subtract": _sum_of_terms,
    "either": _sum_of_terms,
    "stack": _sum_of_terms,
    "concat": _sum_of_terms,
    "maximum": _sum_of_terms,
    "minimum": _sum_of_terms,
    "where": _sum_of_terms,
    "squared_difference": _sum_of_terms,
    "multiply": _scaled,
    "divide": _scaled,
    "mean": _treated("mean"),
    "sum": _treated("sum"),
    "average_loss": _treated("other"),
    "max": _treated("other"),
    "norm": _treated("other"),
    "logsumexp": _treated("other"),
    "sqrt": _treated("root"),
    "square": _elementwise,
    "abs": _elementwise,
    "log": _elementwise,
    "exp": _elementwise,
    "negative": _elementwise,
    "clip": _elementwise,
    "sigmoid": _elementwise,
    "softplus": _elementwise,
    "power": _power,
    "reshape": _pass_through,
    "tensor": _pass_through,
    "squeeze": _pass_through,
    "expand": _pass_through,
    "select": _pass_through,
    "transpose": _pass_through,
    "loss": _library,
    "elementwise_loss": _library,
    "loss_object": _library,
    "compiled_loss": _compiled,
}


def is_constant(value: Value | None) -> float | None:
    """The number that a divisor or factor is."""
    if isinstance(value, Const) and isinstance(value.value, (int, float)):
        return float(value.value)
    return None if value is None else elementwise.constant_factor(value)


def is_label_of_batch(tensor: Tensor) -> bool:
    """Whether it is made of labels alone."""
    return tensor.sources == {Role.LABEL}

"""How labels name classes: by number, or by a row with a 1 in the class's place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tfloss_lint.reading.values import Dim, Tensor, Value

Kind: TypeAlias = Literal["class ids", "one-hot"]


@dataclass(frozen=True, slots=True)
class Encoding(Value):
    """What labels are. ``classes``: how many of them there are, where the file shows that all may occur."""

    kind: Kind
    classes: int | None = None


IDS, ONE_HOT = Encoding("class ids"), Encoding("one-hot")
OF_OPERATION = {"argmax": IDS, "one_hot": ONE_HOT}
CUT = frozenset({"array", "sample", "batch", "input"})
"""What is cut from an array by scikit-learn, ``tf.data`` and ``fit``: ``detail`` is that array."""
KEEPING = frozenset({"array", "tensor", "expand", "squeeze"})
"""Operations that leave every element what it is, and a row a row."""
REARRANGING = frozenset({"reshape", "select", "concat", "transpose"})
"""Operations whose elements are some of those that they are given."""


def encoding_of(value: Value) -> Encoding | None:
    """The encoding of labels; ``None`` where the file does not show it."""
    if not isinstance(value, Tensor):
        return None
    if isinstance(value.detail, Encoding):
        return value.detail
    if value.op in CUT and isinstance(value.detail, Tensor):
        return encoding_of(value.detail)
    if value.op in OF_OPERATION:
        return OF_OPERATION[value.op]
    known = {encoding_of(part) for part in value.inputs}
    if len(known) != 1 or value.op not in KEEPING | REARRANGING | {"either"}:
        return None
    [encoding] = known
    if encoding is None or value.op not in REARRANGING:
        return encoding
    # Some numbers are numbers, but all classes need not be among them; of rows nothing is left for certain.
    return IDS if encoding.kind == "class ids" else ONE_HOT if _are_rows(value) else None


def _are_rows(tensor: Tensor) -> bool:
    """Whether a part of something keeps its last axis whole."""
    whole = tensor.inputs[0]
    if tensor.op != "select" or not isinstance(whole, Tensor) or not tensor.shape or not whole.shape:
        return False
    return len(tensor.shape) == len(whole.shape) and tensor.shape[-1] == whole.shape[-1]


Case: TypeAlias = Literal["class ids (batch,)", "class ids (batch, 1)", "one-hot", "one output"]


def width_of(prediction: Tensor) -> int | None:
    """The number of outputs of a sample."""
    width = prediction.shape[-1] if prediction.shape is not None and len(prediction.shape) > 1 else None
    return width if isinstance(width, int) else None


def _are_of_different_samples(label: tuple[Dim, ...], prediction: tuple[Dim, ...]) -> bool:
    """Whether the axes before the last differ in length: ``[0, 1]`` beside ``(1, 2)`` is one row without its batch."""
    axes = zip(label, prediction[:-1])
    return any(isinstance(one, int) and isinstance(other, int) and one != other for one, other in axes)


def case_of(label: Tensor, prediction: Tensor) -> Case | None:
    """What labels are next to the outputs of a model, by shapes or how they are made, in the words of the facts."""
    width, encoding = width_of(prediction), encoding_of(label)
    of_rows = encoding is not None and encoding.kind == "one-hot"
    if width == 1:
        return "one output"
    if label.shape is None or prediction.shape is None:
        if of_rows:
            return "one-hot"
        return "class ids (batch,)" if encoding is not None and label.rank == 1 else None
    if width is None or _are_of_different_samples(label.shape, prediction.shape):
        return None
    if len(label.shape) == len(prediction.shape) - 1:
        return "class ids (batch,)"
    if len(label.shape) != len(prediction.shape):
        return None
    if label.shape[-1] == 1:
        return "class ids (batch, 1)"
    return "one-hot" if of_rows or label.shape[-1] == width else None

"""pandas: tables, their columns, and what Keras makes of both."""

from __future__ import annotations

import libcst as cst

from tfloss_lint.reading.library.table import FRAME, Call, as_tensor, function, method, opaque
from tfloss_lint.reading.values import (
    UNKNOWN,
    Choice,
    Const,
    Method,
    Object,
    Role,
    Sequence,
    Slice,
    Tensor,
    Value,
    constant,
    integer,
    options,
)

DATA = frozenset({Role.DATA})


def table(node: cst.CSTNode, width: int | None = None) -> Object:
    """A ``DataFrame`` with that many columns."""
    return Object(FRAME, attrs={"width": Const(width)}, node=node)


def column(node: cst.CSTNode) -> Tensor:
    """A ``Series``."""
    return Tensor((None,), DATA, "series", (), node)


def is_table(value: Value) -> bool:
    """Whether it is a pandas DataFrame."""
    return isinstance(value, Object) and value.kind == FRAME


def width_of(value: Value) -> int | None:
    """How many columns a table has."""
    return integer(value.attrs.get("width", UNKNOWN)) if isinstance(value, Object) else None


CONVERTED = frozenset(
    {"array", "scaled", "tensor", "reshape", "expand", "stack", "concat", "one_hot", "squeeze", "input"}
)
"""Operations that leave pandas whatever they are given."""
OPERATORS = (cst.BinaryOperation, cst.UnaryOperation, cst.Comparison, cst.Subscript)


def is_column(tensor: Tensor) -> bool | None:
    """Whether it is a pandas ``Series``, which ``fit`` and NumPy tell apart; ``None`` where it may be one.

    Operators make columns of columns, functions of NumPy too, those of TensorFlow make tensors.
    """
    if tensor.op == "series":
        return True
    if tensor.op in CONVERTED or tensor.rank != 1:
        return False
    made_of = [is_column(part) for part in tensor.inputs if isinstance(part, Tensor)]
    if all(part is False for part in made_of):
        return False
    return True if True in made_of and isinstance(tensor.node, OPERATORS) else None


def as_array(tensor: Tensor, node: cst.CSTNode) -> Tensor:
    """``column.values``: the same numbers outside of pandas."""
    return tensor if is_column(tensor) is False else Tensor(tensor.shape, tensor.sources, "array", (tensor,), node)


def table_array(value: Object, node: cst.CSTNode) -> Tensor:
    """``table.values``."""
    return Tensor((None, width_of(value)), DATA, "array", (), node)


# Making


@function("pandas.read_csv", "pandas.read_excel", "pandas.get_dummies", "pandas.read_table", "pandas.read_json")
def _read(call: Call) -> Value:
    return table(call.node)


@function("pandas.DataFrame")
def _table(call: Call) -> Value:
    columns = call.argument(2, "columns")
    return table(call.node, len(columns.items) if isinstance(columns, Sequence) and not columns.open else None)


@function("pandas.Series")
def _series(call: Call) -> Value:
    return column(call.node)


@function("pandas.concat")
def _concat(call: Call) -> Value:
    parts = call.argument(0, "objs")
    known = isinstance(parts, Sequence) and not parts.open and any(map(is_table, parts.items))
    return table(call.node) if known else UNKNOWN


# Attributes, methods and subscripts


def attribute(owner: Object, name: str, node: cst.CSTNode) -> Value:
    """``table.name``. A column's name is as good as any other, so what is not known stays a method."""
    if name == "values":
        return table_array(owner, node)
    if name in ("iloc", "loc"):
        return Object("pandas.iloc", args=[owner])
    return Method(owner, name)


SAME_COLUMNS = frozenset(
    "astype copy dropna fillna ffill bfill head tail sample sort_values sort_index replace round clip query".split()
)
OTHER_COLUMNS = frozenset("drop reset_index set_index join merge select_dtypes rename assign".split())


def table_method(call: Call, owner: Object, name: str) -> Value:
    """A method of a table."""
    if name == "pop":
        return column(call.node)
    if name == "to_numpy":
        return table_array(owner, call.node)
    if name in SAME_COLUMNS:
        return table(call.node, width_of(owner))
    return table(call.node) if name in OTHER_COLUMNS else UNKNOWN


@method("numpy", "to_numpy", "tolist")
def _to_numpy(call: Call, tensor: Tensor) -> Value:
    return as_array(tensor, call.node)


@method("map", "dropna", "head", "tail", "sample", "sort_values", "sort_index", "replace", "ffill", "bfill")
def _column_method(call: Call, tensor: Tensor) -> Value:
    return column(call.node) if is_column(tensor) else opaque(call, tensor)


@method("reset_index")
def _reset_index(call: Call, tensor: Tensor) -> Value:
    if constant(call.argument(1, "drop")) is True:
        return tensor
    return table(call.node) if is_column(tensor) and not call.given(1, "drop") else opaque(call, tensor)


def columns(owner: Object, index: Value, node: cst.CSTNode) -> Value:
    """``df["a"]`` is a column, ``df[["a", "b"]]`` a table."""
    if isinstance(index, (Const, Choice)) and all(isinstance(constant(option), str) for option in options(index)):
        return column(node)
    if isinstance(index, Sequence):
        return table(node, None if index.open else len(index.items))
    chosen = as_tensor(index)
    if isinstance(index, Slice) or (chosen is not None and chosen.op != "constant"):
        return table(node, width_of(owner))
    return UNKNOWN


def iloc(owner: Object, index: list[Value], node: cst.CSTNode) -> Value:
    """``df.iloc[:, -1]`` is a column, ``df.iloc[:, 1:]`` a table."""
    whole = owner.args[0]
    if len(index) == 1 and isinstance(index[0], Slice):
        return table(node, width_of(whole))
    if len(index) != 2 or not isinstance(index[0], Slice):
        return UNKNOWN
    if integer(index[1]) is not None or isinstance(constant(index[1]), str):
        return column(node)
    if isinstance(index[1], Sequence):
        return table(node, None if index[1].open else len(index[1].items))
    return table(node) if isinstance(index[1], Slice) else UNKNOWN

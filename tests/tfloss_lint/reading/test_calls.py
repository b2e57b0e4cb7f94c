"""Calls: of functions of the file, with all kinds of arguments, and of what the file does not show."""

from __future__ import annotations

import pytest
from readings import read_program, shape_of, value_of

from tfloss_lint.reading.values import UNKNOWN, Const, Role, Tensor, Value

HEAD = """
import numpy as np
import tensorflow as tf
from tensorflow import keras
row = np.ones((3,))
column = np.ones((3, 1))
"""


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("anything(1)", UNKNOWN),
        ("anything(1)(2).three[4]", UNKNOWN),
        ("(1)(2)", UNKNOWN),
        ("'a'()", UNKNOWN),
        ("[lambda: 1][0]()", Const(1)),
    ],
)
def test_calls_of_anything(expression: str, value: Value) -> None:
    assert value_of(read_program(f"value = {expression}\n"), "value") == value


@pytest.mark.parametrize(
    ("expression", "shape", "role"),
    [
        ("anything(y_true)", None, Role.LABEL),
        ("anything(1, k=y_true)", None, Role.LABEL),
        ("y_true.anything()", None, Role.LABEL),
        ("tf.anything(y_true)", None, Role.LABEL),
        ("model(y_true)", None, Role.PREDICTION),
        ("self.my_network(y_true)", None, Role.PREDICTION),
        ("anything()", None, None),
    ],
)
def test_what_flows_into_the_unknown_may_flow_out(expression: str, shape: object, role: Role | None) -> None:
    program = read_program(
        f"import tensorflow as tf\ndef f(self, y_true):\n    global value\n    value = {expression}\n"
    )
    value = value_of(program, "value")
    assert (value.role if isinstance(value, Tensor) else None) is role
    assert shape_of(program, "value") == shape


@pytest.mark.parametrize(
    ("expression", "shape"),
    [
        ("f(row)", (3,)),
        ("f(v=column)", (3, 1)),
        ("f()", (2, 2)),
        ("f(*[row])", (3,)),
        ("f(**{'v': column})", (3, 1)),
        ("f(*anything)", None),
        ("f(**anything)", None),
        ("f(*anything, row)", None),
        ("f(row, **anything)", (3,)),
        ("g(row)", (3,)),
        ("g(row, column, row)", (3,)),
        ("g(*[row, column], row)", (3,)),
        ("g(*anything)", None),
        ("h(a=row)", (3,)),
        ("h(**anything)", None),
        ("h(**{'a': column}, b=row)", (3, 1)),
    ],
)
def test_arguments(expression: str, shape: object) -> None:
    setup = "def f(v=np.ones((2, 2))):\n    return v\ndef g(*vs):\n    return vs[0]\ndef h(**ws):\n    return ws['a']\n"
    assert shape_of(read_program(f"{HEAD}{setup}value = {expression}\n"), "value") == shape


@pytest.mark.parametrize(
    ("expression", "shape"),
    [
        ("partial(f, row)()", (3,)),
        ("partial(f, row)(w=column)", (3,)),
        ("partial(f, w=row)(column)", (3, 1)),
        ("partial(f)(row)", (3,)),
        ("partial(partial(f, row))()", (3,)),
        ("partial(tf.reduce_mean, axis=-1)(column)", (3,)),
        ("partial(anything, row)(row)", None),
        ("partial(keras.layers.Dense, 2)()(column)", (3, 2)),
    ],
)
def test_partial_calls(expression: str, shape: object) -> None:
    setup = "from functools import partial\ndef f(v, w=None):\n    return v\n"
    assert shape_of(read_program(f"{HEAD}{setup}value = {expression}\n"), "value") == shape

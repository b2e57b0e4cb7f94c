"""Python's builtins, of what is known and what is not."""

from __future__ import annotations

import pytest
from readings import read_program, shape_of, tensor_of, value_of

from tfloss_lint.reading.values import UNKNOWN, Const, Role, Value

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
        ("len((1, 2))", Const(2)),
        ("len(row)", Const(3)),
        ("len(anything)", UNKNOWN),
        ("list((1, 2))[1]", Const(2)),
        ("tuple([1, 2])[0]", Const(1)),
        ("dict(a=1)['a']", Const(1)),
        ("dict({'a': 1}, b=2)['b']", Const(2)),
        ("dict({'a': 1})['a']", Const(1)),
        ("next(iter([5]))", Const(5)),
        ("next(iter([5, 6]))", None),
        ("list(map(lambda n: n + 1, [1, 2]))[1]", Const(3)),
        ("list(map(anything, [1, 2]))[1]", UNKNOWN),
        ("sorted([1])[0]", Const(1)),
        ("int('3')", UNKNOWN),
        ("range(3)", UNKNOWN),
        ("super()", UNKNOWN),
        ("isinstance(row, tuple)", Const(False)),
        ("isinstance(anything, tuple)", UNKNOWN),
        ("getattr(keras.Sequential([]), 'nothing', 3)", None),
        ("print(row)", None),
    ],
)
def test_builtins(expression: str, value: Value | None) -> None:
    found = value_of(read_program(f"{HEAD}value = {expression}\n"), "value")
    assert found == value if value is not None else not isinstance(found, Const)


def test_reversed_and_sorted_lists_have_another_order() -> None:
    shapes = {"list(reversed([row, column]))[0]": (3, 1), "sorted([row, column])[0]": None, "sorted([row])[0]": (3,)}
    for expression, shape in shapes.items():
        assert shape_of(read_program(f"{HEAD}value = {expression}\n"), "value") == shape, expression


def test_a_list_of_a_data_set() -> None:
    program = read_program(
        f"{HEAD}batches = list(tf.data.Dataset.from_tensor_slices((row, column)).batch(2))\nx, y = batches[0]\n"
    )
    assert (tensor_of(program, "x").role, shape_of(program, "y")) == (Role.FEATURES, ("batch", 1))

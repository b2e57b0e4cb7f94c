"""What loops bind, and the parts that patterns of targets take."""

from __future__ import annotations

import pytest
from readings import read_program, shape_of, value_of

from tfloss_lint.reading.values import Const

HEAD = """
import numpy as np
import tensorflow as tf
from tensorflow import keras
row = np.ones((3,))
column = np.ones((3, 1))
"""


@pytest.mark.parametrize(
    ("loop", "shape"),
    [
        ("for value in row:\n    pass", ()),
        ("for value in column:\n    pass", (1,)),
        ("for value in [column, column]:\n    pass", (3, 1)),
        ("for value in [row, column]:\n    pass", None),
        ("for _, value in enumerate([row]):\n    pass", (3,)),
        ("for _, value in enumerate(column):\n    pass", (1,)),
        ("for _, value in zip(row, column):\n    pass", (1,)),
        ("for _, (_, value) in enumerate(zip(row, column)):\n    pass", (1,)),
        ("for value in {'a': row}.values():\n    pass", (3,)),
        ("for _, value in {'a': row}.items():\n    pass", (3,)),
        ("for value in [column] if anything else [column * 2]:\n    pass", (3, 1)),
        ("for value in [column] if anything else [row]:\n    pass", None),
        ("for value in anything:\n    pass", None),
        ("for value in 3:\n    pass", None),
        ("for value in []:\n    pass", None),
        ("for value in map(lambda a: a[:, None], [row]):\n    pass", (3, 1)),
        ("for value in reversed([row]):\n    pass", (3,)),
        ("import tqdm\nfor value in tqdm.tqdm([row]):\n    pass", (3,)),
        ("for value in (a for a in [row]):\n    pass", (3,)),
        ("x, value = row, column", (3, 1)),
        ("x, value = column.shape", ()),
        ("x, value = np.ones((2, 5))", (5,)),
        ("x, value = (row, column) if anything else (row, column * 2)", (3, 1)),
        ("x, value = (row, column) if anything else (row, row)", None),
        ("x, value = [row, *anything]", None),
        ("*x, value = anything", None),
    ],
)
def test_iterating_and_unpacking(loop: str, shape: object) -> None:
    assert shape_of(read_program(f"{HEAD}{loop}\n"), "value") == shape


def test_keys_of_a_dictionary() -> None:
    program = read_program("for key in {'a': 1}:\n    pass\nfor name, part in {'b': 2}.items():\n    pass\n")
    assert [value_of(program, name) for name in ("key", "name", "part")] == [Const("a"), Const("b"), Const(2)]

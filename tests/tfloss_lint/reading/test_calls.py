"""Calls: of builtins, of what a loop goes through, of what the file does not show."""

from __future__ import annotations

import pytest
from readings import read_program, shape_of, tensor_of, value_of

from tfloss_lint.reading.calls import is_known, is_object
from tfloss_lint.reading.values import UNKNOWN, Const, Mapping, Object, Role, Sequence, Tensor, Value

HEAD = """
import numpy as np
import tensorflow as tf
from tensorflow import keras
row = np.ones((3,))
column = np.ones((3, 1))
"""


def of(expression: str, setup: str = "") -> Value:
    return value_of(read_program(f"{HEAD}{setup}\nvalue = {expression}\n"), "value")


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
        ("{'a': 1}.get('a')", Const(1)),
        ("{'a': 1}.get('b')", Const(None)),
        ("{'a': 1}.get('b', 2)", Const(2)),
        ("{'a': 1}.get(anything)", UNKNOWN),
        ("{'a': 1, **anything}.get('b', 2)", UNKNOWN),
        ("{'a': 1}.pop('a')", Const(1)),
        ("{'a': 1}.setdefault('a', 2)", Const(1)),
        ("{'a': 1}.setdefault('b', 2)", Const(2)),
        ("{'a': 1}.copy()['a']", Const(1)),
        ("list({'a': 1}.keys())[0]", Const("a")),
        ("list({'a': 1}.values())[0]", Const(1)),
        ("list({'a': 1}.items())[0][1]", Const(1)),
        ("[1, 2].copy()[1]", Const(2)),
        ("[1, 2].pop()", Const(2)),
        ("[1, 2].pop(0)", Const(1)),
        ("[1, 2].index(1)", UNKNOWN),
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
        ("anything(1)", UNKNOWN),
        ("anything(1)(2).three[4]", UNKNOWN),
        ("(1)(2)", UNKNOWN),
        ("'a'()", UNKNOWN),
        ("[lambda: 1][0]()", Const(1)),
        ("print(row)", None),
    ],
)
def test_builtins(expression: str, value: Value | None) -> None:
    found = of(expression)
    assert found == value if value is not None else not isinstance(found, Const)


def test_reversed_and_sorted_lists_have_another_order() -> None:
    shapes = {"list(reversed([row, column]))[0]": (3, 1), "sorted([row, column])[0]": None, "sorted([row])[0]": (3,)}
    for expression, shape in shapes.items():
        assert shape_of(read_program(f"{HEAD}value = {expression}\n"), "value") == shape, expression


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


def test_updates_of_dictionaries() -> None:
    program = read_program(
        """
        logs = {"a": 1}
        logs.update({"b": 2}, c=3)
        logs |= {"d": 4}
        unknown = {"a": 1}
        unknown.update(anything)
        more = {"a": 1}
        more.update(**anything)
        """
    )
    logs, unknown, more = (value_of(program, name) for name in ("logs", "unknown", "more"))
    assert isinstance(logs, Mapping)
    assert isinstance(unknown, Mapping)
    assert isinstance(more, Mapping)
    assert (list(logs.items.values()), logs.open) == ([Const(1), Const(2), Const(3), Const(4)], False)
    assert (unknown.items, unknown.open) == ({"a": UNKNOWN}, True)
    assert (more.items, more.open) == ({"a": UNKNOWN}, True)


def test_a_list_of_a_data_set() -> None:
    program = read_program(
        f"{HEAD}batches = list(tf.data.Dataset.from_tensor_slices((row, column)).batch(2))\nx, y = batches[0]\n"
    )
    assert (tensor_of(program, "x").role, shape_of(program, "y")) == (Role.FEATURES, ("batch", 1))


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


def test_objects_of_the_file_and_of_libraries() -> None:
    program = read_program(
        HEAD
        + """
class Own:
    def __init__(self, a, b=2):
        self.a, self.b = a, b
class Bare:
    pass
class Layer(keras.layers.Layer):
    pass
own, bare = Own(1), Bare(1, b=2)
layer, dense = Layer(3, name="l"), keras.layers.Dense(3, name="d")
"""
    )
    own, bare, layer, dense = (value_of(program, name) for name in ("own", "bare", "layer", "dense"))
    assert all(isinstance(value, Object) for value in (own, bare, layer, dense))
    assert isinstance(own, Object)
    assert isinstance(bare, Object)
    assert isinstance(layer, Object)
    assert isinstance(dense, Object)
    assert (own.kind, own.attrs, own.args) == ("", {"a": Const(1), "b": Const(2)}, [])
    assert (bare.kind, bare.args, bare.kwargs) == ("", [Const(1)], {"b": Const(2)})
    assert (layer.kind, layer.args, layer.cls is not None) == ("keras.layers.Layer", [Const(3)], True)
    assert (dense.kind, dense.config("units", 0), dense.cls) == ("keras.layers.Dense", Const(3), None)


def test_what_a_list_holds_after_it_was_changed() -> None:
    program = read_program(
        """
        a = [1]
        a.append(2)
        a.extend((3, 4))
        a.insert(1, 5)
        b = a.copy()
        b.clear()
        c = [1, 2]
        c.remove(1)
        d = [1, 2]
        d.sort()
        e = [1]
        e.extend(anything)
        f = [1, 2]
        f.insert(anything, 3)
        """
    )
    found = {name: value_of(program, name) for name in "abcdef"}
    lists = {name: value for name, value in found.items() if isinstance(value, Sequence)}
    assert lists.keys() == found.keys()
    assert list(lists["a"].items) == [Const(1), Const(5), Const(2), Const(3), Const(4)]
    assert (lists["a"].open, lists["b"].items) == (False, [])
    assert {name for name, value in lists.items() if value.open or not value.ordered} == set("cdef")
    assert Const(3) in lists["f"].items


@pytest.mark.parametrize(
    ("name", "known", "possible"),
    [
        ("keras.layers.Dense", True, True),
        ("keras.layers.SomethingNew", False, True),
        ("keras.layers.something", False, False),
        ("keras.losses.mean_squared_error", True, False),
        ("keras.losses.Huber", True, True),
        ("keras.Model", True, False),
        ("keras.losses", True, False),
        ("keras", True, False),
        ("tf.reduce_mean", True, False),
        ("numpy.mean", True, False),
        ("os.path", False, False),
    ],
)
def test_names_that_the_reader_knows(name: str, known: bool, possible: bool) -> None:
    assert (is_known(name), is_object(name)) == (known, possible)

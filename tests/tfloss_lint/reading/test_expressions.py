"""Expressions: names however they are imported, constants, containers, operators, conditions."""

from __future__ import annotations

import pytest
from readings import place, read_program, shape_of, value_of

from tfloss_lint.reading.values import UNKNOWN, Const, Mapping, Ref, Sequence, Value


def of(expression: str, setup: str = "") -> Value:
    return value_of(read_program(f"{setup}\nvalue = {expression}\n"), "value")


# Imports

MSE = "keras.losses.mean_squared_error"


@pytest.mark.parametrize(
    ("imports", "expression", "name"),
    [
        ("import tensorflow as tf", "tf.keras.losses.mean_squared_error", MSE),
        ("import tensorflow", "tensorflow.keras.losses.mse", MSE),
        ("import tensorflow as tf", "tf.losses.mse", MSE),
        ("import tensorflow as tf", "tf.metrics.mse", MSE),
        ("import tensorflow.compat.v2 as tf", "tf.keras.losses.MSE", MSE),
        ("from tensorflow import keras", "keras.losses.mean_squared_error", MSE),
        ("from tensorflow import keras as K3", "K3.metrics.mean_squared_error", MSE),
        ("import keras", "keras.losses.mse", MSE),
        ("import tf_keras as keras", "keras.losses.mse", MSE),
        ("import tf_keras", "tf_keras.losses.mse", MSE),
        ("import tensorflow.keras as keras", "keras.losses.MSE", MSE),
        ("import tensorflow.keras.losses as L", "L.mse", MSE),
        ("import tensorflow.keras.losses", "tensorflow.keras.losses.mse", MSE),
        ("from tensorflow.keras import losses", "losses.mse", MSE),
        ("from keras import losses as L", "L.mean_squared_error", MSE),
        ("from tensorflow.keras.losses import mean_squared_error", "mean_squared_error", MSE),
        ("from tensorflow.keras.losses import mean_squared_error as mse", "mse", MSE),
        ("from keras.losses import MSE", "MSE", MSE),
        ("from tensorflow.python.keras.losses import mse", "mse", MSE),
        ("from keras.src.losses import mean_squared_error", "mean_squared_error", MSE),
        ("from tensorflow.keras.losses import *", "mean_squared_error", MSE),
        ("from keras.losses import *", "mean_squared_error", MSE),
        ("from tensorflow.keras.layers import *\nfrom tensorflow.keras.losses import *", "mean_squared_error", MSE),
        ("from keras import *", "losses.mse", MSE),
        ("from tensorflow import *", "keras.losses.mse", MSE),
        ("from tensorflow.keras.layers import *", "Dense", "keras.layers.Dense"),
        ("import tensorflow.keras.backend as K", "K.mean", "keras.backend.mean"),
        ("from tensorflow.keras import backend as K", "K.square", "keras.backend.square"),
        ("from keras import backend", "backend.sum", "keras.backend.sum"),
        ("from keras import ops", "ops.mean", "keras.ops.mean"),
        ("import keras.ops as knp", "knp.square", "keras.ops.square"),
        ("import tensorflow as tf", "tf.math.reduce_mean", "tf.reduce_mean"),
        ("from tensorflow import reduce_mean as rm", "rm", "tf.reduce_mean"),
        ("from tensorflow.math import reduce_mean", "reduce_mean", "tf.reduce_mean"),
        ("import numpy as np", "np.mean", "numpy.mean"),
        ("import numpy", "numpy.mean", "numpy.mean"),
        ("from numpy import mean as m", "m", "numpy.mean"),
        ("try:\n    from tensorflow import keras\nexcept ImportError:\n    import keras", "keras.losses.mse", MSE),
        ("import tensorflow as tf\nkeras = tf.keras\nL = keras.losses", "L.mse", MSE),
        ("import tensorflow as tf\nmse = tf.losses.mse", "mse", MSE),
        ("import tensorflow as tf", "getattr(tf.keras.losses, 'mse')", MSE),
        ("", "tf.keras.losses.mse", MSE),
        ("", "keras.losses.mse", MSE),
        ("", "np.mean", "numpy.mean"),
        ("", "metrics.Accuracy", "keras.metrics.Accuracy"),
        ("", "losses.Huber", "keras.losses.Huber"),
        ("import tensorflow.keras.utils as u", "u.to_categorical", "keras.utils.to_categorical"),
    ],
)
def test_names_come_down_to_one(imports: str, expression: str, name: str) -> None:
    value = of(expression, imports)
    assert isinstance(value, Ref)
    assert value.name == name


@pytest.mark.parametrize(
    ("imports", "expression"),
    [
        ("from .losses import mean_squared_error", "mean_squared_error"),
        ("from . import keras", "keras.losses.mse"),
        ("from keras.losses import *", "unheard_of"),
        ("from .keras.losses import *", "mean_squared_error"),
        ("", "losses.mse"),
        ("from .common import *", "metrics.Accuracy"),
        ("from common import *", "metrics.Accuracy"),
        ("metrics = None or load()", "metrics.Accuracy"),
        ("", "mse"),
        ("def f():\n    import numpy as anp", "anp.mean"),
    ],
)
def test_names_of_nobody_stay_unknown(imports: str, expression: str) -> None:
    assert of(expression, imports) is UNKNOWN


def test_an_import_in_a_function_is_its_own() -> None:
    program = read_program("def f():\n    import numpy as np\n    return np.zeros((3,))\ny = f()\n")
    assert shape_of(program, "y") == (3,)


@pytest.mark.parametrize(
    "definition",
    [
        "def mse(y_true, y_pred):\n    return y_true",
        "mse = lambda y_true, y_pred: y_true",
        "class mse:\n    pass",
        "mse = 3",
        "from .own import mse",
    ],
)
@pytest.mark.parametrize("imports", ["from keras.losses import mse", "from keras.losses import *", ""])
def test_the_file_s_own_definition_shadows_the_library(imports: str, definition: str) -> None:
    value = of("mse", f"{imports}\n{definition}")
    assert not isinstance(value, Ref)


def test_an_import_after_a_definition_shadows_it() -> None:
    value = of("mse", "def mse(a, b):\n    return a\nfrom keras.losses import mse")
    assert isinstance(value, Ref)


# Constants


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1", 1),
        ("-1", -1),
        ("+1", 1),
        ("1_000", 1000),
        ("0x20", 32),
        ("32.", 32.0),
        ("1e-7", 1e-7),
        ("1_0.5", 10.5),
        ("True", True),
        ("not True", False),
        ("not 0", True),
        ("None", None),
        ("'text'", "text"),
        ("'te' 'xt'", "text"),
        ("r'\\n'", "\\n"),
        ("'\\x41'", "A"),
        ("2 + 3 * 4", 14),
        ("32 // 5", 6),
        ("32 % 5", 2),
        ("1 / 4", 0.25),
        ("2 ** 5", 32),
        ("6 & 3", 2),
        ("6 | 1", 7),
        ("1 < 2", True),
        ("1 == 1.0", True),
        ("'a' != 'b'", True),
        ("None is None", True),
        ("1 is not None", True),
        ("() is None", False),
        ("[] is not None", True),
        ("1 or 2", 1),
        ("0 or 2", 2),
        ("1 and 2", 2),
        ("0 and 2", 0),
        ("3 if 1 else 4", 3),
        ("(n := 3) + n", 6),
        ("len([1, 2, 3])", 3),
        ("len((1, *(2, 3)))", 3),
        ("int(2.9)", 2),
        ("float(2)", 2.0),
        ("isinstance((1, 2), tuple)", True),
        ("isinstance([1, 2], tuple)", False),
        ("isinstance([1, 2], (tuple, list))", True),
        ("isinstance({}, dict)", True),
        ("isinstance({}, (tuple, list))", False),
        ("{'a': 1}['a']", 1),
        ("[1, 2, 3][-1]", 3),
        ("__name__", "__main__"),
    ],
)
def test_constants(expression: str, value: object) -> None:
    found = of(expression)
    assert isinstance(found, Const)
    assert (type(found.value), found.value) == (type(value), value)


@pytest.mark.parametrize(
    "expression",
    [
        "1 / 0",
        "9 ** 9 ** 9",
        "10 ** 10 * 10",
        "123456789012345678901234567890",
        "'a' + 'b'",
        "'a' < 1",
        "f'{1}'",
        "'a' f'{1}'",
        "b'bytes'",
        "1j",
        "anything",
        "anything.thing",
        "anything()",
        "anything or 1",
        "anything and 1",
        "not anything",
        "anything is None",
        "anything == 1",
        "1 < 2 < 3",
        "1 in [1]",
        "len(anything)",
        "len([*anything])",
        "isinstance(anything, tuple)",
        "isinstance((1,), anything)",
        "{1, 2}",
        "{n for n in (1, 2)}",
        "(await anything)",
        "...",
    ],
)
def test_no_constants(expression: str) -> None:
    value = of(expression)
    assert not (isinstance(value, Const) and value.value is not ...)


# Containers


def test_tuples_and_lists() -> None:
    value = of("(1, [2, 3], *(4, 5))")
    assert isinstance(value, Sequence)
    assert (len(value.items), value.is_list, value.open, value.ordered) == (4, False, False, True)


@pytest.mark.parametrize(
    ("expression", "known", "ordered"),
    [
        ("[1, *anything]", 1, True),
        ("[*anything, 1]", 1, False),
        ("[1] + anything", 1, True),
        ("anything + [1]", 1, False),
        ("[1] + [2] + anything", 2, True),
        ("[n for n in anything]", 1, False),
        ("list(anything) + [1]", 1, False),
    ],
)
def test_lists_that_may_hold_more(expression: str, known: int, ordered: bool) -> None:
    value = of(expression)
    assert isinstance(value, Sequence)
    assert (len(value.items), value.open, value.ordered) == (known, True, ordered)


def test_dictionaries() -> None:
    value = of("{'a': 1, **{'b': 2}, anything: 3}")
    assert isinstance(value, Mapping)
    assert (value.items, value.open) == ({"a": Const(1), "b": Const(2)}, True)


def test_what_is_spread_into_a_dictionary_may_replace_what_came_before() -> None:
    value = of("{'a': 1, **anything, 'b': 2}")
    assert isinstance(value, Mapping)
    assert (value.items, value.open) == ({"a": UNKNOWN, "b": Const(2)}, True)


@pytest.mark.parametrize(
    ("expression", "shape"),
    [
        ("[a for a in (row, row)][0]", (3,)),
        ("[a for a in (row, column)][0]", None),
        ("[a[:, None] for a in [row]][0]", (3, 1)),
        ("[a for a in anything if a][0]", None),
        ("[b for a in [row] for b in [column]][0]", (3, 1)),
        ("next(a for a in (row,))", (3,)),
        ("{k: v for k, v in {'a': row}.items()}['a']", None),
        ("list(a for a in (row,))[0]", (3,)),
    ],
)
def test_comprehensions(expression: str, shape: object) -> None:
    setup = "import numpy as np\nrow = np.zeros((3,))\ncolumn = np.zeros((3, 1))\n"
    assert shape_of(read_program(f"{setup}value = {expression}\n"), "value") == shape


# What is evaluated only to see what happens in it


@pytest.mark.parametrize(
    "expression",
    [
        "print(metric.result())",
        "print(f'{metric.result():.3f}')",
        "print('loss' f'{float(metric.result())}')",
        "print('%f' % metric.result())",
        "print('{}'.format(metric.result()))",
        "[metric.result() for _ in range(3)]",
        "{metric.result()}",
        "{'a': metric.result()}",
        "(lambda: metric.result())()",
        "anything[metric.result()]",
        "anything if metric.result() else None",
        "[n for n in range(3) if metric.result() > n]",
        "0 < metric.result() < 1",
        "metric.result() in [1, 2]",
        "anything(*[metric.result()])",
        "anything(**{'a': metric.result()})",
        "anything(a=metric.result())",
        "not metric.result()",
        "(n := metric.result())",
    ],
)
def test_a_reading_is_seen_wherever_it_stands(expression: str) -> None:
    program = read_program(f"from tensorflow import keras\nmetric = keras.metrics.Mean()\n{expression}\n")
    [read] = program.metric_reads
    assert place(program, read.node) == (3, expression.index("metric") + 1)


def test_a_long_chain_of_operators_needs_no_deep_stack() -> None:
    assert of(" + ".join(["1"] * 3000)) == Const(3000)

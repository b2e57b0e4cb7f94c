"""Attributes: of objects and their classes, of tensors, of what is only partly known."""

from __future__ import annotations

import pytest
from readings import read_program, shape_of, value_of

from tfloss_lint.reading.values import NONE, UNKNOWN, Choice, Const, Function, Method, Object, Ref, Value

HEAD = """
import numpy as np
import tensorflow as tf
from tensorflow import keras
row = np.ones((3,))
column = np.ones((3, 1))
class Box:
    kind = "box"
    def __init__(self, value=None):
        self.value = value
    def get(self):
        return self.value
    @property
    def first(self):
        return self.value
    @staticmethod
    def make(value):
        return Box(value)
    @classmethod
    def named(cls):
        return cls.kind
box = Box(row)
"""


def of(expression: str, setup: str = "") -> Value:
    return value_of(read_program(f"{HEAD}{setup}\nvalue = {expression}\n"), "value")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("box.kind", Const("box")),
        ("Box.kind", Const("box")),
        ("Box.named()", Const("box")),
        ("box.named()", Const("box")),
        ("Box().value", NONE),
        ("row.ndim", Const(1)),
        ("row.size", Const(3)),
        ("column.size", Const(3)),
        ("row.dtype", UNKNOWN),
        ("anything.value", UNKNOWN),
        ("(1).real", UNKNOWN),
        ("(lambda: 0).name", UNKNOWN),
        ("Box.nothing", UNKNOWN),
        ("Box.first", UNKNOWN),
        ("tf.nothing", Ref("tf.nothing", "tensorflow.nothing")),
    ],
)
def test_plain_values(expression: str, value: Value) -> None:
    assert of(expression) == value


@pytest.mark.parametrize(
    ("expression", "shape"),
    [
        ("box.value", (3,)),
        ("box.get()", (3,)),
        ("box.first", (3,)),
        ("Box.make(column).value", (3, 1)),
        ("box.make(column).get()", (3, 1)),
        ("Box.get(box)", (3,)),
        ("(box if anything else Box(column)).value", None),
        ("(box if anything else Box(row)).value", (3,)),
        ("(box if anything else None).value", (3,)),
        ("column.T", (1, 3)),
        ("column.values", (3, 1)),
        ("getattr(box, 'value')", (3,)),
        ("getattr(box, anything)", None),
    ],
)
def test_shapes(expression: str, shape: object) -> None:
    program = read_program(f"{HEAD}value = {expression}\n")
    assert shape_of(program, "value") == shape


@pytest.mark.parametrize(
    ("setup", "shape"),
    [
        ("box.value = column", (3, 1)),
        ("if anything:\n    box.value = column", None),
        ("if anything:\n    box.value = row * 2", (3,)),
        ("for _ in range(3):\n    box.value = column", None),
        ("setattr(box, 'value', column)", (3, 1)),
        ("box.value, other = column, 1", (3, 1)),
        ("box.value += column", (3, 3)),
        ("other = box\nother.value = column", (3, 1)),
        ("anything.value = column", (3,)),
        ("def change(b):\n    b.value = column\nchange(box)", (3, 1)),
        ("def change(b):\n    b.value = column\nif anything:\n    change(box)", None),
        ("with open('f') as box.value:\n    pass", None),
        ("for box.value in [column]:\n    pass", None),
    ],
)
def test_assignment(setup: str, shape: object) -> None:
    assert shape_of(read_program(f"{HEAD}{setup}\nvalue = box.value\n"), "value") == shape


def test_methods_that_are_not_called() -> None:
    bound, raw = of("box.get"), of("Box.get")
    assert isinstance(bound, Function)
    assert isinstance(raw, Function)
    assert (isinstance(bound.bound, Object), raw.bound) == (True, None)
    for expression in (
        "row.reshape",
        "keras.Sequential([]).fit",
        "[].append",
        "{}.items",
        "tf.data.Dataset.range(3).batch",
    ):
        assert isinstance(of(expression), Method), expression


def test_a_class_hands_out_what_the_library_has() -> None:
    setup = "class Net(keras.Model):\n    pass"
    assert of("Net.from_config", setup) == Ref("keras.Model.from_config")


def test_super() -> None:
    setup = """
class Wide(Box):
    kind = "wide"
    def get(self):
        return super().get()[:, None]
    def lost(self):
        return super().nothing
    @classmethod
    def named(cls):
        return super().kind
"""
    assert shape_of(read_program(f"{HEAD}{setup}value = Wide(row).get()\n"), "value") == (3, 1)
    assert isinstance(of("Wide(row).lost()", setup), Method)
    assert of("super().get()") is UNKNOWN


def test_one_of_two_objects() -> None:
    value = of("(keras.losses.Huber() if anything else keras.losses.LogCosh()).name")
    assert isinstance(value, (Choice, Method)) or value is UNKNOWN


@pytest.mark.parametrize("name", ["trainable_variables", "trainable_weights", "variables", "weights"])
def test_variables_remember_whose_they_are(name: str) -> None:
    program = read_program(f"{HEAD}model = keras.Sequential([])\nvalue = model.{name}\n")
    value = value_of(program, "value")
    assert isinstance(value, Method)
    assert (value.owner, value.name) == (value_of(program, "model"), name)

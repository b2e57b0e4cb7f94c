"""What is known of objects, of the file's own classes and of libraries."""

from __future__ import annotations

from readings import read_program, value_of

from tfloss_lint.reading.values import Const, Object


def test_objects_of_the_file_and_of_libraries() -> None:
    program = read_program(
        """
from tensorflow import keras
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

"""Which values of a program are arrays, and how they are put into another's place, on each stack."""

from __future__ import annotations

from runtime_programs import LOAD
from stacks import Stack

PROGRAM = (
    LOAD
    + """
import numpy as np
import tensorflow as tf
from runtime_checks.probe.arrays import are_arrays, is_array, like, replaced, rows, tensors_in

array, tensor = np.zeros((3, 2)), tf.zeros((4,))
kinds = [is_array(value) for value in (array, tensor, tf.Variable(0.0), 1.0, [1.0], None, "text")]
several = [are_arrays(value) for value in (array, [array, tensor], {"a": tensor}, [array, 1.0], {"a": [array]}, 3)]
symbolic = []
tf.function(lambda x: symbolic.append(is_array(x)) or x)(tensor)
counts = [rows(value) for value in (array, tensor, tf.constant(1.0), [1.0, 2.0])]
structure = {"x": (array, [tensor, array]), "y": 3}
found = list(tensors_in(structure))
changed = replaced(structure, {id(array): tf.ones((1, 2)), id(tensor): tf.ones((1,))})
RESULT = {
    "kinds": kinds,
    "several": several,
    "symbolic": symbolic,
    "counts": counts,
    "found": [[any(value is one for one in found) for value in (array, tensor)], len(found)],
    "kept": [type(changed["x"]).__name__, type(changed["x"][1]).__name__, changed["y"]],
    "shapes": [list(changed["x"][0].shape), list(changed["x"][1][0].shape)],
    "arrays": [isinstance(changed["x"][0], np.ndarray), isinstance(like(tensor, tensor), np.ndarray)],
}
"""
)


def test_arrays(stack: Stack) -> None:
    assert stack.run(PROGRAM, returns=("RESULT",))["RESULT"] == {
        # A variable is no value of a batch.
        "kinds": [True, True, False, False, False, False, False],
        "several": [True, True, True, False, False, False],
        "symbolic": [False],
        "counts": [3, 4, None, None],
        "found": [[True, True], 2],
        "kept": ["tuple", "list", 3],
        "shapes": [[1, 2], [1]],
        # What was an array stays one: Keras treats arrays and tensors differently.
        "arrays": [True, False],
    }

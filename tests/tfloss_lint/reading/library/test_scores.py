"""Scores of scikit-learn, called plainly and inside of a graph."""

from __future__ import annotations

import pytest
from readings import read_program, value_of

from tfloss_lint.reading.values import Ref, Role, Tensor

HEAD = """\
import tensorflow as tf
from sklearn import metrics
from sklearn.metrics import roc_auc_score
from tensorflow import keras

def measure(y_true, y_pred):
    return metrics.f1_score(y_true, y_pred)

def guarded(y_true, y_pred):
    try:
        return roc_auc_score(y_true, y_pred)
    except ValueError:
        return 0.5

def both(y_true, y_pred):
    return [measure(y_true, y_pred), guarded(y_true, y_pred)]

def metric(y_true, y_pred):
    global found
    found = {}
"""


def read(expression: str) -> object:
    return value_of(read_program(HEAD.replace("found = {}", f"found = {expression}")), "found")


def test_a_score_is_one_number_of_labels_and_predictions() -> None:
    found = read("metrics.precision_score(y_true, y_pred > 0.5)")
    assert isinstance(found, Tensor)
    assert (found.shape, found.op, found.detail) == ((), "score", Ref("sklearn.metrics.precision_score"))
    assert found.sources == {Role.LABEL, Role.PREDICTION}


@pytest.mark.parametrize(
    ("call", "score"),
    [
        ("tf.py_function(measure, (y_true, y_pred), tf.double)", "f1_score"),
        ("tf.py_function(func=measure, inp=[y_true, y_pred], Tout=tf.double)", "f1_score"),
        ("tf.numpy_function(guarded, [y_true, y_pred], tf.float32)", "roc_auc_score"),
        ("tf.py_function(lambda t, p: metrics.r2_score(t, p), [y_true, y_pred], tf.float32)", "r2_score"),
    ],
)
def test_python_s_own_code_in_a_graph_is_followed(call: str, score: str) -> None:
    found = read(call)
    assert isinstance(found, Tensor)
    assert found.op == "py_function"
    [inner] = found.inputs
    assert isinstance(inner, Tensor)
    assert inner.detail == Ref(f"sklearn.metrics.{score}")


@pytest.mark.parametrize(
    "call",
    [
        "tf.py_function(unknown, (y_true, y_pred), tf.double)",
        "tf.py_function(both, (y_true, y_pred), [tf.double, tf.double])",
        "tf.py_function(lambda t, p: None, [y_true, y_pred], tf.float32)",
        "metrics.classification_report(y_true, y_pred)",
    ],
)
def test_what_flows_through_the_unknown(call: str) -> None:
    found = read(call)
    assert isinstance(found, Tensor)
    assert found.op == "opaque"
    assert found.sources == {Role.LABEL, Role.PREDICTION}


def test_inputs_that_are_not_shown() -> None:
    found = read("tf.py_function(measure, things, tf.double)")
    assert isinstance(found, Tensor)
    assert not found.sources

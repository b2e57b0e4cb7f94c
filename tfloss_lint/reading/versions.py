"""Conditions on the version of TensorFlow: what is for releases before the oldest that counts is never executed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import libcst as cst

from tfloss_lint.reading.values import UNKNOWN, Const, Ref, Value

OLDEST = (2, 8)
"""The facts about Keras begin with TensorFlow 2.8."""
NUMBER = re.compile(r"(\d+)\.(\d+)")


def unwrapped(node: cst.CSTNode) -> cst.CSTNode:
    """What ``Version(...)``, ``version.parse(...)`` and their like are given."""
    while isinstance(node, cst.Call) and len(node.args) == 1:
        node = node.args[0].value
    return node


def is_version(node: cst.CSTNode) -> bool:
    """Whether the expression is some module's version, be it wrapped."""
    inner = unwrapped(node)
    return isinstance(inner, cst.Attribute) and inner.attr.value == "__version__"


def compared(version: Value, release: Value, compute: Callable[[Any, Any], Any]) -> Value:
    """Whether TensorFlow's version compares so with a release: known for those before the oldest that counts."""
    if not isinstance(version, Ref) or version.name != "tf.__version__" or not isinstance(release, Const):
        return UNKNOWN
    number = NUMBER.match(release.value) if isinstance(release.value, str) else None
    if number is None or (int(number[1]), int(number[2])) >= OLDEST:
        return UNKNOWN
    return Const(bool(compute(OLDEST, (int(number[1]), int(number[2])))))

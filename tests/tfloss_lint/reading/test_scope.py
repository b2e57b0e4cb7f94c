"""Lexical scopes, and the frames of functions being executed."""

from __future__ import annotations

import libcst as cst

from tfloss_lint.reading.scope import Frame, Scope
from tfloss_lint.reading.values import Const, Function


def scopes() -> tuple[Scope, Scope, Scope]:
    """A module, a class in it, and a method of the class."""
    frame = Frame()
    module = Scope(None, frame)
    inner = Scope(module, frame, is_class=True)
    return module, inner, Scope(inner, Frame(caller=frame))


def test_names_are_found_outwards() -> None:
    module, _, method = scopes()
    module.bind("a", Const(1))
    assert method.find("a") == Const(1)
    method.bind("a", Const(2))
    assert (method.find("a"), module.find("a"), method.find("b")) == (Const(2), Const(1), None)
    assert method.module() is module


def test_class_names_are_seen_in_the_class_body_alone() -> None:
    module, cls, method = scopes()
    cls.bind("a", Const(1))
    assert (cls.find("a"), method.find("a"), module.find("a")) == (Const(1), None, None)


def test_global_names() -> None:
    module, _, method = scopes()
    method.declare_global("a")
    method.bind("a", Const(1))
    assert (module.names, method.names) == ({"a": Const(1)}, {})


def test_nonlocal_names() -> None:
    module, _, outer = scopes()
    outer.bind("a", Const(1))
    module.bind("b", Const(1))
    inner = Scope(Scope(outer, outer.frame), outer.frame)
    inner.declare_nonlocal("a")
    inner.declare_nonlocal("b")
    inner.bind("a", Const(2))
    inner.bind("b", Const(2))
    assert (outer.names, module.names, inner.names) == ({"a": Const(2)}, {"b": Const(1)}, {"b": Const(2)})


def test_what_is_running() -> None:
    module = cst.parse_module("def f(): pass\ndef g(): pass\n")
    f, g = (Function(node, Scope(None, Frame())) for node in module.body if isinstance(node, cst.FunctionDef))
    frame = Frame(function=g, caller=Frame(function=f, caller=Frame()))
    assert (frame.running(f), frame.running(g), Frame(function=f).running(g)) == (True, True, False)

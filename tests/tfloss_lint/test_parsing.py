from __future__ import annotations

import libcst as cst
import pytest

from tfloss_lint.parsing import parse_module

PROGRAM = """\
@decorate
class Model(keras.Model):
    def train_step(self, data, *rest, flag=True, **more) -> "dict":
        x, y = data  # a comment
        with tf.GradientTape() as tape, lock:
            loss = f"{x!r}" "joined" if x not in y else (lambda z: -z)(y[1:, None])
        return {"loss": loss, **{k: await_ for k in x if k}}
"""


def test_the_tree_is_the_one_that_libcst_makes() -> None:
    assert parse_module(PROGRAM).deep_equals(cst.parse_module(PROGRAM))
    assert parse_module(PROGRAM).code == PROGRAM


@pytest.mark.parametrize("program", ["x = 1\n", "x = (\n"])
def test_nodes_made_by_hand_are_checked_afterwards(program: str) -> None:
    try:
        parse_module(program)
    except SyntaxError:
        assert program == "x = (\n"
    with pytest.raises(cst.CSTValidationError):
        cst.Name("")


CALLS = "f(a.b, c=1)\nf(a.b, c=1)\n"
SMALL = (cst.SimpleWhitespace, cst.Newline, cst.TrailingWhitespace, cst.Dot, cst.Comma, cst.AssignEqual)


def small_nodes(module: cst.Module) -> dict[str, int]:
    """How many different nodes there are of each kind."""
    seen: set[cst.CSTNode] = set()

    class Collector(cst.CSTVisitor):
        def on_visit(self, node: cst.CSTNode) -> bool:
            seen.add(node)
            return True

    module.visit(Collector())
    return {kind.__name__: sum(type(node) is kind for node in seen) for kind in SMALL}


@pytest.mark.parametrize("program", [CALLS, "x = (\n"])
def test_small_nodes_are_shared_in_our_trees_alone(program: str) -> None:
    try:
        shared = small_nodes(parse_module(program))
        assert shared == {**dict.fromkeys(shared, 1), "SimpleWhitespace": 2}
    except SyntaxError:
        assert program == "x = (\n"
    assert all(getattr(cst, kind.__name__) is kind for kind in SMALL)
    own = small_nodes(cst.parse_module(CALLS))
    assert own == {**dict.fromkeys(own, 2), "SimpleWhitespace": own["SimpleWhitespace"]}
    assert own["SimpleWhitespace"] > 20


def test_what_libcst_cannot_parse_is_a_syntax_error() -> None:
    with pytest.raises(SyntaxError, match="parser error"):
        parse_module("x = (\n")

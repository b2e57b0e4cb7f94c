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


TWO_LINES = "import a\nimport b\n"


def whitespace_of_lines(module: cst.Module) -> set[cst.CSTNode]:
    ends = [cst.ensure_type(line, cst.SimpleStatementLine).trailing_whitespace for line in module.body]
    return {*(end.whitespace for end in ends), *(end.newline for end in ends)}


@pytest.mark.parametrize("program", [TWO_LINES, "x = (\n"])
def test_whitespace_is_shared_in_our_trees_alone(program: str) -> None:
    try:
        assert len(whitespace_of_lines(parse_module(program))) == 2
    except SyntaxError:
        assert program == "x = (\n"
    assert isinstance(cst.SimpleWhitespace, type)
    assert isinstance(cst.Newline, type)
    assert len(whitespace_of_lines(cst.parse_module(TWO_LINES))) == 4


def test_what_libcst_cannot_parse_is_a_syntax_error() -> None:
    with pytest.raises(SyntaxError, match="parser error"):
        parse_module("x = (\n")

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


def test_what_libcst_cannot_parse_is_a_syntax_error() -> None:
    with pytest.raises(SyntaxError, match="parser error"):
        parse_module("x = (\n")

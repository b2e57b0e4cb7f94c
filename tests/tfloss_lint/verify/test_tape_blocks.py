"""Blocks of tapes: which of them become functions, of what names, and what these return."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

import pytest
from verifying import rewritten
from verifying import site_of as site

from tfloss_lint.verify.rewriting import PROBE

BLOCK = """\
import tensorflow as tf

for x, y in data:
    with tf.GradientTape() as tape:
        p = model(x)
        # a remark
        error = y - p
        loss = tf.reduce_mean(error ** 2)
    gradients = tape.gradient(loss, weights)
"""


def test_the_block_of_a_tape_becomes_a_function_of_its_names() -> None:
    found = rewritten(BLOCK, site(BLOCK, "y - p", label="y", prediction="p"))
    lines = found.text.split("\n")
    names = ["data", "error", "loss", "model", "p", "tape", "tf", "x", "y"]
    kept = [name for name in names if name != "data"]
    parameters = ", ".join(f"{name}={PROBE}.peek(lambda: {name})" for name in kept)
    assert lines[3] == f"    def __tfloss_block_1__({parameters}):"
    assert lines[4] == "        p = model(x)"
    assert lines[5] == "        # a remark"
    assert lines[8] == "        return (loss)"
    assert lines[9] == "    with tf.GradientTape() as tape:"
    assert lines[10] == f"        {PROBE}.enter(1)"
    assert lines[15] == f"    {PROBE}.leave(1, __tfloss_block_1__)"
    assert list(found.lines) == [1, 2, 3, 4, 5, 6, 7, 8, 4, 4, 5, 5, 6, 7, 8, 8, 9, 10]
    assert found.carriers == {0: ["block 1", "expression 0"]}


@pytest.mark.parametrize(
    ("change", "target"),
    [
        (lambda text: text, "loss"),
        (lambda text: text.replace("gradient(loss, weights)", "gradient(target=loss, sources=weights)"), "loss"),
        (
            lambda text: text.replace("gradient(loss, weights)", "gradient([loss, 2 * loss], weights)"),
            "[loss, 2 * loss]",
        ),
        (lambda text: text.replace("    gradients = tape.gradient(loss, weights)\n", ""), "None"),
        (lambda text: text.replace("tape.gradient(loss", "other.gradient(loss"), "None"),
    ],
)
def test_the_block_returns_what_its_tape_differentiates(change: Callable[[str], str], target: str) -> None:
    text = change(BLOCK)
    found = rewritten(text, site(text, "y - p", label="y", prediction="p"))
    assert f"        return ({target})" in found.text.split("\n")


def test_what_the_tape_is_asked_inside_its_block_is_not_asked_again() -> None:
    text = BLOCK.replace("    gradients = tape", "        gradients = tape") + "        apply(gradients)\n"
    found = rewritten(text, site(text, "y - p", label="y", prediction="p"))
    again, as_it_was = found.text.split("        return (loss)")
    assert "gradient(" not in again
    assert "apply(" not in again
    assert "apply(gradients)" in as_it_was


@pytest.mark.parametrize("line", ["return loss", "yield loss", "global loss", "await loss"])
def test_a_block_that_leaves_its_function_is_no_carrier(line: str) -> None:
    text = f"""\
async def f(x, y):
    with GradientTape() as tape:
        error = y - x
        {line}
"""
    found = rewritten(text, site(text, "y - x", label="y", prediction="x"))
    assert found.carriers == {0: ["expression 0"]}
    ast.parse(found.text)


def test_a_loop_inside_the_block_may_be_left() -> None:
    inside = BLOCK.replace("        # a remark\n", "        for _ in range(3):\n            break\n")
    across = BLOCK.replace("        # a remark\n", "        if x: break\n")
    assert rewritten(inside, site(inside, "y - p", label="y", prediction="p")).carriers[0][0] == "block 1"
    assert rewritten(across, site(across, "y - p", label="y", prediction="p")).carriers[0] == ["expression 0"]


def test_a_method_with_super_keeps_its_first_parameter_first() -> None:
    text = """\
class M(Base):
    def train_step(me, data):
        with GradientTape() as tape:
            loss = super().loss(data) - data
        tape.gradient(loss, [])
"""
    found = rewritten(text, site(text, "super().loss(data) - data", label="data", prediction="super().loss(data)"))
    block = next(line for line in found.text.split("\n") if "def __tfloss_block" in line)
    assert block.split("(")[1].startswith("me=")
    assert f"    @{PROBE}.step(1)" in found.text.split("\n")
    # `super()` would find no arguments in a lambda.
    assert found.carriers == {0: ["step 1", "block 2"]}


ASKED = """\
with tf.GradientTape() as tape:
    loss = f(x)
with tf.GradientTape() as other:
    more = g(x)
a, b = tape.gradient(loss, v), other.gradient(more, v)
"""


@pytest.mark.parametrize(("target", "line"), [("loss, v", 2), ("more, v", 4)])
def test_the_block_whose_tape_is_asked(target: str, line: int) -> None:
    place = site(ASKED, target, "loss scale")
    place = replace(
        place, claim=replace(place.claim, place=replace(place.claim.place, end_column=place.claim.place.end_column - 3))
    )
    found = rewritten(ASKED, place)
    assert found.carriers == {0: ["block 1"]}
    entered = found.text.split("\n").index(f"    {PROBE}.enter(1)")
    assert found.lines[entered] == line


@pytest.mark.parametrize(
    "text", ["a = tape.gradient(loss, v)\n", "a = gradient(loss, v)\n", "a = f().gradient(loss, v)\n"]
)
def test_no_block_is_asked(text: str) -> None:
    assert rewritten(text, site(text, "loss", "loss scale")).carriers == {0: []}

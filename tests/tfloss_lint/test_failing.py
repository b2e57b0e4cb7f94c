"""Code that is meant to fail."""

from __future__ import annotations

import ast

import pytest

from tfloss_lint.failing import lines_meant_to_fail
from tfloss_lint.lint import lint_source
from tfloss_lint.settings import Settings
from tfloss_lint.source import source_from_bytes


@pytest.mark.parametrize(
    "manager",
    [
        "pytest.raises(ValueError)",
        "raises(ValueError)",
        "pytest.warns(UserWarning, match='one output')",
        "self.assertRaises(ValueError)",
        "self.assertRaisesRegex(ValueError, 'same shape')",
        "self.assertWarns(UserWarning)",
        "tape, pytest.raises(ValueError) as error",
    ],
)
def test_what_is_meant_to_fail(manager: str) -> None:
    text = f"one()\nwith {manager}:\n    two()\n    three(\n        4)\nfour()\n"
    assert list(lines_meant_to_fail(ast.parse(text).body)) == [3, 4, 5]


@pytest.mark.parametrize("manager", ["tape", "tf.GradientTape()", "contextlib.suppress(ValueError)", "managers[0]()"])
def test_other_blocks_are_not(manager: str) -> None:
    assert list(lines_meant_to_fail(ast.parse(f"with {manager}:\n    two()\n").body)) == []


LOSS = "loss(tf.constant([[0], [2]]), tf.constant([[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]]))"


def found(text: str) -> list[tuple[int, str]]:
    source = source_from_bytes("test_losses.py", text.encode())
    return [(finding.line, finding.code) for finding in lint_source(source, Settings())]


def test_a_finding_that_a_test_expects_is_none() -> None:
    head = "import pytest\nimport tensorflow as tf\nloss = tf.keras.losses.CategoricalCrossentropy()\n"
    assert found(f"{head}{LOSS}\n") == [(4, "TFL402")]
    assert found(f"{head}with pytest.raises(ValueError):\n    {LOSS}\n{LOSS}\n") == [(6, "TFL402")]

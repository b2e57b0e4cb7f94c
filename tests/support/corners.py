"""Linting a few lines of a step, for the corners of a rule that its programs do not reach."""

from __future__ import annotations

import textwrap

from tfloss_lint.claim import Fact
from tfloss_lint.finding import Finding
from tfloss_lint.generation import BOTH, Generation
from tfloss_lint.lint import lint_source
from tfloss_lint.settings import Settings
from tfloss_lint.source import Source
from tfloss_lint.span import Span

HEAD = """\
import numpy as np
import tensorflow as tf
from tensorflow import keras

x, y = np.zeros((50, 4), "float32"), np.zeros(50, "float32")
"""


def confidences(text: str, code: str, targets: frozenset[Generation] = BOTH) -> list[str]:
    """The confidences of the findings of one code, in order of their places."""
    return [finding.confidence.value for finding in found(text, code, targets)]


def messages(text: str, code: str, targets: frozenset[Generation] = BOTH) -> list[str]:
    """The messages of the findings of one code, in order of their places."""
    return [finding.message for finding in found(text, code, targets)]


def claims(text: str, code: str) -> list[tuple[str, dict[str, str], dict[str, Fact]] | None]:
    """What can be measured of each finding of one code: the relation, the operands as they are written, the facts."""
    whole = HEAD + textwrap.dedent(text)
    lines = whole.split("\n")

    def written(span: Span) -> str:
        assert span.line == span.end_line
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]

    return [
        None
        if finding.claim is None
        else (
            finding.claim.relation,
            {role: written(span) for role, span in finding.claim.operands},
            dict(finding.claim.facts),
        )
        for finding in found(text, code, BOTH, claims=True)
    ]


def found(text: str, code: str, targets: frozenset[Generation] = BOTH, *, claims: bool = False) -> list[Finding]:
    """The findings of one code, in order of their places."""
    source = Source("train.py", HEAD + textwrap.dedent(text))
    settings = Settings(pedantic=True, select=(code,), target_keras=targets)
    return lint_source(source, settings, claims=claims)


def step(body: str, compiled: str = "'sgd', 'mse'", result: str = "{}", extra: str = "", width: int = 1) -> str:
    """A model whose ``train_step`` holds the lines, compiled and fitted."""
    lines = textwrap.indent(textwrap.dedent(body).strip("\n"), " " * 12)
    return (
        "class Model(keras.Model):\n"
        f"{textwrap.indent(textwrap.dedent(extra), ' ' * 4)}\n"
        "    def train_step(self, data):\n"
        "        x, y = data\n"
        "        with tf.GradientTape() as tape:\n"
        f"{lines}\n"
        "        gradients = tape.gradient(loss, self.trainable_variables)\n"
        "        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))\n"
        f"        return {result}\n"
        "inputs = keras.Input((4,))\n"
        f"model = Model(inputs, keras.layers.Dense({width})(inputs))\n"
        f"model.compile({compiled})\n"
        "model.fit(x, y)\n"
    )

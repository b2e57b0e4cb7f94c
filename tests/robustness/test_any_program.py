"""Programs made by chance, and mutilated ones of our own: whatever Python parses can be linted."""

from __future__ import annotations

import random
from pathlib import Path

import hypothesmith
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tfloss_lint.lint import lint_source
from tfloss_lint.settings import Settings
from tfloss_lint.source import Source

ROOT = Path(__file__).parent.parent.parent
HEAD = "import tensorflow as tf\nfrom tensorflow import keras\n# train_step\n"
WORDS = ("tf", "keras", "y_true", "y_pred", "train_step", "GradientTape", "update_state", "self", "loss", "data")
PROGRAMS = sorted((ROOT / "tests" / "rules" / "programs").glob("*/*.py"))
MUTILATIONS = 150


def lint(text: str) -> None:
    for finding in lint_source(Source("any.py", text), Settings(pedantic=True)):
        assert finding.line >= 1
        assert finding.column >= 1
        assert (finding.end_line, finding.end_column) >= (finding.line, finding.column)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(hypothesmith.from_grammar(), st.randoms(use_true_random=False))
def test_generated_programs(code: str, chance: random.Random) -> None:
    lint(HEAD + code)
    lint(HEAD + " ".join(chance.choice(WORDS) if word.isidentifier() else word for word in code.split(" ")))


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(hypothesmith.from_node())
def test_generated_trees(code: str) -> None:
    lint(HEAD + code)


def mutilated(text: str, chance: random.Random) -> str:
    """The program with some lines gone, doubled, swapped or with words exchanged."""
    lines = text.split("\n")
    for _ in range(chance.randint(1, 4)):
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        kind = chance.randrange(4)
        if kind == 0 and len(lines) > 2:
            del lines[at]
        elif kind == 1:
            lines.insert(other, lines[at])
        elif kind == 2:
            lines[at], lines[other] = lines[other], lines[at]
        else:
            words = lines[at].split(" ")
            words[chance.randrange(len(words))] = chance.choice([*WORDS, "None", "(1, 2)", "*data", "lambda: loss"])
            lines[at] = " ".join(words)
        at = min(at, len(lines) - 1)
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(MUTILATIONS))
def test_mutilated_programs(seed: int) -> None:
    chance = random.Random(seed)
    lint(mutilated(chance.choice(PROGRAMS).read_text(encoding="utf-8"), chance))

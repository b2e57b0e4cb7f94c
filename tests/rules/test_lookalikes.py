"""Right code that looks wrong stays without a finding: what guides, papers and people write for good reasons."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from expectations import Place
from rule_programs import TARGETS, places

from tfloss_lint.generation import Generation
from tfloss_lint.settings import Settings

LOOKALIKES = {path.stem: path for path in sorted(Path(__file__).with_name("lookalikes").glob("*.py"))}


def read(name: str) -> str:
    return LOOKALIKES[name].read_text(encoding="utf-8")


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("name", LOOKALIKES)
def test_nothing_is_found_by_default(name: str, target: frozenset[Generation]) -> None:
    assert places(read(name), Settings(target_keras=target)) == []


@pytest.mark.parametrize("name", LOOKALIKES)
def test_each_says_why_it_is_right(name: str) -> None:
    assert ast.get_docstring(ast.parse(read(name)))


def test_a_loss_vector_under_adam_is_shown_to_pedants() -> None:
    text = read("old_guide_loop")
    (line,) = [number for number, code in enumerate(text.splitlines(), start=1) if "losses.MSE" in code]
    column = text.splitlines()[line - 1].index("keras.losses.MSE") + 1
    assert places(text, Settings(pedantic=True)) == [Place(line, column, "TFL102")]


def test_the_same_vector_is_found_under_sgd() -> None:
    text = read("old_guide_loop").replace("optimizers.Adam(1e-3)", "optimizers.SGD(1e-3)")
    assert [place.code for place in places(text, Settings())] == ["TFL102"]

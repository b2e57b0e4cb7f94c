"""The linter finds in the examples what their comments say, where they say it, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from expectations import Place, expectations, expected_places

from tfloss_lint.generation import BOTH, Generation
from tfloss_lint.lint import lint_source
from tfloss_lint.settings import Settings
from tfloss_lint.source import read_source

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FOLDERS = sorted(path.parent for path in EXAMPLES.glob("*/wrong.py"))
PROGRAMS = sorted(EXAMPLES.rglob("*.py"))
TARGETS = {"both": BOTH, **{g.value: frozenset({g}) for g in Generation}}

# What each of the founding mistakes is; the comments in the programs say where.
MISTAKES = {
    "compiled_and_raw_mse": {"TFL201"},
    "digits_gradient_tape": {"TFL202", "TFL203"},
    "digits_train_step": {"TFL101", "TFL202", "TFL203", "TFL301", "TFL303"},
    "linear_regression_train_step": {"TFL101", "TFL201", "TFL303"},
    "rmse_loss": {"TFL204"},
}


def test_every_folder_has_a_wrong_and_a_right_program() -> None:
    assert {folder.name for folder in FOLDERS} == set(MISTAKES)
    twins = [folder / name for folder in FOLDERS for name in ("right.py", "wrong.py")]
    assert twins == PROGRAMS


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_comments_name_the_mistakes(folder: Path) -> None:
    wrong = expectations((folder / "wrong.py").read_text(encoding="utf-8"))
    assert {expectation.place.code for expectation in wrong} == MISTAKES[folder.name]
    assert "TFL" not in re.sub(r"\s", "", (folder / "right.py").read_text(encoding="utf-8"))


@pytest.mark.parametrize("pedantic", [False, True], ids=["default", "pedantic"])
@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: f"{program.parent.name}-{program.stem}")
def test_findings(program: Path, target: frozenset[Generation], pedantic: bool) -> None:
    source = read_source(str(program))
    found = lint_source(source, Settings(target_keras=target, pedantic=pedantic))
    places = [Place(finding.line, finding.column, finding.code) for finding in found]
    assert sorted(places) == expected_places(source.text, target, pedantic=pedantic)

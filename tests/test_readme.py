"""What README.md shows is what the linter prints, and what it points to is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from stacks import Stack

ROOT = Path(__file__).resolve().parents[1]
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_first_program_gives_the_output_below_it(tmp_path: Path) -> None:
    shown = re.search(r"```python\n(.*?)```\n\n```\n\$ tfloss-lint train\.py\n(.*?)```\n", README, re.DOTALL)
    assert shown
    (tmp_path / "train.py").write_text(shown[1], encoding="utf-8")
    command = [sys.executable, "-m", "tfloss_lint", "--isolated", "train.py"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert (run.stdout.strip(), run.returncode) == (shown[2].strip(), 1), run.stderr


@pytest.mark.parametrize("stack", ["keras3"], indirect=True)
def test_a_run_of_the_first_program_gives_the_verdicts_below_it(stack: Stack, tmp_path: Path) -> None:
    shown = re.search(
        r"```python\n(.*?)```.*?\n```\n\$ (tfloss-lint --verify .*?train\.py)\n(.*?)```\n", README, re.DOTALL
    )
    assert shown
    (tmp_path / "train.py").write_text(shown[1], encoding="utf-8")
    interpreter = stack.locate()
    options = [*shown[2].split()[1:], "--isolated", "--python", str(interpreter.python)]
    run = subprocess.run(
        [sys.executable, "-m", "tfloss_lint", *options],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
        env=interpreter.env,
    )
    # The program sets no seed, so the numbers of its losses change from run to run.
    assert [NUMBER.sub("N", text.strip()) for text in (run.stdout + run.stderr, shown[3])] == [
        NUMBER.sub("N", shown[3].strip())
    ] * 2


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []

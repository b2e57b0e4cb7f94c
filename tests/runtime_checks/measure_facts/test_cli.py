"""The commands, as they are called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tfloss_lint.runtime_checks.measure_facts.cli import main


def test_merge_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "keras3.json"
    file.write_text(json.dumps({"measured_on": "new", "logs": {"raw": "zero"}}), "utf-8")
    assert main(["merge", str(file)]) == 0
    assert json.loads(capsys.readouterr().out) == {"measured_on": "new", "logs": {"raw": "zero"}, "exceptions": {}}

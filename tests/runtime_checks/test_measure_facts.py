"""The tables of facts are what the installed stacks do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from stacks import ROOT, Stack

from tfloss_lint import facts
from tfloss_lint.runtime_checks.measure_facts import KINDS, main, merge

REMEDY = "the facts are stale; measure and merge anew, see runtime_checks/measure_facts.py"
PROGRAM = f"""
import sys
sys.path.insert(0, {str(ROOT / "runtime_checks")!r})
import measure_facts
measurement = measure_facts.measure()
"""


def committed(stack: Stack) -> dict[str, Any]:
    path = Path(facts.__file__).with_name(f"{stack.generation.value}.json")
    table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return table


def test_the_stack_does_what_the_table_says(stack: Stack) -> None:
    table = committed(stack)
    exceptions = table.pop("exceptions")
    measurement = stack.run(PROGRAM, returns=["measurement"])["measurement"]
    version = measurement["measured_on"]
    differences = merge([table, measurement])["exceptions"][version]
    if version != table["measured_on"] and version not in exceptions:
        # A release that nobody measured may have more to offer, and must not do otherwise.
        differences = {path: word for path, word in differences.items() if known(table, path)}
    assert differences == exceptions.get(version, {}), REMEDY


def known(table: Any, path: str) -> bool:
    for key in path.split(" / "):
        if key not in table:
            return False
        table = table[key]
    return True


@pytest.mark.parametrize("generation", ["keras2", "keras3"])
def test_kinds_were_confirmed(generation: str) -> None:
    table = json.loads(Path(facts.__file__).with_name(f"{generation}.json").read_text(encoding="utf-8"))
    for name, kind in KINDS.items():
        assert table["metrics"]["keras.metrics." + name]["kind"] == kind


def test_merge_names_what_an_older_release_does_otherwise() -> None:
    newest = {
        "measured_on": "new",
        "logs": {"raw": "zero", "tracker": "mean"},
        "losses": {"A": {"x": 1}, "B": {"x": 1}},
    }
    older = {"measured_on": "old", "logs": {"raw": "last", "tracker": "mean"}, "losses": {"A": {"x": 2}}}
    assert merge([newest, older]) == {
        **newest,
        "exceptions": {"old": {"logs / raw": "last", "losses / A / x": 2, "losses / B": None}},
    }
    assert merge([newest])["exceptions"] == {}


def test_merge_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "keras3.json"
    file.write_text(json.dumps({"measured_on": "new", "logs": {"raw": "zero"}}), "utf-8")
    assert main(["merge", str(file)]) == 0
    assert json.loads(capsys.readouterr().out) == {"measured_on": "new", "logs": {"raw": "zero"}, "exceptions": {}}

"""The tables of facts are what the installed stacks do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from stacks import ROOT, Stack

from tfloss_lint import facts
from tfloss_lint.runtime_checks.measure_facts.merging import merge

REMEDY = "the facts are stale; measure and merge anew, see runtime_checks/measure_facts/__init__.py"
PROGRAM = f"""
import sys
sys.path.insert(0, {str(ROOT / "runtime_checks")!r})
from measure_facts.measurement import measure
measurement = measure()
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

"""The kinds of metrics are typed by hand, and held against what was measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tfloss_lint import facts
from tfloss_lint.runtime_checks.measure_facts.metric_kinds import KINDS


@pytest.mark.parametrize("generation", ["keras2", "keras3"])
def test_kinds_were_confirmed(generation: str) -> None:
    table = json.loads(Path(facts.__file__).with_name(f"{generation}.json").read_text(encoding="utf-8"))
    for name, kind in KINDS.items():
        assert table["metrics"]["keras.metrics." + name]["kind"] == kind

"""That no measure goes untested; the cases of each stand in the test module of its own module."""

from __future__ import annotations

from pathlib import Path

from tfloss_lint.runtime_checks.probe.measures import MEASURES

HERE = Path(__file__).parent


def test_every_measure_has_its_cases() -> None:
    for measure in MEASURES.values():
        module = measure.__module__.rpartition(".")[2]
        text = (HERE / f"test_{module}.py").read_text(encoding="utf-8")
        assert f"check_verdicts(probed_stack, {measure.__name__}, " in text, measure

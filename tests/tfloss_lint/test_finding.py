"""The record that every front end shows."""

from __future__ import annotations

import dataclasses

import pytest

from tfloss_lint.finding import Confidence, Finding

BASE = Finding(
    path="b.py",
    line=3,
    column=5,
    end_line=3,
    end_column=9,
    cell=None,
    code="TFL201",
    name="rank-broadcast",
    confidence=Confidence.CERTAIN,
    message="m",
    help="h",
)


def test_confidences_from_most_to_least_certain() -> None:
    assert [confidence.value for confidence in Confidence] == ["certain", "likely", "possible"]


@pytest.mark.parametrize(
    "change",
    [{"path": "a.py"}, {"line": 2}, {"column": 4}, {"code": "TFL101"}, {"message": "a"}],
    ids=lambda change: next(iter(change)),
)
def test_order(change: dict[str, str | int]) -> None:
    earlier = dataclasses.replace(BASE, **change)  # type: ignore[arg-type]
    assert sorted([BASE, earlier], key=lambda finding: finding.sort_key) == [earlier, BASE]


def test_cells_come_before_lines() -> None:
    first, second = (dataclasses.replace(BASE, cell=cell, line=line) for cell, line in ((1, 9), (2, 1)))
    assert sorted([second, first], key=lambda finding: finding.sort_key) == [first, second]


def test_a_finding_does_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        BASE.line = 4  # type: ignore[misc]

"""What a measure says, whatever it has measured."""

from __future__ import annotations

import math

import pytest

from tfloss_lint.runtime_checks.probe.verdicts import CONFIRMED, INCONCLUSIVE, REFUTED, verdict


@pytest.mark.parametrize("status", [CONFIRMED, REFUTED])
@pytest.mark.parametrize("name", ["as_written", "reference"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_not_finite_settle_nothing(status: str, name: str, value: float) -> None:
    found = verdict(status, "loss", numbers={"as_written": 1.0, "reference": 2.0, name: value})
    assert (found.status, found.text) == (INCONCLUSIVE, "the numbers are not finite")


def test_a_number_may_be_missing() -> None:
    assert verdict(CONFIRMED, "loss", numbers={"as_written": 1.0, "reference": None}).settles

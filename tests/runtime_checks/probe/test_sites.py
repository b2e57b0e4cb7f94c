"""When a site is settled, and by which of its carriers."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tfloss_lint.runtime_checks.probe.execution import Site
from tfloss_lint.runtime_checks.probe.sites import Sites
from tfloss_lint.runtime_checks.probe.verdicts import CONFIRMED, INCONCLUSIVE, REFUTED, Verdict, verdict


@dataclass
class Measured:
    """A measure that has come to something."""

    attempts: int
    done: bool
    status: str = INCONCLUSIVE

    def verdict(self) -> Verdict:
        return verdict(self.status)


NOT_RUN = Measured(0, False)
OPEN = Measured(1, False)
GIVEN_UP = Measured(12, True)


@pytest.mark.parametrize(
    ("measures", "settled"),
    [
        ([OPEN], False),
        ([Measured(2, True, CONFIRMED)], True),
        ([NOT_RUN, Measured(2, True, CONFIRMED)], True),
        # The block of a tape knows more than the expression in it, and is done a moment later.
        ([OPEN, Measured(2, True, CONFIRMED)], False),
        ([Measured(2, True, REFUTED), Measured(2, True, CONFIRMED)], True),
        ([GIVEN_UP, Measured(2, True, REFUTED)], True),
        ([GIVEN_UP, OPEN], False),
        ([GIVEN_UP, NOT_RUN], False),
        ([GIVEN_UP, GIVEN_UP], True),
        ([], False),
    ],
)
def test_a_site_is_settled_by_its_best_carrier(measures: list[Measured], settled: bool) -> None:
    sites = Sites([Site(0, "TFL102", "vector", {}, [])], {0: measures}, lambda site, verdict: None)
    assert sites.settled() is settled

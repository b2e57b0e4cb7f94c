"""When a site is settled, and by which of its carriers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from tfloss_lint.runtime_checks.probe.execution import Site
from tfloss_lint.runtime_checks.probe.sites import UNBOUND, Probe
from tfloss_lint.runtime_checks.probe.verdicts import CONFIRMED, INCONCLUSIVE, REFUTED, Verdict, verdict


@dataclass
class Measured:
    """A measure that has come to something."""

    attempts: int
    done: bool
    status: str = INCONCLUSIVE

    def verdict(self) -> Verdict:
        return verdict(self.status)


@dataclass
class Told:
    """What a probe has told."""

    verdicts: list[tuple[int, str]] = field(default_factory=list)

    def __call__(self, site: int, found: Verdict) -> None:
        self.verdicts.append((site, found.status))


def probe_of(*measures: Any) -> tuple[Probe, Told]:
    told = Told()
    return Probe([Site(0, "TFL102", "vector", {}, [])], {0: list(measures)}, told), told


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
    probe, _ = probe_of(*measures)
    assert probe.settled() is settled


def test_a_name_without_a_value() -> None:
    probe, _ = probe_of(OPEN)
    assert probe.peek(lambda: missing) is UNBOUND  # type: ignore[name-defined]  # noqa: F821
    assert probe.peek(lambda: 3) == 3


def test_taps_hand_on_what_they_get() -> None:
    probe, told = probe_of(OPEN)
    assert probe.tap(0, "label", "anything") == "anything"
    assert probe.latest == {(0, "label"): "anything"}
    assert told.verdicts == []

"""What the rewritten text gets from the probe that it calls."""

from __future__ import annotations

from typing import Any

from tfloss_lint.runtime_checks.probe.execution import Site
from tfloss_lint.runtime_checks.probe.probe import UNBOUND, Probe
from tfloss_lint.runtime_checks.probe.sites import Sites


def probe_that_tells(told: list[Any]) -> Probe:
    sites = [Site(0, "TFL102", "vector", {}, [])]
    return Probe(Sites(sites, {0: []}, lambda site, verdict: told.append((site, verdict))))


def test_a_name_without_a_value() -> None:
    probe = probe_that_tells([])
    assert probe.peek(lambda: missing) is UNBOUND  # type: ignore[name-defined]  # noqa: F821
    assert probe.peek(lambda: 3) == 3


def test_taps_hand_on_what_they_get() -> None:
    told: list[Any] = []
    probe = probe_that_tells(told)
    assert probe.tap(0, "label", "anything") == "anything"
    assert probe.latest == {(0, "label"): "anything"}
    assert told == []

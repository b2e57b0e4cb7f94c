"""A table holds the newest measurement, and what older releases do otherwise."""

from __future__ import annotations

from tfloss_lint.runtime_checks.measure_facts.merging import merge


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

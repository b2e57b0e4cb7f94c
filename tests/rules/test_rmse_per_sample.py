"""TFL204: its page, its findings and its numbers."""

from __future__ import annotations

from rule_programs import RuleTests


class TestRmsePerSample(RuleTests):
    rule = "rmse_per_sample"

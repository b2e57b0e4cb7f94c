"""TFL203: its page, its findings and its numbers."""

from __future__ import annotations

from rule_programs import RuleTests


class TestSumVsMean(RuleTests):
    rule = "sum_vs_mean"

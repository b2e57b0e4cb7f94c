"""TFL301: its page, its findings and its numbers."""

from __future__ import annotations

from rule_programs import RuleTests


class TestArgmaxIntoMetric(RuleTests):
    rule = "argmax_into_metric"

"""TFL304: its page, its findings and its numbers."""

from __future__ import annotations

from rule_programs import RuleTests


class TestUnresetMetric(RuleTests):
    rule = "unreset_metric"

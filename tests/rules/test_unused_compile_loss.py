"""TFL105: its page, its findings and its numbers."""

from __future__ import annotations

from rule_programs import RuleTests


class TestUnusedCompileLoss(RuleTests):
    rule = "unused_compile_loss"

"""TFL303: its page, its findings and its numbers."""

from __future__ import annotations

from rule_programs import RuleTests


class TestUntrackedLossLog(RuleTests):
    rule = "untracked_loss_log"

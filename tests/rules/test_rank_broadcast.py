"""TFL201: its page, its findings and its numbers."""

from __future__ import annotations

from rule_programs import RuleTests


class TestRankBroadcast(RuleTests):
    rule = "rank_broadcast"

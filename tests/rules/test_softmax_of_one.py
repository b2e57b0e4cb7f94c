"""TFL404: its page, its findings and its numbers."""

from __future__ import annotations

from rule_programs import RuleTests


class TestSoftmaxOfOne(RuleTests):
    rule = "softmax_of_one"

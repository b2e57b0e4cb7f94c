"""TFL403: its page, its findings and its numbers."""

from __future__ import annotations

from rule_programs import RuleTests


class TestSwappedArguments(RuleTests):
    rule = "swapped_arguments"

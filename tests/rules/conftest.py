"""Hands the programs of a rule to its tests."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("rule_programs")

from rule_programs import RuleTests, is_for_its_stack, parametrize  # noqa: E402 (its assertions are to be rewritten)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.cls is not None and issubclass(metafunc.cls, RuleTests):
        parametrize(metafunc, metafunc.cls.rule)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Some programs are not for every stack; see the headers of these programs."""
    items[:] = [item for item in items if is_for_its_stack(item)]

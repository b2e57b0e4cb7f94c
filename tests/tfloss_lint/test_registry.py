"""Every rule is found, once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tfloss_lint import registry
from tfloss_lint.registry import all_rules
from tfloss_lint.rule import Rule

RULES = Path(__file__).parent.parent.parent / "rules"


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    yield
    all_rules.cache_clear()


def test_one_rule_a_file_named_after_it() -> None:
    names = sorted(path.stem for path in RULES.glob("*.py") if path.stem != "__init__")
    assert sorted(rule.name.replace("-", "_") for rule in all_rules()) == names
    assert [rule.code for rule in all_rules()] == sorted({rule.code for rule in all_rules()})
    assert all(re.fullmatch(r"TFL\d{3}", rule.code) and rule.since for rule in all_rules())


def test_two_rules_cannot_share_a_code(monkeypatch: pytest.MonkeyPatch) -> None:
    class Twin(Rule):
        code, name, since = "TFL201", "twin", "9"

    found = registry._rules_below
    monkeypatch.setattr(registry, "_rules_below", lambda package: [*found(package), Twin])
    all_rules.cache_clear()
    with pytest.raises(ValueError, match="TFL201 is claimed by"):
        all_rules()


def test_a_module_of_rules_that_does_not_parse_is_no_error_of_the_linted_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_rules.py").write_text("class Rule(:\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ImportError, match=r"broken_rules\.py, line 1, does not parse: "):
        registry._imported("broken_rules")

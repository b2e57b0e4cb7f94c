"""Finding the rules: one class per module of ``tfloss_lint.rules``, then those of installed rule packs."""

from __future__ import annotations

import functools
import importlib
import importlib.metadata
import pkgutil
from types import ModuleType

from tfloss_lint.rule import Rule

BUILT_IN = "tfloss_lint.rules"
ENTRY_POINTS = "tfloss_lint.rules"


def _imported(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except SyntaxError as error:
        # It would be taken for one in the file that is linted.
        raise ImportError(f"{error.filename}, line {error.lineno}, does not parse: {error.msg}") from error


def _rules_below(package: ModuleType) -> list[type[Rule]]:
    modules = [package]
    for info in pkgutil.iter_modules(getattr(package, "__path__", ())):
        modules.append(_imported(f"{package.__name__}.{info.name}"))
    return [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Rule) and value.__module__ == module.__name__
        if "code" in vars(value)
    ]


@functools.cache
def all_rules() -> tuple[type[Rule], ...]:
    """Every known rule, by code.

    Raises ``ValueError`` when two rules claim one code, and ``ImportError`` when a module of rules does not parse.
    """
    found = _rules_below(_imported(BUILT_IN))
    for entry_point in sorted(importlib.metadata.entry_points(group=ENTRY_POINTS), key=lambda e: e.name):
        found += _rules_below(_imported(entry_point.value))
    by_code: dict[str, type[Rule]] = {}
    for rule in found:
        other = by_code.setdefault(rule.code, rule)
        if other is not rule:
            raise ValueError(f"{rule.code} is claimed by {other.__module__} and by {rule.__module__}")
    return tuple(by_code[code] for code in sorted(by_code))

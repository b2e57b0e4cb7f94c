from __future__ import annotations

import importlib.abc
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from tfloss_lint.runtime_checks.probe.finders import found_by_others


class Finder(importlib.abc.MetaPathFinder):
    """Finds one module."""

    def __init__(self, name: str) -> None:
        self.name = name

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return ModuleSpec(name, None, origin="finder") if name == self.name else None


def test_any_other_finder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "on_path.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    asking, other = Finder("mine"), Finder("theirs")
    monkeypatch.setattr(sys, "meta_path", [asking, object(), other, *sys.meta_path])
    specs = {name: found_by_others(asking, name, None, None) for name in ("mine", "theirs", "on_path")}
    assert specs["mine"] is None
    assert [spec.origin for spec in specs.values() if spec is not None] == ["finder", str(tmp_path / "on_path.py")]

"""Asks the other finders for a module: what is found, the probe may then change."""

from __future__ import annotations

import importlib.abc
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Sequence


def found_by_others(
    finder: importlib.abc.MetaPathFinder, name: str, path: Sequence[str] | None, target: ModuleType | None
) -> ModuleSpec | None:
    """What the finders other than this one say of a module, editable installs and import hooks included."""
    for other in list(sys.meta_path):
        find = getattr(other, "find_spec", None)
        spec: ModuleSpec | None = find(name, path, target) if other is not finder and find is not None else None
        if spec is not None:
            return spec
    return None

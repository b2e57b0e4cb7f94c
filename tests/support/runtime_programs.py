"""What programs for a TensorFlow stack need to use the runtime checks, which are not installed there."""

from __future__ import annotations

from stacks import ROOT

LOAD = f"""
import importlib.util, sys

def load_runtime_checks():
    if "runtime_checks" not in sys.modules:
        folder = {str(ROOT / "runtime_checks")!r}
        spec = importlib.util.spec_from_file_location(
            "runtime_checks", folder + "/__init__.py", submodule_search_locations=[folder]
        )
        sys.modules["runtime_checks"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["runtime_checks"])

load_runtime_checks()
"""
"""The first lines of a program that says ``from runtime_checks import ...``: loads the package by its place."""

"""Lists the packages of the three source folders, so that a new subpackage is never forgotten in a release.

Everything else is in pyproject.toml, which has no way to say "find the packages below several mapped folders".
"""

from __future__ import annotations

from setuptools import find_packages, setup

FOLDERS = {
    "tfloss_lint": "tfloss_lint",
    "tfloss_lint.rules": "rules",
    "tfloss_lint.runtime_checks": "runtime_checks",
}

setup(
    packages=[
        package
        for name, folder in FOLDERS.items()
        for package in (name, *(f"{name}.{below}" for below in find_packages(folder)))
    ],
)

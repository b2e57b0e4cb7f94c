"""Code of others, TensorFlow's and Keras's own among it: no file makes the linter fail."""

from __future__ import annotations

import sysconfig
import time
from pathlib import Path

import pytest

from tfloss_lint.lint import lint_source
from tfloss_lint.settings import Settings
from tfloss_lint.source import UnreadableSource, read_source
from tfloss_lint.triage import concerns

SITE_PACKAGES = Path(sysconfig.get_path("purelib"))
EVERY = 7
"""The default run takes every seventh file that concerns us; ``-m slow`` takes them all."""


def lint_files(step: int) -> tuple[int, int]:
    """How many files there were, and how many of them were read."""
    seen = read = 0
    for path in sorted(SITE_PACKAGES.rglob("*.py")):
        try:
            source = read_source(str(path))
        except UnreadableSource:
            continue
        seen += 1
        if not concerns(source.text):
            continue
        read += 1
        if read % step == 0:
            lint_source(source, Settings(pedantic=True))
    return seen, read


def test_some_of_all_installed_packages() -> None:
    seen, read = lint_files(EVERY)
    assert seen > 0
    assert read <= seen


@pytest.mark.slow
def test_all_installed_packages() -> None:
    start = time.process_time()
    seen, read = lint_files(1)
    print(f"\n{seen} files, {read} of them read, {time.process_time() - start:.0f} s of CPU")
    assert seen > 0

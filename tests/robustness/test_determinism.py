"""The same bytes whatever the hash seed, and however many processes share the work."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def report(seed: str, jobs: str) -> bytes:
    command = [
        sys.executable,
        "-m",
        "tfloss_lint",
        "--isolated",
        "--pedantic",
        "--output-format=json",
        f"--jobs={jobs}",
    ]
    done = subprocess.run(
        [*command, "tests/rules/programs", "tests/rules/lookalikes", "examples"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr.decode()
    return done.stdout


def test_seeds_and_jobs_change_nothing() -> None:
    first = report("0", "1")
    assert first.count(b'"code"') > 100
    assert report("4711", "1") == first
    assert report("1", "2") == first

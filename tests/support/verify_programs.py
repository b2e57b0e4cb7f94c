"""What the tests of ``--verify`` run: programs, and a stand-in for TensorFlow where only processes matter."""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

STAND_IN = {
    "tensorflow/__init__.py": """\
from types import SimpleNamespace

__version__ = "0.0"
config = SimpleNamespace(
    run_functions_eagerly=lambda on: None,
    functions_run_eagerly=lambda: True,
    list_physical_devices=lambda kind: [],
    set_visible_devices=lambda devices, kind: None,
)
GradientTape = type("GradientTape", (), {"gradient": lambda *_: None})
distribute = SimpleNamespace(Strategy=type("Strategy", (), {"run": lambda *_: None}))
compat = SimpleNamespace(
    v1=SimpleNamespace(disable_eager_execution=lambda: None, disable_v2_behavior=lambda: None)
)
""",
    "tensorflow/python/autograph/core/config.py": "CONVERSION_RULES = ()\n",
}
"""As much of TensorFlow as the probe needs to get to the program."""

RMSE = """\
import tensorflow as tf


def rmse(y_true, y_pred):
    return tf.sqrt(tf.reduce_mean(tf.square(y_true - y_pred), axis=-1))


"""
"""The beginning of a program: TFL204 (likely) at 5:12, in a function that nothing has called yet."""

RUN_RMSE = """\
import tensorflow as tf
from losses import rmse

for row in range(1, 4):
    rmse(tf.constant([[1.0, 2.0], [3.0, 5.0]]) * float(row), tf.constant([[2.0, 2.5], [1.0, 1.5]]))
"""
"""Calls it in a module ``losses``, which confirms the finding under a real TensorFlow."""


def install_stand_in(folder: Path) -> dict[str, str]:
    """Write the stand-in for TensorFlow, and return the environment in which a program finds it.

    The environment has a mark of its own by which ``left_over`` finds what a program has started.
    """
    for name, text in STAND_IN.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for package in ("python", "python/autograph", "python/autograph/core"):
        (folder / "tensorflow" / package / "__init__.py").touch()
    unwanted = ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTEST_ADDOPTS", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return {**kept, "PYTHONPATH": str(folder), "TEST_RUN": uuid.uuid4().hex}


def left_over(environment: Mapping[str, str]) -> list[str]:
    """The command lines of the living processes that have inherited this environment; they get a moment to end."""
    deadline = time.monotonic() + 1.0
    while (found := _with_variable(f"TEST_RUN={environment['TEST_RUN']}")) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def _with_variable(entry: str) -> list[str]:
    found = []
    for process in (path for path in Path("/proc").iterdir() if path.name.isdigit()):
        with contextlib.suppress(OSError):
            if entry.encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found

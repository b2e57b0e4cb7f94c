"""The three TensorFlow stacks that programs are tried on, each one long-lived process.

========== ================== =====================================================================
name       generation         what ``tf.keras`` is
========== ================== =====================================================================
keras3     Generation.KERAS3  Keras 3, with a current TensorFlow
tf_keras   Generation.KERAS2  the package ``tf_keras``, with the same TensorFlow
keras2_8   Generation.KERAS2  Keras 2.8, with TensorFlow 2.8 on Python 3.8
========== ================== =====================================================================

In a test, take the fixture ``stack``, and the test runs once on each::

    def test_broadcast(stack):
        result = stack.run(PROGRAM)
        assert result["as_written"] > 10 * result["reference"]

``@pytest.mark.parametrize("stack", ["keras3"], indirect=True)`` restricts a test to some of them. A program should say
``import tensorflow as tf`` and ``tf.keras`` or ``from tensorflow import keras``: with ``import keras`` it would get
Keras 3 on the stack ``tf_keras``.

Interpreters: ``TFLOSS_STACK_KERAS3`` (for ``keras3`` and ``tf_keras``) and ``TFLOSS_STACK_KERAS2_8`` name a Python that
has the packages. Without them, the running interpreter is taken where TensorFlow is installed in it, and
``.venv-keras2/bin/python`` of the repository. A test on a stack that is not there is skipped, or fails under
``TFLOSS_REQUIRE_STACKS=1``.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tfloss_lint.generation import Generation

ROOT = Path(__file__).resolve().parents[2]
SERVER = Path(__file__).with_name("stacks_server.py")


class StackMissing(Exception):
    """No interpreter of this machine has the stack; the text says what to install or to set."""


class StackFailed(Exception):
    """The stack's process did not start, died, or did not answer in time."""


class ProgramError(Exception):
    """A program raised. The text is its traceback; ``exception`` the name of the exception's class."""

    def __init__(self, error: str, exception: str, stdout: str, stderr: str) -> None:
        super().__init__(f"{error}\n--- stdout\n{stdout}\n--- stderr\n{stderr}")
        self.exception = exception
        self.stdout = stdout
        self.stderr = stderr


class Result(dict[str, Any]):
    """The variables that were asked for, by name, with what the program wrote to ``stdout`` and ``stderr``."""

    def __init__(self, values: Mapping[str, Any], stdout: str, stderr: str) -> None:
        super().__init__(values)
        self.stdout = stdout
        self.stderr = stderr


@dataclass(frozen=True)
class Interpreter:
    """A Python executable and the variables that it needs beside the environment of this process."""

    python: Path
    variables: Mapping[str, str]

    @property
    def env(self) -> dict[str, str]:
        """The whole environment for a subprocess: quiet, on the CPU, and free of this process's Python settings."""
        kept = {key: value for key, value in os.environ.items() if key not in UNWANTED}
        return {**kept, **COMMON_VARIABLES, **self.variables}


UNWANTED = {"PYTHONPATH", "PYTHONHOME", "PYTHONWARNINGS", "TF_USE_LEGACY_KERAS", "KERAS_BACKEND", "VIRTUAL_ENV"}
COMMON_VARIABLES = {"TF_CPP_MIN_LOG_LEVEL": "2", "CUDA_VISIBLE_DEVICES": "-1", "TF_ENABLE_ONEDNN_OPTS": "0"}


def _named(variable: str) -> Path | None:
    value = os.environ.get(variable)
    if not value:
        return None
    if not Path(value).is_file():
        raise StackFailed(f"{variable}={value}: there is no such file")
    return Path(value)


def _current(package: str) -> Path:
    named = _named("TFLOSS_STACK_KERAS3")
    if named is not None:
        return named
    if importlib.util.find_spec("tensorflow") and importlib.util.find_spec(package):
        return Path(sys.executable)
    raise StackMissing(
        f"tensorflow and {package} are not installed here; run `make test`, or point TFLOSS_STACK_KERAS3 "
        "to a Python that has them"
    )


def _keras3() -> Interpreter:
    return Interpreter(_current("keras"), {})


def _tf_keras() -> Interpreter:
    return Interpreter(_current("tf_keras"), {"TF_USE_LEGACY_KERAS": "1"})


def _keras2_8() -> Interpreter:
    python = _named("TFLOSS_STACK_KERAS2_8") or ROOT / ".venv-keras2" / "bin" / "python"
    if not python.is_file():
        raise StackMissing(
            "no TensorFlow 2.8: `make test` installs it where it finds a Python 3.8, or point TFLOSS_STACK_KERAS2_8 "
            "to a Python that has it"
        )
    return Interpreter(python, {})


@dataclass
class Stack:
    """One TensorFlow process, started by the first ``run`` and kept until ``close``."""

    name: str
    generation: Generation
    locate: Callable[[], Interpreter]
    versions: dict[str, str] = field(default_factory=dict)
    """``python``, ``tensorflow``, ``keras`` and ``keras_package``; filled once the process runs."""
    _process: subprocess.Popen[bytes] | None = None
    _requests: IO[str] | None = None
    _replies: int = -1
    _unread: bytes = b""
    _log: IO[bytes] | None = None

    def run(
        self,
        program: str,
        *,
        returns: Sequence[str] = ("as_written", "reference"),
        filename: str = "program.py",
        seed: int = 0,
        timeout: float = 300.0,
    ) -> Result:
        """Execute a program's text and return some of its variables.

        The program runs as ``__main__`` from a file of the given name in an empty folder, with all random generators
        seeded and Keras' global state cleared, after whatever ran in this process before. ``returns`` names the
        variables to hand back: numbers, text, numpy arrays and tensors (as nested lists), and lists and dictionaries
        of these; the text that it printed is in ``.stdout`` and ``.stderr`` of the result.

        Raises ``ProgramError`` when the program raises or lacks a variable, ``StackMissing`` when this machine does
        not have the stack, ``StackFailed`` when its process dies or takes longer than ``timeout`` seconds. The next
        ``run`` then starts another.
        """
        if self._process is None:
            self._start()
        request = {"program": program, "filename": filename, "returns": list(returns), "seed": seed}
        assert self._requests is not None
        with contextlib.suppress(BrokenPipeError):  # a dead process has no reply, which tells more
            self._requests.write(json.dumps(request) + "\n")
            self._requests.flush()
        reply = self._reply(timeout, f"{filename} on {self.name}")
        if "error" in reply:
            raise ProgramError(reply["error"], reply["exception"], reply["stdout"], reply["stderr"])
        return Result(reply["values"], reply["stdout"], reply["stderr"])

    def close(self) -> None:
        """End the process, if there is one."""
        if self._process is None:
            return
        if self._requests is not None:
            with contextlib.suppress(BrokenPipeError):
                self._requests.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._replies)
        if self._log is not None:
            self._log.close()
        self._process, self._requests, self._replies, self._unread, self._log = None, None, -1, b"", None

    def _start(self) -> None:
        interpreter = self.locate()
        requests_in, requests_out = os.pipe()
        self._replies, replies_out = os.pipe()
        self._requests = os.fdopen(requests_out, "w", encoding="utf-8")
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._process = subprocess.Popen(
            [str(interpreter.python), str(SERVER), str(requests_in), str(replies_out)],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            pass_fds=(requests_in, replies_out),
            env=interpreter.env,
        )
        os.close(requests_in)
        os.close(replies_out)
        self.versions = self._reply(300.0, f"the start of {self.name} ({interpreter.python})")["versions"]

    def _reply(self, timeout: float, what: str) -> dict[str, Any]:
        deadline = time.monotonic() + timeout
        while b"\n" not in self._unread:
            readable, _, _ = select.select([self._replies], [], [], max(0.0, deadline - time.monotonic()))
            chunk = os.read(self._replies, 1 << 16) if readable else b""
            if not chunk:
                raise self._failed(
                    f"{what}: no answer in {timeout:.0f} s" if not readable else f"{what}: the process died"
                )
            self._unread += chunk
        line, self._unread = self._unread.split(b"\n", 1)
        reply: dict[str, Any] = json.loads(line)
        return reply

    def _failed(self, what: str) -> StackFailed:
        assert self._process is not None
        assert self._log is not None
        self._process.kill()
        status = self._process.wait()
        self._log.seek(0)
        log = self._log.read().decode("utf-8", errors="replace")
        self.close()
        return StackFailed(f"{what} (status {status})\n{log}")


def all_stacks() -> dict[str, Stack]:
    """Every stack by name, none of them started."""
    stacks = (
        Stack("keras3", Generation.KERAS3, _keras3),
        Stack("tf_keras", Generation.KERAS2, _tf_keras),
        Stack("keras2_8", Generation.KERAS2, _keras2_8),
    )
    return {stack.name: stack for stack in stacks}


STACK_NAMES = tuple(all_stacks())

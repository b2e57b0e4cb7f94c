"""The private way of results: one line of JSON for each message, on a pipe that the program does not know of."""

from __future__ import annotations

import contextlib
import json
import math
import os
import threading
from typing import Any


class Channel:
    """Sends messages; only from the process that it was made in, and never fails the program."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._pipe = _identity(descriptor)
        os.set_inheritable(descriptor, False)

    def send(self, kind: str, **content: Any) -> None:
        """Send a message of this kind."""
        if os.getpid() != self._process:
            return  # a fork of the program has nothing to say
        data = json.dumps({"kind": kind, **_finite(content)}).encode("ascii") + b"\n"
        # An error means that nobody listens any more.
        with self._lock, contextlib.suppress(OSError):
            # A program that closes all descriptors may have given this number to a file of its own.
            while data and _identity(self._descriptor) == self._pipe:
                data = data[os.write(self._descriptor, data) :]


def _identity(descriptor: int) -> tuple[int, int]:
    status = os.fstat(descriptor)
    return status.st_dev, status.st_ino


def _finite(value: Any) -> Any:
    """The value with ``None`` for numbers that JSON does not have."""
    if isinstance(value, dict):
        return {str(key): _finite(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value

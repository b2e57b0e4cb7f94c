"""The child process: starts the user's interpreter, listens to it, and ends all that it has started.

Whatever the program does (hang, fork, fill the memory, print without end, end itself with ``os._exit``), the child gets
no more than its limits, its whole process group is killed when it is over, and what it has measured so far is kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tfloss_lint import runtime_checks

MARK = "TFLOSS_LINT_VERIFY"
"""An environment variable that all processes of a run inherit, by which those that have left the group are found."""
KEPT_OUTPUT = 20_000
"""So many characters of the program's output are kept to show on failure."""
POLL = 0.2
"""Seconds between two looks at memory and time."""
RUNNER = Path(runtime_checks.__file__).parent / "probe" / "run_program.py"


@dataclass(frozen=True)
class Limits:
    """Seconds, and bytes of resident memory of the whole process group."""

    seconds: float
    memory: int | None = None


@dataclass
class Run:
    """What came of one run of a program."""

    verdicts: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    ended: str = "died"
    """``settled``, ``finished``, ``exited``, ``raised``, ``interrupted``, or as the parent ended it: ``timeout``,
    ``memory``, and ``died`` for a process that ended without a word."""
    details: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None
    status: int = 0
    output: str = ""
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether the program did not run as it should have."""
        return self.error is not None or self.ended not in ("settled", "finished")


def run(
    python: str,
    config: Mapping[str, Any],
    limits: Limits,
    environment: Mapping[str, str],
    progress: Callable[[Run], None] = lambda _: None,
) -> Run:
    """Run a program under the probe and return what it told. Raises ``OSError`` if the interpreter does not start."""
    mark = uuid.uuid4().hex
    found = Run()
    start = time.monotonic()
    with _file_of(config) as path, _Process(python, path, {**environment, MARK: mark}) as process:
        try:
            found.ended = _listen(process, found, limits, start, progress)
        finally:
            process.end(mark)
        found.status = process.status
        found.output = process.output()
    found.seconds = time.monotonic() - start
    return found


def _listen(process: _Process, found: Run, limits: Limits, start: float, progress: Callable[[Run], None]) -> str:
    """Take in messages until the program is over; return how it ended."""
    ended = "died"
    unread = b""
    while True:
        readable, _, _ = select.select([process.messages], [], [], POLL)
        if readable:
            chunk = os.read(process.messages, 1 << 16)
            if not chunk:
                return ended
            *lines, unread = (unread + chunk).split(b"\n")
            for line in lines:
                message = json.loads(line)
                kind = message.pop("kind")
                if kind == "verdict":
                    found.verdicts[message.pop("site")] = message
                elif kind == "error":
                    found.error = message
                elif kind == "end":
                    ended = message.pop("how")
                    found.details = message
                elif kind == "done":
                    return ended
        elif process.over:
            # A grandchild may keep the pipe open; nobody else writes to it.
            return ended
        found.seconds = time.monotonic() - start
        progress(found)
        if found.seconds > limits.seconds:
            return "timeout"
        if limits.memory is not None and process.memory() > limits.memory:
            return "memory"


class _Process:
    """A child in a process group of its own, with its output kept and its end certain."""

    def __init__(self, python: str, config: str, environment: Mapping[str, str]) -> None:
        self.messages, theirs = os.pipe()
        os.set_inheritable(theirs, True)
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the user's own interpreter and program
                [python, str(RUNNER), config, str(theirs)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                pass_fds=(theirs,),
                start_new_session=True,
            )
        except BaseException:
            os.close(self.messages)
            raise
        finally:
            os.close(theirs)
        assert self._process.stdout is not None
        self._tail = _Tail(self._process.stdout)

    def __enter__(self) -> _Process:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.messages)

    @property
    def over(self) -> bool:
        """Whether the child itself has ended."""
        return self._process.poll() is not None

    @property
    def status(self) -> int:
        """The exit status, negative for a signal."""
        return self._process.returncode or 0

    def output(self) -> str:
        """The last of what was printed."""
        return self._tail.text()

    def memory(self) -> int:
        """Resident bytes of the process group, 0 where the system does not tell."""
        return sum(_resident(pid) for pid in _group(self._process.pid))

    def end(self, mark: str) -> None:
        """Let a child that is done go, and kill whatever is left of it."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(0.5)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        for pid in _marked(mark):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        self._tail.join()


class _Tail:
    """Reads a stream to its end and keeps the last of it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._kept: deque[bytes] = deque()
        self._size = 0
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with contextlib.suppress(ValueError, OSError):
            while chunk := os.read(self._stream.fileno(), 1 << 16):
                self._kept.append(chunk)
                self._size += len(chunk)
                while self._size - len(self._kept[0]) > KEPT_OUTPUT:
                    self._size -= len(self._kept.popleft())

    def join(self) -> None:
        """Wait for the end of the stream."""
        self._thread.join(2)
        if not self._thread.is_alive():
            self._stream.close()

    def text(self) -> str:
        """What was kept."""
        return b"".join(self._kept).decode("utf-8", errors="replace")[-KEPT_OUTPUT:]


@contextlib.contextmanager
def _file_of(config: Mapping[str, Any]) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="tfloss-lint-") as folder:
        path = Path(folder) / "config.json"
        path.write_text(json.dumps(config), encoding="utf-8")
        yield str(path)


def _processes() -> Sequence[int]:
    """All processes of the machine, none where the system has no /proc."""
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208
    except OSError:
        return []


def _group(leader: int) -> Iterator[int]:
    for pid in _processes():
        with contextlib.suppress(OSError):
            if os.getpgid(pid) == leader:
                yield pid


def _marked(mark: str) -> Iterator[int]:
    """The processes that have inherited the mark of a run."""
    wanted = f"{MARK}={mark}".encode()
    for pid in _processes():
        with contextlib.suppress(OSError):
            if pid != os.getpid() and wanted in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                yield pid


def _resident(pid: int) -> int:
    with contextlib.suppress(OSError, IndexError, ValueError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def default_python(environment: Mapping[str, str]) -> str:
    """The interpreter of the active virtual environment, else this one."""
    active = environment.get("VIRTUAL_ENV") or environment.get("CONDA_PREFIX")
    if active:
        for name in ("bin/python", "Scripts/python.exe", "python.exe"):
            candidate = Path(active) / name
            if candidate.is_file():
                return str(candidate)
    return sys.executable


def available_memory() -> int | None:
    """Nine tenths of the memory that is free for a program, ``None`` where the system does not tell."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024 * 9 // 10
    return None

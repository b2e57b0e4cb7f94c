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
MOST_CHUNKS, LONGEST_MESSAGE = 4, 1 << 20
"""So much is read before another look at the limits: a program may write where it should not, and without end."""
PATIENCE = 3.0
"""Seconds that a program gets to come to its end once all is measured, or once it has said that it is over."""
ENDING = ("SIGINT", "SIGTERM", "SIGHUP")
"""Signals that end this process; the child goes first."""
PROC = Path("/proc")
CGROUP = Path("/sys/fs/cgroup")
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
    started: bool = False
    """Whether the interpreter got as far as to the program."""
    ended: str = "died"
    """``settled``, ``finished``, ``exited``, ``raised``, ``interrupted``, or as the parent ended it: ``timeout``,
    ``memory``, and ``died`` for a process that ended without a word."""
    details: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None
    status: int = 0
    output: str = ""
    seconds: float = 0.0
    replicas: int = 1
    """As how many devices the CPU counted."""

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
    found = Run(replicas=config["replicas"])
    start = time.monotonic()
    sites = frozenset(site["id"] for site in config["sites"])
    variables = {**environment, MARK: mark}
    with _signals_wait() as received, _file_of(config) as path, _Process(python, path, variables) as process:
        try:
            _Listener(process, found, sites).listen(limits, start, received, progress)
        finally:
            process.end(mark)
        found.status = process.status
        found.output = process.output()
    found.seconds = time.monotonic() - start
    return found


class _Listener:
    """Takes in a child's messages until it is over."""

    def __init__(self, process: _Process, found: Run, sites: frozenset[int]) -> None:
        self._process = process
        self._found = found
        self._sites = sites
        self._unread = b""
        self._open = True
        self._settled: float | None = None
        """When the last verdict came, if it came while the program was running."""

    def listen(self, limits: Limits, start: float, signals: Sequence[int], progress: Callable[[Run], None]) -> None:
        """Listen until the program is over, or has had enough; the run then says how it ended."""
        found, process = self._found, self._process
        while not signals:
            over = process.over  # asked before the last messages are read
            said_all = self._read(0.0 if over else POLL)
            found.seconds = time.monotonic() - start
            progress(found)
            if said_all or over:
                return
            if self._settled is not None:
                # A program may catch what is raised to end it.
                if time.monotonic() - self._settled > PATIENCE:
                    break
            elif found.seconds > limits.seconds:
                found.ended = "timeout"
                break
            elif limits.memory is not None and process.memory() > limits.memory:
                found.ended = "memory"
                break
        process.kill()

    def _read(self, patience: float) -> bool:
        """Take in what has come; whether the child has said all that it has to say."""
        if not self._open:
            time.sleep(patience)
            return False
        for _ in range(MOST_CHUNKS):
            if not select.select([self._process.messages], [], [], patience)[0]:
                break
            chunk = os.read(self._process.messages, 1 << 16)
            if not chunk:
                # The child is about to be over, or has closed what it did not open.
                self._open = False
                return False
            *lines, unread = (self._unread + chunk).split(b"\n")
            self._unread = unread[-LONGEST_MESSAGE:]
            last = False
            for line in lines:
                last = self._take(line) or last
            if last:
                return True
            patience = 0.0
        return False

    def _take(self, line: bytes) -> bool:
        """Take in a message; whether it is the last one."""
        found = self._found
        try:
            message = json.loads(line)
            kind = message.pop("kind")
        except (ValueError, TypeError, AttributeError, LookupError):
            return False  # not one of ours: the program writes to descriptors that it does not know
        if kind == "started":
            found.started = True
        elif kind == "verdict":
            found.verdicts[message.pop("site")] = message
            if found.ended == "died" and self._sites <= found.verdicts.keys():
                found.ended = "settled"
                self._settled = time.monotonic()
        elif kind == "end" and self._settled is None:
            found.ended = message.pop("how")
            found.details = message
        elif kind == "error":
            found.error = message
        return kind in ("error", "done")


class _Process:
    """A child in a process group of its own, with its output kept and its end certain."""

    def __init__(self, python: str, config: str, environment: Mapping[str, str]) -> None:
        self.messages, theirs = os.pipe()
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
        # If the machine runs out of memory before the limit is seen, no other process shall go for it.
        with contextlib.suppress(OSError):
            (PROC / str(self._process.pid) / "oom_score_adj").write_text("1000")
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

    def kill(self) -> None:
        """Kill the process group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def end(self, mark: str) -> None:
        """Let a child that is done go, and kill whatever is left of it."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE)
        self.kill()
        # Those that have left the group may be starting others at this very moment.
        deadline = time.monotonic() + PATIENCE
        while (escaped := list(_marked(mark))) and time.monotonic() < deadline:
            for pid in escaped:
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
def _signals_wait() -> Iterator[Sequence[int]]:
    """Collect the signals that would end this process; at the end, when the child is gone, the first has its effect."""
    received: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield received
        return
    numbers = [getattr(signal, name) for name in ENDING if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    changed = {number: handler for number, handler in before.items() if handler not in (signal.SIG_IGN, None)}
    for number in changed:
        signal.signal(number, lambda caught, _: received.append(caught))
    try:
        yield received
    finally:
        for number, handler in changed.items():
            signal.signal(number, handler)
        if received:
            signal.raise_signal(received[0])


@contextlib.contextmanager
def _file_of(config: Mapping[str, Any]) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="tfloss-lint-") as folder:
        path = Path(folder) / "config.json"
        path.write_text(json.dumps(config), encoding="utf-8")
        yield str(path)


def sees_processes() -> bool:
    """Whether the system tells of its processes, so that memory can be limited."""
    return (PROC / "self" / "statm").is_file()


def _processes() -> Sequence[int]:
    """All processes of the machine, none where the system has no /proc."""
    try:
        return [int(name) for name in os.listdir(PROC) if name.isdigit()]  # noqa: PTH208
    except OSError:
        return []


def _group(leader: int) -> Iterator[int]:
    for pid in _processes():
        with contextlib.suppress(OSError):
            if os.getpgid(pid) == leader:
                yield pid


def _marked(mark: str) -> Iterator[int]:
    """The living processes that have inherited the mark of a run."""
    wanted = f"{MARK}={mark}".encode()
    for pid in _processes():
        with contextlib.suppress(OSError):
            if pid != os.getpid() and wanted in (PROC / str(pid) / "environ").read_bytes().split(b"\0"):
                yield pid


def _resident(pid: int) -> int:
    with contextlib.suppress(OSError, IndexError, ValueError):
        return int((PROC / str(pid) / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def default_python(environment: Mapping[str, str]) -> str:
    """The interpreter of the active virtual environment, else this one."""
    active = environment.get("VIRTUAL_ENV") or environment.get("CONDA_PREFIX")
    if active and (candidate := Path(active) / "bin" / "python").is_file():
        return str(candidate)
    return sys.executable


def available_memory() -> int | None:
    """Nine tenths of the memory that is free for a program, ``None`` where the system does not tell."""
    free = [found for found in (_free_of_machine(), _free_of_container()) if found is not None]
    return min(free) * 9 // 10 if free else None


def _free_of_machine() -> int | None:
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in (PROC / "meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return None


def _free_of_container() -> int | None:
    """What a container may still take; its page cache gives way."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        most = int((CGROUP / "memory.max").read_text())  # "max" without a limit
        used = int((CGROUP / "memory.current").read_text())
        pairs = (line.split() for line in (CGROUP / "memory.stat").read_text().splitlines())
        return most - used + int(dict(pairs)["inactive_file"])
    return None

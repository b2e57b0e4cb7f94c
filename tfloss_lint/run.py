"""Checking many files, one after the other or in several processes, with the same outcome."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from textwrap import shorten

from tfloss_lint.finding import Finding
from tfloss_lint.lint import lint_source, unreadable
from tfloss_lint.settings import Settings
from tfloss_lint.source import Source, UnreadableSource, read_source

FILES_PER_PROCESS = 100
"""Starting a process pays from about this many files on; most files cost no more than reading them."""


@dataclass(frozen=True)
class Crash:
    """A mistake of ours that one file brought to light."""

    path: str
    summary: str
    details: str = ""


@dataclass(frozen=True)
class Checked:
    """What came of one file."""

    path: str
    findings: Sequence[Finding] = ()
    excerpts: Sequence[Mapping[int, str]] = ()
    """For each finding its source lines by number."""
    crash: Crash | None = None


def check_file(path: str, settings: Settings, *, claims: bool = False) -> Checked:
    """Read and lint one file."""
    return check_source(partial(read_source, path), path, settings, claims=claims)


def check_source(read: Callable[[], Source], path: str, settings: Settings, *, claims: bool = False) -> Checked:
    """Lint what ``read`` gives. Whatever goes wrong is part of the outcome."""
    try:
        source = read()
        findings = lint_source(source, settings, claims=claims)
    except UnreadableSource as error:
        return check_unreadable(error, settings)
    except Exception as error:  # noqa: BLE001 (one file must not cost the user the others)
        summary = shorten(traceback.format_exception_only(error)[-1], 200)
        return Checked(path, crash=Crash(path, summary, traceback.format_exc()))
    return Checked(path, findings, _excerpts(source, findings))


def check_unreadable(error: UnreadableSource, settings: Settings) -> Checked:
    """The finding about what cannot be read, if findings of its kind are wanted there."""
    finding = unreadable(error)
    hidden = not settings.wants(finding.code) or finding.code.startswith(settings.off_in(error.path))
    return Checked(error.path) if hidden else Checked(error.path, [finding], [{}])


def _excerpts(source: Source, findings: Sequence[Finding]) -> list[dict[int, str]]:
    lines = source.text.split("\n") if findings else []
    found = []
    for finding in findings:
        offset = source.text_line(finding.cell, 1) - 1
        numbers = range(finding.line, finding.end_line + 1)
        found.append({number: lines[offset + number - 1] for number in numbers if offset + number <= len(lines)})
    return found


def processes_for(file_count: int) -> int:
    """How many processes are worth starting when the user does not say."""
    return max(1, min(available_processors(), file_count // FILES_PER_PROCESS))


def available_processors() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_files(paths: Sequence[str], settings: Settings, processes: int, *, claims: bool = False) -> Iterator[Checked]:
    """The outcome of every file, in the order of ``paths``; with ``claims``, findings say what can be measured."""
    processes = min(processes, len(paths))
    check = partial(check_file, settings=settings, claims=claims)
    if processes <= 1:
        yield from map(check, paths)
        return
    yield from _in_processes(paths, check, processes)


def _in_processes(paths: Sequence[str], check: Callable[[str], Checked], processes: int) -> Iterator[Checked]:
    from concurrent.futures.process import BrokenProcessPool

    done = 0
    chunk = max(1, min(32, len(paths) // (processes * 4)))
    try:
        for checked in _pooled(paths, check, processes, chunk):
            yield checked
            done += 1
    except BrokenProcessPool:
        # The parser, or the memory, gave in on some file. One process per file tells which.
        for path in paths[done:]:
            yield _alone(path, check)


def _alone(path: str, check: Callable[[str], Checked]) -> Checked:
    from concurrent.futures.process import BrokenProcessPool

    try:
        (checked,) = _pooled([path], check, 1, 1)
    except BrokenProcessPool:
        return Checked(path, crash=Crash(path, "the process that read this file died"))
    return checked


def _pooled(paths: Sequence[str], check: Callable[[str], Checked], processes: int, chunk: int) -> Iterator[Checked]:
    from concurrent.futures import ProcessPoolExecutor

    executor = ProcessPoolExecutor(processes, initializer=_ignore_interrupts)
    finished = False
    try:
        yield from executor.map(check, paths, chunksize=chunk)
        finished = True
    finally:
        # An interrupted run ends at once; another one leaves no thread behind that a later fork would copy.
        executor.shutdown(wait=finished, cancel_futures=True)


def _ignore_interrupts() -> None:
    """Ctrl-C is for the main process, which then ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

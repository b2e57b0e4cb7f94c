"""What the command line says about ``--verify``: its options, what is run, and what is told of a run that failed."""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tfloss_lint.claim import CONFIRMED, REFUTED, STATUSES
from tfloss_lint.finding import Confidence, Finding
from tfloss_lint.source import UnreadableSource

if TYPE_CHECKING:
    from tfloss_lint.source import Source
    from tfloss_lint.verify.child import Run
    from tfloss_lint.verify.session import Options, Program

SECONDS = 300
BATCHES = 2
OPTIONS = ("python", "device", "timeout", "memory", "batches")
SCRIPTS = (".py", ".ipynb")
UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}
SHOWN_OUTPUT, SHOWN_COLUMNS = 40, 1000
"""Lines of a failed program's output that are shown, and how much of each."""


class CommandError(Exception):
    """The call does not say what to run; the text tells how to."""


@dataclass(frozen=True)
class VerifyRequest:
    """What is run, and how."""

    programs: Sequence[Program]
    options: Options
    command: bool
    """Whether the call says what to run; else each file is run with its own findings."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``--verify`` to the command line."""
    group = parser.add_argument_group(
        "running the program",
        "With --verify the program is run, with your rights, like a test runner runs tests. After --\n"
        "stands what is run, as `-- train.py --epochs 1` or `-- -m package.train`; without it, each of\n"
        "the given files. What a program starts outside of its process group and under another\n"
        "environment is neither limited nor ended.",
    )
    add = group.add_argument
    add("--verify", action="store_true", help="run the program and settle each finding with numbers")
    add("--python", metavar="PATH", help="the Python that has TensorFlow; default: the active environment's, else this")
    add("--device", choices=("auto", "cpu", "gpu"), help="default: auto")
    add("--timeout", type=_seconds, metavar="SECONDS", help=f"of each program; default: {SECONDS}")
    add(
        "--memory",
        type=_bytes,
        metavar="BYTES",
        help="most resident memory, as 4G; default: nine tenths of what is free; without /proc, as on macOS, no limit",
    )
    add("--batches", type=_batches, metavar="N", help=f"measure each finding on so many batches; default: {BATCHES}")


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{value!r} is not a number of seconds above 0")
    return seconds


def _bytes(value: str) -> int:
    number, unit = value[:-1], value[-1:].lower()
    if unit.isdigit():
        number, unit = value, ""
    if unit not in UNITS or not number.isdecimal() or int(number) < 1:
        raise argparse.ArgumentTypeError(f"{value!r} is not a size such as 4G or 500M")
    return int(number) * UNITS[unit]


def _batches(value: str) -> int:
    if not value.isdecimal() or int(value) < 2:
        raise argparse.ArgumentTypeError(f"{value!r} is not a whole number from 2 on: one batch proves nothing")
    return int(value)


def request(
    options: argparse.Namespace, command: Sequence[str] | None, environment: Mapping[str, str]
) -> VerifyRequest | None:
    """What to run; ``None`` without ``--verify``. Raises ``CommandError``."""
    if not options.verify:
        given = [name for name in OPTIONS if getattr(options, name) is not None]
        if given:
            raise CommandError(f"--{given[0]} is for --verify")
        return None
    if not hasattr(os, "killpg"):
        raise CommandError("--verify needs a system with process groups, such as Linux or macOS")
    if "-" in options.paths:
        raise CommandError("--verify runs files, not standard input")
    from tfloss_lint.verify.child import Limits, available_memory, default_python, sees_processes
    from tfloss_lint.verify.session import Options

    if options.memory is not None and not sees_processes():
        raise CommandError("--memory needs a system with /proc, such as Linux")
    how = Options(
        python=default_python(environment) if options.python is None else _python(options.python),
        device=options.device or "auto",
        batches=options.batches or BATCHES,
        limits=Limits(options.timeout or SECONDS, options.memory or available_memory()),
    )
    programs = _programs_of_paths(options.paths) if command is None else [_program(command)]
    return VerifyRequest(programs, how, command is not None)


def _python(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise CommandError(f"--python: there is no program {name!r}")
    return found


def _programs_of_paths(paths: Sequence[str]) -> list[Program]:
    from tfloss_lint.verify.session import SCRIPT, Program

    for path in paths or [os.curdir]:
        if Path(path).is_dir():
            raise CommandError(f"say what to run: tfloss-lint --verify {path} -- train.py")
        if Path(path).suffix not in SCRIPTS:
            raise CommandError(f"{path!r} cannot be run: --verify takes Python files and notebooks")
    once = {os.path.realpath(path): path for path in reversed(paths)}
    return [Program(SCRIPT, path) for path in reversed(once.values())]


def _program(command: Sequence[str]) -> Program:
    from tfloss_lint.verify.session import MODULE, SCRIPT, Program

    if not command:
        raise CommandError("nothing stands behind --: say what to run, as `-- train.py` or `-- -m package.train`")
    first, *rest = command
    if first == "-m":
        if not rest:
            raise CommandError("-m needs the name of a module")
        return Program(MODULE, rest[0], rest[1:])
    if Path(first).name.startswith("python") and not first.endswith(SCRIPTS):
        raise CommandError("leave the interpreter out behind --, as `-- train.py`; --python names it")
    if first.startswith("-"):
        raise CommandError(f"behind -- stands a file or -m and a module, then its arguments, and not {first!r}")
    if not Path(first).is_file():
        raise CommandError(f"there is no file {first!r} to run; a module is run with -m, as `-- -m {first}`")
    return Program(SCRIPT, first, rest)


def settle(
    wanted: VerifyRequest,
    files: Sequence[tuple[Source, Sequence[Finding]]],
    environment: Mapping[str, str],
    progress: Callable[[str], None],
) -> tuple[list[Finding], list[tuple[Program, Run]]]:
    """Run the command with the claims of all files, or each of the files with its own, and give them verdicts."""
    from tfloss_lint.verify.session import verify

    settled: dict[int, Finding] = {}
    runs: list[tuple[Program, Run]] = []
    for program in wanted.programs:

        def tell(state: Run, sites: int, program: Program = program) -> None:
            progress(f"running {program}: {len(state.verdicts)} of {sites} findings settled, {state.seconds:.0f} s")

        own = [entry for entry in files if wanted.command or _same(entry[0].path, program.target)]
        try:
            verified = verify(program, own, wanted.options, environment, tell)
        except UnreadableSource as error:
            raise CommandError(str(error)) from error
        runs += [(program, run) for run in verified.runs]
        settled.update(zip((id(finding) for _, findings in own for finding in findings), verified.findings))
    return [settled.get(id(finding), finding) for _, findings in files for finding in findings], runs


def _same(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def shown(finding: Finding, pedantic: bool) -> bool:
    """Whether it is reported: what is only possible must be confirmed, unless it was asked for."""
    confirmed = finding.verdict is not None and finding.verdict.status == CONFIRMED
    return pedantic or confirmed or finding.confidence is not Confidence.POSSIBLE


def is_problem(finding: Finding) -> bool:
    """Whether it makes the command fail: refuted findings are notes."""
    return finding.verdict is None or finding.verdict.status != REFUTED


def summary(findings: Sequence[Finding], runs: Sequence[object]) -> str:
    """How the verdicts are spread."""
    statuses = [finding.verdict.status for finding in findings if finding.verdict is not None]
    if not runs:
        return "Nothing to verify: the program was not run."
    counts = [f"{statuses.count(status)} {status.replace('-', ' ')}" for status in STATUSES]
    return f"Verified by running: {', '.join(counts)}."


def failure(program: Program, done: Run, options: Options) -> str | None:
    """What went wrong with a run, with what the program said last; ``None`` if nothing did."""
    if not done.failed:
        return None
    if done.error is not None and done.error["what"] == "tensorflow":
        return f"there is no TensorFlow in {options.python}: name another Python with --python"
    if done.error is not None:
        return f"--device {options.device}: {done.error['text']}"
    devices = f" on {done.replicas} CPU devices" if done.replicas > 1 else ""
    lines = [f"{program}{devices} {_said(done, options)}"]
    if not done.started:
        lines = [f"{options.python} did not run {program}: it must be a Python from 3.8 on ({_ending(done)})"]
    lines += str(done.details.get("traceback", "")).splitlines()
    output = done.output.splitlines()
    if output:
        lines.append(f"--- the last lines that {program.target} printed")
        lines += [line[:SHOWN_COLUMNS] for line in output[-SHOWN_OUTPUT:]]
    return "\n".join(lines)


def _ending(done: Run) -> str:
    from tfloss_lint.verify.session import ending

    return ending(done)


def _said(done: Run, options: Options) -> str:
    """How a program ended that should have gone on, as the rest of a sentence."""
    ended = "killed" if done.ended == "died" and done.status < 0 else done.ended
    error = str(done.details.get("error", ""))
    memory = (options.limits.memory or 0) // UNITS["m"]
    said = FAILURES[ended].format(
        error=error, status=_ending(done), seconds=f"{options.limits.seconds:g}", memory=memory
    )
    return said + (" (a program that is verified gets no standard input)" if error.startswith("EOFError") else "")


FAILURES = {
    "exited": "ended itself with {status}",
    "raised": "raised {error}",
    "interrupted": "was interrupted",
    "timeout": "was still running after {seconds} seconds and was killed (--timeout)",
    "memory": "took more memory than {memory} MiB and was killed (--memory)",
    "killed": "was killed by {status}",
    "died": "ended abruptly with {status}, as os._exit does",
}

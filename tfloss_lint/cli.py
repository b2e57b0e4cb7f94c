"""The command ``tfloss-lint``."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn, TypeVar

import tfloss_lint
from tfloss_lint.configuration import (
    OUTPUT_FORMATS,
    ConfigurationError,
    FileConfiguration,
    find_configuration,
    read_configuration,
    suggestion,
    target_keras,
)
from tfloss_lint.discovery import DEFAULT_EXCLUDES, Found, MissingPathError, Selection, discover
from tfloss_lint.finding import Finding
from tfloss_lint.path_patterns import PathPatterns
from tfloss_lint.report import concise, json, rule_page, statistics, text
from tfloss_lint.report.excerpt import Lines
from tfloss_lint.report.style import Style, printable, wants_colour
from tfloss_lint.run import Checked, Crash, check_files, check_source, check_unreadable, processes_for
from tfloss_lint.settings import Settings
from tfloss_lint.source import UnreadableSource, read_source, source_from_bytes
from tfloss_lint.verify import command as verifying
from tfloss_lint.verify.command import CommandError, VerifyRequest

CLEAN, FINDINGS, TROUBLE, INTERRUPTED = 0, 1, 2, 130
STDIN = "-"
PROGRESS_AFTER = 1.0
"""Seconds of silence before a terminal is told how far the run is."""

DESCRIPTION = """\
Finds the silent mistakes of hand-written TensorFlow/Keras training code. Nothing is imported or executed, unless
--verify asks for it.

`tfloss-lint rule CODE` prints what a rule is about, `tfloss-lint rule --all` all of them."""

EPILOG = """\
Exit status: 0 without findings, 1 with findings, 2 after a mistake in the call or in tfloss-lint itself, or if the
program failed that --verify ran.
Options can be set in [tool.tfloss-lint] of pyproject.toml; the command line wins."""


@dataclass(frozen=True)
class Request:
    """What one call asks for, all sources of options merged."""

    paths: Sequence[str]
    stdin_filename: str
    settings: Settings
    selection: Selection
    jobs: int | None
    output_format: str
    style: Style
    statistics: bool
    exit_zero: bool
    show_files: bool
    quiet: bool
    verify: VerifyRequest | None = None


T = TypeVar("T")


class UsageError(Exception):
    """The call cannot be carried out; the text tells why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    _prepare_streams()
    try:
        status = _rule_command(arguments[1:]) if arguments[:1] == ["rule"] else _lint_command(arguments)
        sys.stdout.flush()
    except (UsageError, CommandError, ConfigurationError) as error:
        _complain(str(error))
        return TROUBLE
    except KeyboardInterrupt:
        _complain("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        _forget_reader()
        return CLEAN
    except OSError as error:
        _complain(f"{error.strerror or error}" + (f": {error.filename}" if error.filename else ""))
        return TROUBLE
    return status


def _prepare_streams() -> None:
    """Let nothing that is printed fail, whatever the terminal's encoding, and be it closed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 (open until the end)
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _forget_reader() -> None:
    """The reader of our output has seen enough. Python would complain once more when it closes the pipe."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(message: str) -> None:
    print(f"tfloss-lint: {printable(message)}", file=sys.stderr)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see `{self.prog} --help`)")


def _codes(value: str) -> tuple[str, ...]:
    return tuple(word for word in value.replace(",", " ").split() if word)


def _some_codes(value: str) -> tuple[str, ...]:
    codes = _codes(value)
    if not codes:
        raise argparse.ArgumentTypeError("at least one code is needed")
    return codes


def _patterns(value: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in value.split(",") if word.strip())


def _positive(value: str) -> int:
    if not value.isdecimal() or int(value) < 1:
        raise argparse.ArgumentTypeError(f"{value!r} is not a whole number from 1 on")
    return int(value)


def _target(value: str) -> object:
    try:
        return target_keras(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _per_file(value: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    pairs: list[tuple[str, tuple[str, ...]]] = []
    for part in value.split():
        pattern, colon, codes = part.rpartition(":")
        if not (pattern and colon and _codes(codes)):
            raise argparse.ArgumentTypeError(f"{part!r} is not PATTERN:CODE[,CODE...]")
        pairs.append((pattern, _codes(codes)))
    return tuple(pairs)


def _parser() -> _Parser:
    parser = _Parser(
        prog="tfloss-lint",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="files, notebooks and folders; - is standard input; default: .")
    add("--version", action="version", version=f"tfloss-lint {tfloss_lint.__version__}")
    add("--stdin-filename", metavar="PATH", help="the name of what comes by standard input")

    group = parser.add_argument_group("what is reported")
    add = group.add_argument
    add(
        "--select", type=_some_codes, action="extend", metavar="CODES", help="codes or their beginnings, as TFL2,TFL301"
    )
    add("--ignore", type=_codes, action="extend", metavar="CODES", help="codes that are off; the longer match wins")
    add("--extend-ignore", type=_codes, action="extend", metavar="CODES", help="more of them")
    add(
        "--per-file-ignores",
        type=_per_file,
        action="extend",
        metavar="PAIRS",
        help="codes that are off in some files, as 'tests/:TFL2,TFL301 demo.py:TFL'",
    )
    add("--pedantic", action="store_true", default=None, help="also what depends on facts that the file does not show")
    add(
        "--target-keras",
        type=_target,
        metavar="{2,3,both,auto}",
        help="the Keras generation the code is for; default: auto, by its imports and its project's requirements",
    )
    add("--exit-zero", action="store_true", help="exit with 0 even with findings")

    group = parser.add_argument_group("which files")
    add = group.add_argument
    add("--exclude", type=_patterns, action="extend", metavar="PATTERNS", help="replaces the default patterns")
    add("--extend-exclude", type=_patterns, action="extend", metavar="PATTERNS", help="adds patterns, as in .gitignore")
    add("--force-exclude", action="store_true", default=None, help="also leave out what is named on the command line")
    add("--no-respect-gitignore", action="store_true", help="look at files that git ignores")
    add("--show-files", action="store_true", help="print the files that would be looked at")
    add("--config", metavar="FILE", help="a TOML file with [tool.tfloss-lint]; default: the nearest pyproject.toml")
    add("--isolated", action="store_true", help="read no configuration file")

    group = parser.add_argument_group("how")
    add = group.add_argument
    add("--output-format", choices=OUTPUT_FORMATS, help="default: text")
    add("--color", choices=("auto", "always", "never"), default="auto", help="default: auto")
    add("--statistics", action="store_true", help="count the findings per rule, on standard error")
    add("--jobs", "-j", type=_positive, metavar="N", help="processes; default: as many as pay")
    add("--quiet", "-q", action="store_true", help="no summary and no progress")
    verifying.add_options(parser)
    return parser


def _options(arguments: Sequence[str]) -> tuple[argparse.Namespace, Sequence[str] | None]:
    """The options, and what stands behind ``--``: a command with ``--verify``, else only paths."""
    # The parser of intermixed arguments would take what stands behind ``--`` for options.
    at = list(arguments).index("--") if "--" in arguments else len(arguments)
    options = _parser().parse_intermixed_args(arguments[:at])
    if options.verify:
        return options, arguments[at + 1 :] if at < len(arguments) else None
    options.paths += arguments[at + 1 :]
    return options, None


def _request(arguments: Sequence[str]) -> Request:
    options, command = _options(arguments)
    if options.config and options.isolated:
        raise UsageError("--config and --isolated exclude each other")
    if options.stdin_filename and STDIN not in options.paths:
        raise UsageError("--stdin-filename needs the path - for standard input")
    paths = options.paths or [os.curdir]
    if options.isolated:
        file = FileConfiguration()
    elif options.config:
        file = read_configuration(Path(options.config))
    else:
        file = find_configuration([options.stdin_filename or os.curdir if path == STDIN else path for path in paths])
    return Request(
        paths=paths,
        stdin_filename=options.stdin_filename or "<stdin>",
        settings=_settings(options, file),
        selection=_selection(options, file),
        jobs=options.jobs or file.jobs,
        output_format=options.output_format or file.output_format or "text",
        style=Style(wants_colour(options.color, sys.stdout, os.environ)),
        statistics=options.statistics,
        exit_zero=options.exit_zero,
        show_files=options.show_files,
        quiet=options.quiet,
        verify=verifying.request(options, command, os.environ),
    )


def _first(*values: T | None, otherwise: T) -> T:
    """The first value that is given at all."""
    return next((value for value in values if value is not None), otherwise)


def _settings(options: argparse.Namespace, file: FileConfiguration) -> Settings:
    default = Settings()
    ignore: Sequence[str] = _first(options.ignore, file.ignore, otherwise=())
    more: Sequence[str] = _first(options.extend_ignore, file.extend_ignore, otherwise=())
    settings = Settings(
        select=tuple(_first(options.select, file.select, otherwise=default.select)),
        ignore=(*ignore, *more),
        pedantic=_first(options.pedantic, file.pedantic, otherwise=default.pedantic),
        target_keras=_first(options.target_keras, file.target_keras, otherwise=default.target_keras),
        per_file_ignores=tuple(_first(options.per_file_ignores, file.per_file_ignores, otherwise=())),
        root=file.root if options.per_file_ignores is None else os.curdir,
    )
    per_file = [prefix for _, prefixes in settings.per_file_ignores for prefix in prefixes]
    _check_codes([*settings.select, *settings.ignore, *per_file])
    for pattern, _ in settings.per_file_ignores:
        _path_patterns(settings.root, (pattern,))
    return settings


def _check_codes(prefixes: Iterable[str]) -> None:
    """Refuse what no rule's code begins with; a typing error must not switch a rule off, or on, in silence."""
    unusual = sorted({prefix for prefix in prefixes if prefix != "TFL"})
    if not unusual:
        return
    from tfloss_lint.registry import all_rules

    rules = all_rules()
    for prefix in unusual:
        if prefix and any(rule.code.startswith(prefix) for rule in rules):
            continue
        by_name = {rule.name: rule.code for rule in rules}
        hint = f'; did you mean "{by_name[prefix]}"?' if prefix in by_name else ""
        raise UsageError(
            f'no rule has a code that begins with "{prefix}"'
            + (hint or suggestion(prefix.upper(), [rule.code for rule in rules]))
        )


def _selection(options: argparse.Namespace, file: FileConfiguration) -> Selection:
    if options.exclude is not None:
        base = _path_patterns(os.curdir, options.exclude)
    elif file.exclude is not None:
        base = _path_patterns(file.root, file.exclude)
    else:
        base = _path_patterns(os.curdir, DEFAULT_EXCLUDES)
    more = (
        _path_patterns(file.root, file.extend_exclude or ()),
        _path_patterns(os.curdir, options.extend_exclude or ()),
    )
    return Selection(
        excludes=tuple(patterns for patterns in (base, *more) if patterns.patterns),
        respect_gitignore=_first(file.respect_gitignore, otherwise=True) and not options.no_respect_gitignore,
        force_exclude=_first(options.force_exclude, file.force_exclude, otherwise=False),
    )


def _path_patterns(root: str, patterns: Sequence[str]) -> PathPatterns:
    try:
        return PathPatterns(root, patterns)
    except ValueError as error:
        raise UsageError(f"not a path pattern: {error}") from error


def _lint_command(arguments: Sequence[str]) -> int:
    request = _request(arguments)
    try:
        found = discover([path for path in request.paths if path != STDIN], request.selection)
    except MissingPathError as error:
        raise UsageError(f"there is no file or folder {str(error)!r}") from error
    if STDIN in request.paths and sys.stdin is None:
        raise UsageError("standard input is closed")
    stdin = STDIN in request.paths and not request.selection.leaves_out(request.stdin_filename)
    if request.show_files:
        for path in (*([request.stdin_filename] if stdin else []), *found.files):
            print(path)
        return CLEAN
    if not (found.files or found.unreadable or stdin or request.quiet):
        _complain(f"no Python file and no notebook found below {', '.join(request.paths)}")
    outcomes = list(_outcomes(request, found, stdin))
    return _report(request, outcomes) if request.verify is None else _verify(request, request.verify, outcomes)


def _outcomes(request: Request, found: Found, stdin: bool) -> Iterator[Checked]:
    settings = request.settings
    for error in found.unreadable:
        yield check_unreadable(error, settings)
    if stdin:
        name = request.stdin_filename
        yield check_source(lambda: source_from_bytes(name, sys.stdin.buffer.read()), name, settings)
    processes = request.jobs or processes_for(len(found.files))
    if request.verify is not None:
        # What is only possible may turn out to be so.
        settings = replace(settings, pedantic=True)
    outcomes = check_files(found.files, settings, processes, claims=request.verify is not None)
    yield from _with_progress(outcomes, len(found.files)) if _shows_progress(request) else outcomes


def _shows_progress(request: Request) -> bool:
    return not request.quiet and sys.stderr.isatty()


def _with_progress(outcomes: Iterator[Checked], total: int) -> Iterator[Checked]:
    """Say how far the run is, on one line of the terminal that is wiped at the end."""
    next_word = time.monotonic() + PROGRESS_AFTER
    spoken = False
    for done, outcome in enumerate(outcomes, 1):
        yield outcome
        now = time.monotonic()
        if now >= next_word:
            next_word = now + PROGRESS_AFTER / 10
            spoken = True
            print(f"\rchecked {done} of {total} files", end="", file=sys.stderr, flush=True)
    if spoken:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _verify(request: Request, wanted: VerifyRequest, outcomes: Sequence[Checked]) -> int:
    """Run the program, report the findings with their verdicts, and say what went wrong with the run."""
    files = []
    for outcome in outcomes:
        with contextlib.suppress(UnreadableSource):
            files.append((read_source(outcome.path), outcome.findings))
    with _status_line(request) as say:
        findings, runs = verifying.settle(wanted, files, os.environ, say)
    settled = iter(findings)
    read = {source.path for source, _ in files}
    verified = []
    for outcome in outcomes:
        own = [next(settled) for _ in outcome.findings] if outcome.path in read else list(outcome.findings)
        pairs = [pair for pair in zip(own, outcome.excerpts) if verifying.shown(pair[0], request.settings.pedantic)]
        verified.append(replace(outcome, findings=[f for f, _ in pairs], excerpts=[lines for _, lines in pairs]))
    status = _report(request, verified)
    if not request.quiet:
        print(verifying.summary(findings, runs), file=sys.stderr)
    failures = [verifying.failure(program, run, wanted.options) for program, run in runs]
    for failure in failures:
        if failure is not None:
            first, *more = failure.split("\n")
            _complain(first)
            for line in more:
                print(f"  {printable(line)}", file=sys.stderr)
    return TROUBLE if any(failures) else status


@contextlib.contextmanager
def _status_line(request: Request) -> Iterator[Callable[[str], None]]:
    """One line of the terminal that says what is going on, and is wiped at the end."""
    if not _shows_progress(request):
        yield lambda _: None
        return
    try:
        yield lambda words: print(f"\r\x1b[K{printable(words)}", end="", file=sys.stderr, flush=True)
    finally:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _report(request: Request, outcomes: Sequence[Checked]) -> int:
    placed = sorted(
        ((finding, lines) for outcome in outcomes for finding, lines in zip(outcome.findings, outcome.excerpts)),
        key=lambda pair: pair[0].sort_key,
    )
    findings = [finding for finding, _ in placed]
    try:
        for piece in _pieces(request, placed):
            sys.stdout.write(piece)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_reader()
    crashes = [outcome.crash for outcome in outcomes if outcome.crash]
    for crash in crashes:
        _report_crash(crash)
    if request.statistics:
        for line in statistics.lines(findings):
            print(line, file=sys.stderr)
    if not request.quiet:
        print(_summary([f for f in findings if verifying.is_problem(f)], len(outcomes), len(crashes)), file=sys.stderr)
    if crashes:
        return TROUBLE
    return FINDINGS if any(map(verifying.is_problem, findings)) and not request.exit_zero else CLEAN


def _pieces(request: Request, placed: Sequence[tuple[Finding, Lines]]) -> Iterator[str]:
    """The output, piece by piece."""
    if request.output_format == "json":
        yield json.document(finding for finding, _ in placed)
        return
    shown = concise.lines if request.output_format == "concise" else text.lines
    for finding, lines in placed:
        for line in shown(finding, lines, request.style):
            yield f"{line}\n"


def _report_crash(crash: Crash) -> None:
    _complain(f"{crash.path}: internal error, please report it: {crash.summary}")
    if os.environ.get("TFLOSS_LINT_DEBUG") == "1":
        print(crash.details, file=sys.stderr, end="")


def _summary(findings: Sequence[Finding], looked_at: int, failed: int) -> str:
    files = len({finding.path for finding in findings})
    found = f"{_count(len(findings), 'problem')} in {_count(files, 'file')}" if findings else "no problems"
    checked = f"{_count(looked_at - failed, 'file')} checked"
    trouble = f", {failed} not because of internal errors" if failed else ""
    return f"Found {found} ({checked}{trouble})."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _rule_command(arguments: Sequence[str]) -> int:
    parser = _Parser(prog="tfloss-lint rule", description="Print what a rule is about.", allow_abbrev=False)
    parser.add_argument("rule", nargs="?", metavar="RULE", help="a code or a name, as TFL201 or rank-broadcast")
    parser.add_argument("--all", action="store_true", help="print all rules")
    options = parser.parse_args(arguments)
    if bool(options.rule) == options.all:
        parser.error("give one rule, or --all")
    from tfloss_lint.registry import all_rules

    rules = all_rules()
    wanted = rules if options.all else [rule for rule in rules if options.rule in (rule.code, rule.name)]
    if not wanted:
        known = [word for rule in rules for word in (rule.code, rule.name)]
        near = suggestion(options.rule.upper(), known) or suggestion(options.rule.lower(), known)
        raise UsageError(f'there is no rule "{options.rule}"{near}')
    _page("\n".join(rule_page.page(rule) for rule in wanted), sys.stdout.write)
    return CLEAN


def _page(document: str, write: Callable[[str], object]) -> None:
    """Print a document; on a terminal that it overflows, through the user's pager."""
    if sys.stdout.isatty() and document.count("\n") > os.get_terminal_size().lines:
        import pydoc

        pydoc.pager(document)
    else:
        write(document)

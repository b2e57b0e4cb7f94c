"""From source text to findings: the one function behind every front end."""

from __future__ import annotations

import ast
import functools
import gc
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from tfloss_lint.claim import Claim, PlacedClaim
from tfloss_lint.excerpt import Excerpt, excerpt
from tfloss_lint.failing import lines_meant_to_fail, mentions_failing
from tfloss_lint.finding import Confidence, Finding
from tfloss_lint.nesting import deeper_than
from tfloss_lint.settings import Settings
from tfloss_lint.source import Source, UnreadableSource, split_lines
from tfloss_lint.suppression import Suppressions
from tfloss_lint.triage import concerns

if TYPE_CHECKING:
    import libcst as cst

    from tfloss_lint.positions import Positions
    from tfloss_lint.rule import Problem, Rule
    from tfloss_lint.span import Span

UNREADABLE_CODE, UNREADABLE_NAME = "TFL900", "unreadable"
RECURSION_LIMIT = 5_000
"""Python's parser accepts some hundred nested expressions, each of which takes a few frames here."""


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No garbage collection and a deep stack: LibCST makes millions of small objects that all stay alive."""
    enabled, limit = gc.isenabled(), sys.getrecursionlimit()
    gc.disable()
    sys.setrecursionlimit(max(limit, RECURSION_LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
        if enabled:
            gc.enable()


def lint_source(
    source: Source,
    settings: Settings,
    tree: ast.Module | None = None,
    *,
    suppress: bool = True,
    claims: bool = False,
) -> list[Finding]:
    """The findings of one file, sorted.

    ``tree`` is the file's ``ast``, where a caller has it already. With ``suppress=False`` ``# noqa`` comments and
    per-file ignores are left to the caller. With ``claims=True`` findings come with what can be measured of them. A
    file that concerns us and cannot be parsed gives the finding TFL900; one that does not is not parsed at all.
    """
    if not concerns(source.text):
        return []
    with _undisturbed():
        found = _checked(source, settings, tree, claims)
    wanted = sorted({finding for finding in found if _shown(finding, settings)}, key=lambda f: f.sort_key)
    return suppressed(wanted, source, settings) if suppress and wanted else wanted


def _checked(source: Source, settings: Settings, tree: ast.Module | None, claims: bool) -> list[Finding]:
    """The findings of one file; if there is no way to read it, the one that says so."""
    try:
        return _findings(source, settings, tree, claims)
    except SyntaxError as error:
        rest, broken = _without_broken_cells(source)
        first = unparsable(source, error)
        if not broken:
            return [first]
        others = f"; {broken} cells do not" if broken > 1 else ""
        told = replace(first, message=first.message + others, help=_HELP_FOR_CELLS)
        return [told, *_checked(rest, settings, None, claims)]
    except RecursionError as error:
        return [unparsable(source, error)]
    except UnreadableSource as error:
        return [unreadable(error)]


_HELP_FOR_CELLS = "the other cells are checked, without what such a cell defines: mend it, or take it out"


def _without_broken_cells(source: Source) -> tuple[Source, int]:
    """The program without the cells that do not parse, of which only a notebook has any, and their number."""
    if not source.cells:
        return source, 0
    from tfloss_lint.notebook import without_broken_cells

    return without_broken_cells(source, parse)


def unparsable(source: Source, error: SyntaxError | RecursionError) -> Finding:
    """The finding TFL900 for a program that Python cannot parse."""
    if isinstance(error, RecursionError):
        return unreadable(UnreadableSource(source.path, "the code is nested too deeply to be read"))
    last = len(split_lines(source.text)) or 1
    cell, line = source.place(min(max(error.lineno or 1, 1), last))
    message = f"the code does not parse: {error.msg}"
    return unreadable(UnreadableSource(source.path, message, line, max(error.offset or 1, 1), cell))


def unreadable(error: UnreadableSource) -> Finding:
    """The finding TFL900 for a file without a program to look at."""
    return Finding(
        error.path,
        error.line,
        error.column,
        error.line,
        error.column,
        error.cell,
        UNREADABLE_CODE,
        UNREADABLE_NAME,
        Confidence.CERTAIN,
        error.message,
        "a file that cannot be read is not checked: mend it, or leave it out with `exclude`",
    )


def suppressed(findings: list[Finding], source: Source, settings: Settings) -> list[Finding]:
    """The findings that neither a ``# noqa`` comment nor a per-file ignore hides."""
    suppressions, off = Suppressions(source.text), settings.off_in(source.path)
    return [
        finding
        for finding in findings
        if not suppressions.hides(source.text_line(finding.cell, finding.line), finding.code)
        and not finding.code.startswith(off)
    ]


def _shown(finding: Finding, settings: Settings) -> bool:
    return settings.wants(finding.code) and (settings.pedantic or finding.confidence is not Confidence.POSSIBLE)


def _findings(source: Source, settings: Settings, tree: ast.Module | None, claims: bool) -> list[Finding]:
    if tree is None:
        tree = parse(source.text)
    lines = split_lines(source.text)
    chosen = excerpt(tree, lines)
    if chosen is None:
        return []
    if deeper_than(chosen.statements, lines):
        raise RecursionError
    return _read(source, settings, tree, chosen, lines, claims)


def parse(text: str) -> ast.Module:
    """The file's ``ast``. Raises ``SyntaxError`` and ``RecursionError``; warnings about the code are not ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (ValueError, MemoryError) as error:
            # NUL bytes are a ValueError before Python 3.12, too many nested brackets a MemoryError.
            raise SyntaxError(str(error) or "too many nested parentheses") from error


def _read(
    source: Source,
    settings: Settings,
    tree: ast.Module,
    chosen: Excerpt,
    lines: Sequence[str],
    claims: bool,
) -> list[Finding]:
    # LibCST takes 0.3 s to import, so it waits for the first file that needs it.
    from tfloss_lint.parsing import parse_module
    from tfloss_lint.positions import Positions
    from tfloss_lint.program import Program
    from tfloss_lint.project import Project
    from tfloss_lint.reading.read import read
    from tfloss_lint.registry import all_rules
    from tfloss_lint.target import detect

    try:
        module = parse_module(chosen.rest)
    except SyntaxError as error:
        # Python has parsed it: these are rare mixtures of tabs and spaces.
        message = f"LibCST, which reads the code for this linter, cannot parse it: {error.msg}"
        raise UnreadableSource(source.path, message) from error
    project = Project.around(source, tree, lines, (*chosen.imports, *chosen.statements))
    interpreter = read([module], project, chosen.imports)
    try:
        targets = settings.target_keras or detect(source.text, source.path)
        text = chosen.text if project is None else "".join([chosen.text, *project.texts])
        program = Program(interpreter, targets, text)
        found = [(rule, problem) for rule in _wanted(all_rules(), settings) for problem in rule().check(program)]
        if not found:
            return []
        parts = [(module, chosen.statements), *(project.parts if project is not None else ())]
        positions = Positions(parts, lines)
        placed = _in_file(found, source, positions, interpreter.statement_of, claims)
        return _unexpected(placed, source, tree) if placed else []
    finally:
        interpreter.release()
        if project is not None:
            project.release()


def _unexpected(findings: Sequence[Finding], source: Source, tree: ast.Module) -> list[Finding]:
    """The findings outside of what is meant to fail."""
    if not mentions_failing(source.text):
        return list(findings)
    expected = {source.place(line) for line in lines_meant_to_fail(tree.body)}
    return [finding for finding in findings if (finding.cell, finding.line) not in expected]


def _in_file(
    found: Iterable[tuple[type[Rule], Problem]],
    source: Source,
    positions: Positions,
    statement_of: Callable[[cst.CSTNode], cst.CSTNode],
    claims: bool,
) -> list[Finding]:
    placed = []
    for rule, problem in found:
        # What stands in another module is found when that one is linted.
        statement = statement_of(problem.node)
        if statement in positions:
            span = positions.span(problem.node, statement)
            claim = _placed(problem.claim, span, positions, statement_of) if claims else None
            placed.append(_finding(source, rule, problem, span, claim))
    return _distinct(placed)


@functools.lru_cache(maxsize=8)
def _wanted(rules: tuple[type[Rule], ...], settings: Settings) -> tuple[type[Rule], ...]:
    """The rules that are on: the same for all files of a run."""
    return tuple(rule for rule in rules if settings.wants(rule.code))


def _placed(
    claim: Claim | None, place: Span, positions: Positions, statement_of: Callable[[cst.CSTNode], cst.CSTNode]
) -> PlacedClaim | None:
    """The claim by places, ``None`` where one of its expressions stands in another module."""
    if claim is None or any(statement_of(node) not in positions for node in claim.operands.values()):
        return None
    operands = {role: positions.span(node, statement_of(node)) for role, node in claim.operands.items()}
    return PlacedClaim(claim.relation, place, tuple(sorted(operands.items())), tuple(sorted(claim.facts.items())))


def _finding(source: Source, rule: type[Rule], problem: Problem, span: Span, claim: PlacedClaim | None) -> Finding:
    cell, line = source.place(span.line)
    _, end_line = source.place(span.end_line)
    return Finding(
        source.path,
        line,
        span.column,
        end_line,
        span.end_column,
        cell,
        rule.code,
        rule.name,
        problem.confidence,
        problem.message,
        problem.help,
        claim,
    )


def _distinct(findings: Sequence[Finding]) -> list[Finding]:
    """One finding per place and code: the one that is most certain, then the first by its message."""
    order = {confidence: rank for rank, confidence in enumerate(Confidence)}
    best: dict[tuple[int | None, int, int, str], Finding] = {}
    for finding in sorted(findings, key=lambda f: (order[f.confidence], f.message)):
        best.setdefault((finding.cell, finding.line, finding.column, finding.code), finding)
    return list(best.values())

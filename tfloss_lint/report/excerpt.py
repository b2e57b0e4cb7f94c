"""The source lines of a finding, with a gutter of line numbers and carets below the guilty part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tfloss_lint.finding import Finding
from tfloss_lint.report.style import Style, columns, width

MOST_LINES = 4
"""Of a finding over more lines than this, only the first ones are shown."""
MOST_COLUMNS = 160
"""A longer line is cut around the finding."""
MARGIN = 40
"""Columns kept in front of the finding when a line is cut."""
CUT = "…"

Lines = Mapping[int, str]
"""Source lines, without their ends, by 1-based number."""


def excerpt(finding: Finding, lines: Lines, style: Style) -> Iterator[str]:
    """The finding's lines as shown; nothing when the place holds no text."""
    numbers = [number for number in range(finding.line, finding.end_line + 1) if number in lines]
    shown = numbers[:MOST_LINES]
    if not any(lines[number].strip() for number in shown):
        return
    gutter = len(str(shown[-1]))
    bar = style("gutter", "|")
    yield f"{' ' * gutter} {bar}"
    for number in shown:
        text, carets = _marked(finding, number, lines[number])
        yield f"{style('gutter', f'{number:>{gutter}}')} {bar} {text}".rstrip()
        if carets.strip():
            indent = carets[: len(carets) - len(carets.lstrip())]
            yield f"{' ' * gutter} {bar} {indent}{style('mark', carets.strip())}"
    if len(numbers) > len(shown):
        yield f"{' ' * gutter} {bar} {CUT}"


def _marked(finding: Finding, number: int, line: str) -> tuple[str, str]:
    """One line as shown, and its carets."""
    begin = finding.column - 1 if number == finding.line else len(line) - len(line.lstrip())
    end = finding.end_column - 1 if number == finding.end_line else len(line.rstrip())
    begin = min(begin, len(line))
    end = min(max(end, begin), len(line))
    text, starts = columns(line)
    first = starts[begin]
    # An empty place, such as the end of a line, still gets one caret.
    last = max(starts[end], first + 1) if number == finding.line else starts[end]
    if starts[-1] > MOST_COLUMNS:
        text, first, last = _cut(text, first, last)
    return text, " " * first + "^" * (last - first)


def _cut(text: str, first: int, last: int) -> tuple[str, int, int]:
    """The part of a long line around columns ``first`` to ``last``, and those columns in it."""
    start = max(first - MARGIN, 0)
    kept: list[str] = []
    at = taken_from = 0
    for character in text:
        if at >= start and not kept:
            taken_from = at
        if at >= start and at - start < MOST_COLUMNS:
            kept.append(character)
        at += width(character)
    before = CUT if taken_from else ""
    after = CUT if at > start + MOST_COLUMNS else ""
    shift = len(before) - taken_from
    shown = before + "".join(kept) + after
    return shown, first + shift, min(last, start + MOST_COLUMNS) + shift

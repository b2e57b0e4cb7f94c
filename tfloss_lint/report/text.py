"""The format for people: what is wrong, the source it stands in, what to write instead."""

from __future__ import annotations

from collections.abc import Iterator

from tfloss_lint.claim import CONFIRMED, REFUTED, Verdict
from tfloss_lint.finding import Confidence, Finding
from tfloss_lint.report.excerpt import Lines, excerpt
from tfloss_lint.report.style import Style, printable


def place(finding: Finding) -> str:
    """``path:line:column``, and for notebooks ``path:cell 3:line:column``."""
    cell = "" if finding.cell is None else f"cell {finding.cell}:"
    return f":{cell}{finding.line}:{finding.column}"


def headline(finding: Finding, style: Style) -> str:
    """The finding on one line, without its help."""
    doubt = "" if finding.confidence is Confidence.CERTAIN else f"({finding.confidence.value}) "
    where = style("path", printable(finding.path)) + style("separator", place(finding))
    refuted = finding.verdict is not None and finding.verdict.status == REFUTED
    kind = f"{style('help', 'note')}: refuted: " if refuted else ""
    return f"{where}: {kind}{style('code', finding.code)} [{finding.name}] {doubt}{one_line(finding.message)}"


def verdict_line(verdict: Verdict) -> str:
    """What running the program said: ``confirmed: loss 17.55 vs 0.031``."""
    made_up = " (synthetic)" if verdict.synthetic else ""
    return f"{verdict.status}{made_up}: {one_line(verdict.text)}"


def one_line(text: str) -> str:
    """The text with every run of white space as one blank."""
    return printable(" ".join(text.split()))


def lines(finding: Finding, source: Lines, style: Style) -> Iterator[str]:
    """The finding as a block of lines, the last of them empty."""
    yield headline(finding, style)
    yield from excerpt(finding, source, style)
    if finding.verdict is not None:
        role = "mark" if finding.verdict.status == CONFIRMED else "help"
        yield f"  {style(role, 'verdict')}: {verdict_line(finding.verdict)}"
    if finding.help and (finding.verdict is None or finding.verdict.status != REFUTED):
        yield f"  {style('help', 'help')}: {one_line(finding.help)}"
    yield ""

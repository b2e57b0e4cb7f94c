"""One line per finding, for editors and scripts."""

from __future__ import annotations

from collections.abc import Iterator

from tfloss_lint.finding import Finding
from tfloss_lint.report.excerpt import Lines
from tfloss_lint.report.style import Style
from tfloss_lint.report.text import headline, verdict_line


def lines(finding: Finding, source: Lines, style: Style) -> Iterator[str]:  # noqa: ARG001 (as the text format)
    """The one line."""
    told = "" if finding.verdict is None else f" [{verdict_line(finding.verdict)}]"
    yield headline(finding, style) + told

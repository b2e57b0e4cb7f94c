"""``# noqa``: comments that hide findings, read exactly as flake8 (6 and later) reads them.

A comment counts for its line, and for all lines of a string over several lines, or of lines joined by backslashes,
that it stands behind; the lines of a bracketed expression count each for itself. Codes are prefixes and their case
counts; the word ``noqa`` may be written in any case. A line of its own with ``# flake8: noqa`` hides the whole file.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from functools import cached_property

INLINE = re.compile(r"# noqa(?::\s?(?P<codes>(?:[A-Z]+[0-9]+(?:[,\s]+)?)+))?", re.IGNORECASE)
WHOLE_FILE = re.compile(r"\s*# flake8[:=]\s*noqa", re.IGNORECASE)
SEPARATOR = re.compile(r"[,\s]")


class Suppressions:
    """What the comments of one program text hide. The text is tokenized only if it says ``noqa`` at all."""

    def __init__(self, text: str) -> None:
        """``text`` is a whole program with lines that end in line feeds."""
        self._text = text

    def hides(self, line: int, code: str) -> bool:
        """Whether a finding of this code on this 1-based line is hidden."""
        if not self._mentioned:
            return False
        if self._whole_file:
            return True
        match = INLINE.search(self._logical_lines.get(line) or self._physical_line(line))
        if match is None:
            return False
        codes = match["codes"]
        return codes is None or code.startswith(tuple(filter(None, SEPARATOR.split(codes))))

    @cached_property
    def _mentioned(self) -> bool:
        return "noqa" in self._text.lower()

    @cached_property
    def _lines(self) -> list[str]:
        # Not ``str.splitlines``: that also cuts at form feeds, where Python does not.
        return io.StringIO(self._text).readlines()

    @cached_property
    def _whole_file(self) -> bool:
        return any(WHOLE_FILE.match(line) for line in self._lines)

    @cached_property
    def _logical_lines(self) -> dict[int, str]:
        """For each physical line the text in which a comment counts for it."""
        try:
            return dict(self._joined_lines())
        except (tokenize.TokenError, SyntaxError):
            # Half a program has no logical lines: every physical line counts for itself.
            return {}

    def _joined_lines(self) -> Iterator[tuple[int, str]]:
        lines = self._lines
        feed = iter(lines)
        nowhere = len(lines) + 2
        first, last = nowhere, -1
        for token in tokenize.generate_tokens(lambda: next(feed, "")):
            if token.type in (tokenize.ENDMARKER, tokenize.DEDENT):
                continue
            first, last = min(first, token.start[0]), max(last, token.end[0])
            if token.type in (tokenize.NL, tokenize.NEWLINE):
                text = "".join(lines[first - 1 : last])
                yield from ((line, text) for line in range(first, last + 1))
                first, last = nowhere, -1

    def _physical_line(self, line: int) -> str:
        return self._lines[line - 1] if 0 < line <= len(self._lines) else ""

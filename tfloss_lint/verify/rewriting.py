"""Rewriting a text: expressions are wrapped where they stand, whole lines are added in between.

So everything else stays as the user wrote it, and every line knows the line it came from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tfloss_lint.span import Span

PROBE = "__tfloss_probe__"
"""The name of the probe in the rewritten text. It ends in underscores, so classes do not mangle it."""


@dataclass(frozen=True)
class _Edit:
    """Text around an expression."""

    span: Span
    before: str
    after: str


@dataclass(frozen=True)
class _Line:
    """A line of the rewritten text, and the line that it stands for."""

    origin: int
    text: str


class Rewriting:
    """What is to be done to the lines of one file."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._edits: list[_Edit] = []
        self._before: dict[int, list[_Line]] = {}
        self._after: dict[int, list[_Line]] = {}

    def wrap(self, span: Span, before: str, after: str) -> None:
        """Put text around an expression."""
        self._edits.append(_Edit(span, before, after))

    def add_before(self, number: int, lines: Sequence[str], origins: Sequence[int]) -> None:
        """Put lines before a line; each stands for a line of the file."""
        self._before.setdefault(number, []).extend(map(_Line, origins, lines))

    def add_after(self, number: int, lines: Sequence[str], origins: Sequence[int]) -> None:
        """Put lines after a line."""
        self._after.setdefault(number, []).extend(map(_Line, origins, lines))

    def wrapped(self) -> list[str]:
        """The lines with all expressions wrapped: of two with one place, the later edit is the outer one."""
        pieces: dict[int, list[tuple[int, tuple[int, ...], str]]] = {}
        for order, edit in enumerate(self._edits):
            span = edit.span
            # Where several begin, the widest comes first; where several end, the narrowest does. Ends come before
            # beginnings.
            begin = (1, -span.end_line, -span.end_column, -order)
            end = (0, -span.line, -span.column, order)
            pieces.setdefault(span.line, []).append((span.column, begin, edit.before))
            pieces.setdefault(span.end_line, []).append((span.end_column, end, edit.after))
        lines = list(self._lines)
        for number, edits in pieces.items():
            for column, _, text in sorted(edits, key=lambda e: (e[0], e[1]), reverse=True):
                line = lines[number - 1]
                lines[number - 1] = line[: column - 1] + text + line[column - 1 :]
        return lines

    def assembled(self, wrapped: Sequence[str]) -> tuple[str, list[int]]:
        """The whole text, with the lines in between, and the line that each line stands for."""
        lines: list[_Line] = []
        for number, text in enumerate(wrapped, 1):
            lines += [*self._before.get(number, ()), _Line(number, text), *self._after.get(number, ())]
        return "\n".join(line.text for line in lines), [line.origin for line in lines]

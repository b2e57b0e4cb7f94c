"""What the linter has to say about one place: the record that every front end shows."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from tfloss_lint.claim import PlacedClaim, Verdict


class Confidence(enum.Enum):
    """How much the file itself proves.

    ``CERTAIN`` is proved from the file, ``LIKELY`` is what a careful reviewer would insist on,
    ``POSSIBLE`` depends on a shape or a setting that the file does not show and stays out of the
    default output.
    """

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Finding:
    """One place and what is wrong with it.

    ``line``, ``column``, ``end_line`` and ``end_column`` are 1-based and count characters, never bytes;
    ``end_column`` is exclusive. In a notebook ``cell`` is the 1-based index over all cells, and lines count
    inside that cell; elsewhere it is ``None``.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    cell: int | None
    code: str
    name: str
    confidence: Confidence
    message: str
    help: str
    claim: PlacedClaim | None = field(default=None, compare=False, repr=False)
    """What running the program can tell of it; only there if it was asked for."""
    verdict: Verdict | None = field(default=None, compare=False)
    """What running the program told."""

    @property
    def sort_key(self) -> tuple[str, int, int, int, str, str]:
        """Findings are reported by path, cell, line, column, code and message."""
        return (self.path, self.cell or 0, self.line, self.column, self.code, self.message)

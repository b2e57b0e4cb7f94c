"""What of a finding can be tested by running the program, and how such a test came out.

A rule makes a ``Claim`` about expressions. ``lint_source`` turns it into a ``PlacedClaim``, whose expressions are
places in the program's text, so that it outlives the tree. ``tfloss_lint.verify`` has it measured, which gives a
``Verdict``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from tfloss_lint.span import Span

if TYPE_CHECKING:
    import libcst as cst

Fact: TypeAlias = "str | int | float | bool | None"

CONFIRMED = "confirmed"
REFUTED = "refuted"
INCONCLUSIVE = "inconclusive"
NOT_REACHED = "not-reached"
STATUSES = (CONFIRMED, REFUTED, NOT_REACHED, INCONCLUSIVE)


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """A statement about numbers: the relation that is measured, and the expressions that it is measured with.

    ``relation`` names a measure of ``runtime_checks.probe.measures``, whose text says which operands and facts it
    takes. ``operands`` are expressions by their part in it, such as ``label`` and ``prediction``.
    """

    relation: str
    operands: Mapping[str, cst.CSTNode] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlacedClaim:
    """A claim whose expressions are places in the program's text. ``place`` is what the finding points at."""

    relation: str
    place: Span
    operands: tuple[tuple[str, Span], ...] = ()
    facts: tuple[tuple[str, Fact], ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What running the program says of a finding: one of ``STATUSES``, in words and in numbers.

    ``text`` has the numbers for people, ``reason`` why nothing could be settled. ``shapes`` are those of labels and
    predictions and of what they make. ``as_written`` and ``reference`` are losses or metrics, ``ratio`` is one by the
    other; ``gradient_ratio`` is that of the norms of their gradients, ``gradient_cosine`` the cosine between these.
    """

    status: str
    text: str = ""
    reason: str = ""
    device: str | None = None
    versions: Mapping[str, str] = field(default_factory=dict, hash=False)
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict, hash=False)
    as_written: float | None = None
    reference: float | None = None
    ratio: float | None = None
    gradient_ratio: float | None = None
    gradient_cosine: float | None = None
    synthetic: bool = False
    """Whether it was measured on made-up tensors, because nothing in the run reached the place."""

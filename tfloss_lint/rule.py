"""The contract between the engine and its rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tfloss_lint.claim import Claim
from tfloss_lint.finding import Confidence
from tfloss_lint.generation import BOTH, Generation

if TYPE_CHECKING:
    import libcst as cst

    from tfloss_lint.program import Program


@dataclass(frozen=True, slots=True)
class Problem:
    """What a rule reports: the guilty expression, in the words of the user's own names and shapes."""

    node: cst.CSTNode
    message: str
    help: str
    confidence: Confidence
    claim: Claim | None = None
    """What ``--verify`` can measure of it."""


class Rule:
    """One mistake. The subclass's docstring is its documentation page; ``check`` reads the typed program.

    Subclasses live one per file in ``tfloss_lint.rules`` or in a package that the entry-point group
    ``tfloss_lint.rules`` names.
    """

    code: ClassVar[str]
    """``TFL`` and three digits; never reused."""
    name: ClassVar[str]
    """Stable, in kebab case; part of the JSON output."""
    since: ClassVar[str]
    """The release that brought the rule."""
    generations: ClassVar[frozenset[Generation]] = BOTH
    """The Keras generations on which the mistake changes a number."""

    def check(self, program: Program) -> Iterator[Problem]:
        """Yield the problems of one program, in any order."""
        raise NotImplementedError

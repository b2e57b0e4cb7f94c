"""A finding's claim, numbered for one run."""

from __future__ import annotations

from dataclasses import dataclass

from tfloss_lint.claim import PlacedClaim


@dataclass(frozen=True, slots=True)
class Site:
    """The instrumented place of one claim."""

    id: int
    code: str
    claim: PlacedClaim

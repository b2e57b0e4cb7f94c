"""What an audit found: the findings with their numbers, and how they read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterator, Mapping, Optional

from .relations import CONFIRMED, INCONCLUSIVE, REFUTED

NAMES = {
    "TFL101": "raw-loss",
    "TFL102": "vector-gradient",
    "TFL103": "dropped-regularization",
    "TFL104": "dropped-sample-weight",
    "TFL201": "rank-broadcast",
    "TFL202": "hardcoded-divisor",
    "TFL203": "sum-vs-mean",
    "TFL303": "untracked-loss-log",
}
"""The codes and names of the linter's rules."""

Numbers = Mapping[str, Optional[float]]
NUMBERS = ("as_written", "reference", "ratio", "gradient_ratio", "gradient_cosine")


@dataclass(frozen=True)
class AuditFinding:
    """One thing that was suspected, and what the numbers say of it.

    ``verdict`` has the keys ``status``, ``reason``, ``device``, ``versions``, ``shapes``, ``as_written``,
    ``reference``, ``ratio``, ``gradient_ratio`` and ``gradient_cosine``. The gradients are those with respect to the
    trainable variables; those of a part of the batch (TFL202) with respect to the predictions.
    """

    code: str
    name: str
    text: str
    verdict: dict[str, Any]

    @property
    def status(self) -> str:
        """``confirmed``, ``refuted`` or ``inconclusive``."""
        return str(self.verdict["status"])

    def __str__(self) -> str:
        return f"{self.code} {self.name} {self.status}: {self.text}"


@dataclass(frozen=True)
class AuditReport:
    """What an audit found; ``print(report)`` reads well."""

    model: str
    findings: tuple[AuditFinding, ...] = ()
    notes: tuple[str, ...] = ()
    """What could not be compared, and why."""

    def with_status(self, status: str) -> list[AuditFinding]:
        """The findings that came out like this."""
        return [finding for finding in self.findings if finding.status == status]

    @property
    def confirmed(self) -> list[AuditFinding]:
        """The findings that the numbers prove."""
        return self.with_status(CONFIRMED)

    @property
    def refuted(self) -> list[AuditFinding]:
        """What was suspected, and the numbers deny."""
        return self.with_status(REFUTED)

    @property
    def inconclusive(self) -> list[AuditFinding]:
        """What was suspected, and could not be settled."""
        return self.with_status(INCONCLUSIVE)

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[AuditFinding]:
        return iter(self.findings)

    def __bool__(self) -> bool:
        return bool(self.findings)

    def __str__(self) -> str:
        counts = [
            f"{len(self.with_status(status))} {status}"
            for status in (CONFIRMED, REFUTED, INCONCLUSIVE)
            if self.with_status(status)
        ]
        found = ", ".join(counts) or "nothing found"
        lines = [f"train_step of {self.model}: {found}", *map(str, self.findings)]
        return "\n".join(lines + [f"note: {note}" for note in self.notes])


# --- words


def number(value: float | None) -> str:
    """A loss, in four digits."""
    return "unknown" if value is None else f"{value:.4g}"


def factor(value: float) -> str:
    """A ratio, in three decimals."""
    return f"{value:.3f}" if value < 1000 else f"{value:.4g}"


def gradients(numbers: Numbers, cosine_only: bool = False) -> str:
    """Ratio and cosine of two gradients."""
    ratio, cosine = numbers.get("gradient_ratio"), numbers.get("gradient_cosine")
    said = "" if cosine is None else f"cosine {cosine:.2f}"
    if cosine_only and said:
        return f"gradient {said}"
    parts = [part for part in ("" if ratio is None else f"ratio {factor(ratio)}", said) if part]
    return f"gradient {', '.join(parts)}" if parts else "no gradient"


def finding(code: str, text: str, verdict: dict[str, Any]) -> AuditFinding:
    """A finding by its code."""
    return AuditFinding(code, NAMES[code], text, verdict)

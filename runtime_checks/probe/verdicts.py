"""What a measure says of a site."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any, Mapping, Sequence

from ..relations import CONFIRMED, INCONCLUSIVE, REFUTED
from ..report import NUMBERS, Numbers

COMPARED = ("as_written", "reference")


@dataclass(frozen=True)
class Verdict:
    """The same keys as the linter's JSON; ``text`` is for people."""

    status: str
    text: str = ""
    reason: str = ""
    device: str | None = None
    versions: dict[str, str] = field(default_factory=dict)
    shapes: dict[str, Any] = field(default_factory=dict)
    as_written: float | None = None
    reference: float | None = None
    ratio: float | None = None
    gradient_ratio: float | None = None
    gradient_cosine: float | None = None
    synthetic: bool = False

    @property
    def settles(self) -> bool:
        """Whether it is a yes or a no."""
        return self.status in (CONFIRMED, REFUTED)

    def as_dict(self) -> dict[str, Any]:
        """For the channel."""
        return asdict(self)


def verdict(
    status: str,
    text: str = "",
    reason: str = "",
    device: str | None = None,
    shapes: Mapping[str, Sequence[int]] | None = None,
    numbers: Numbers | None = None,
) -> Verdict:
    """A verdict with the versions of what runs here; nothing is confirmed or refuted by infinities or NaNs."""
    given = numbers or {}
    if any(value is not None and not math.isfinite(value) for value in map(given.get, COMPARED)):
        return inconclusive("the numbers are not finite")
    told: dict[str, Any] = {key: given.get(key) for key in NUMBERS}
    return Verdict(
        status=status,
        text=text,
        reason=reason,
        device=device,
        versions=versions(),
        shapes={name: list(shape) for name, shape in (shapes or {}).items()},
        **told,
    )


def inconclusive(reason: str) -> Verdict:
    """A verdict that says why there is none."""
    return verdict(INCONCLUSIVE, text=reason, reason=reason)


def versions() -> dict[str, str]:
    """What decides how the program behaves."""
    import platform
    import sys

    found = {"python": platform.python_version()}
    for package in ("tensorflow", "keras", "tf_keras"):
        module = sys.modules.get(package)
        version = getattr(module, "__version__", None)
        if isinstance(version, str):
            found[package] = version
    return found


__all__ = ["CONFIRMED", "INCONCLUSIVE", "REFUTED", "Verdict", "inconclusive", "verdict", "versions"]

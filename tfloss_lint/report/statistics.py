"""How often each rule spoke."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from tfloss_lint.finding import Finding


def lines(findings: Iterable[Finding]) -> Iterator[str]:
    """One line per code, the most frequent first."""
    counts = Counter((finding.code, finding.name) for finding in findings)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    digits = len(str(ranked[0][1])) if ranked else 0
    for (code, name), count in ranked:
        yield f"{count:>{digits}}  {code}  {name}"

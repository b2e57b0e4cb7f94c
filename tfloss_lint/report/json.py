"""The stable contract with other programs: one JSON object, in ASCII."""

from __future__ import annotations

import json
from collections.abc import Iterable

from tfloss_lint.claim import Verdict
from tfloss_lint.finding import Finding

VERSION = 1
"""Raised when a key goes away or changes its meaning; new keys may come at any time."""


def document(findings: Iterable[Finding]) -> str:
    """All findings as one object, ended by a line feed."""
    return json.dumps({"version": VERSION, "findings": [_object(finding) for finding in findings]}, indent=2) + "\n"


def _object(finding: Finding) -> dict[str, object]:
    return {
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "cell": finding.cell,
        "code": finding.code,
        "name": finding.name,
        "confidence": finding.confidence.value,
        "message": finding.message,
        "help": finding.help,
        "fix": None,
        "verdict": None if finding.verdict is None else _verdict(finding.verdict),
    }


def _verdict(verdict: Verdict) -> dict[str, object]:
    return {
        "status": verdict.status,
        "text": verdict.text,
        "reason": verdict.reason,
        "device": verdict.device,
        "versions": dict(verdict.versions),
        "shapes": {name: list(shape) for name, shape in verdict.shapes.items()},
        "as_written": verdict.as_written,
        "reference": verdict.reference,
        "ratio": verdict.ratio,
        "gradient_ratio": verdict.gradient_ratio,
        "gradient_cosine": verdict.gradient_cosine,
        "synthetic": verdict.synthetic,
    }

"""Findings for the tests of the reports."""

from __future__ import annotations

from typing import Any

from tfloss_lint.finding import Confidence, Finding


def finding(**changes: Any) -> Finding:
    """A finding with the given fields, and likely values for the others."""
    fields: dict[str, Any] = {
        "path": "a.py",
        "line": 1,
        "column": 1,
        "end_line": 1,
        "end_column": 2,
        "cell": None,
        "code": "TFL201",
        "name": "rank-broadcast",
        "confidence": Confidence.CERTAIN,
        "message": "it is wrong",
        "help": "mend it",
    }
    return Finding(**{**fields, **changes})

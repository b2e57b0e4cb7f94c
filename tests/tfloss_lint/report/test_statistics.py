from __future__ import annotations

from sample_findings import finding

from tfloss_lint.report.statistics import lines


def test_most_frequent_first() -> None:
    findings = [finding(code="TFL102", name="b"), finding(code="TFL101", name="a"), *[finding()] * 10]
    assert list(lines(findings)) == ["10  TFL201  rank-broadcast", " 1  TFL101  a", " 1  TFL102  b"]
    assert list(lines([])) == []

from __future__ import annotations

from sample_findings import finding

from tfloss_lint.finding import Confidence
from tfloss_lint.report.concise import lines
from tfloss_lint.report.style import Style


def test_one_line() -> None:
    assert list(lines(finding(), {1: "x"}, Style(False))) == ["a.py:1:1: TFL201 [rank-broadcast] it is wrong"]
    place = finding(cell=2, confidence=Confidence.LIKELY, message="a\nb")
    assert list(lines(place, {}, Style(False))) == ["a.py:cell 2:1:1: TFL201 [rank-broadcast] (likely) a b"]

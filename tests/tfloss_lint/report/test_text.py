from __future__ import annotations

from sample_findings import finding

from tfloss_lint.finding import Confidence
from tfloss_lint.report.style import Style
from tfloss_lint.report.text import lines


def test_block() -> None:
    place = finding(line=3, column=5, end_line=3, end_column=9, message="labels  `(b,)`\nmeet `(b, 1)`")
    assert list(lines(place, {3: "x = f(y)"}, Style(False))) == [
        "a.py:3:5: TFL201 [rank-broadcast] labels `(b,)` meet `(b, 1)`",
        "  |",
        "3 | x = f(y)",
        "  |     ^^^^",
        "  help: mend it",
        "",
    ]


def test_doubt_cell_and_no_help() -> None:
    place = finding(path="n.ipynb", cell=3, confidence=Confidence.LIKELY, help="")
    assert list(lines(place, {}, Style(False))) == [
        "n.ipynb:cell 3:1:1: TFL201 [rank-broadcast] (likely) it is wrong",
        "",
    ]


def test_colours() -> None:
    place = finding(confidence=Confidence.POSSIBLE)
    assert list(lines(place, {}, Style(True))) == [
        "\x1b[1ma.py\x1b[0m\x1b[36m:1:1\x1b[0m: \x1b[1;31mTFL201\x1b[0m [rank-broadcast] (possible) it is wrong",
        "  \x1b[1;36mhelp\x1b[0m: mend it",
        "",
    ]


def test_a_path_cannot_fake_lines() -> None:
    place = finding(path="a\nb.py:1:1: TFL999\x1b[2J")
    first, *_ = lines(place, {}, Style(False))
    assert first == "a\u240ab.py:1:1: TFL999\u241b[2J:1:1: TFL201 [rank-broadcast] it is wrong"

from __future__ import annotations

import pytest
from sample_findings import finding

from tfloss_lint.report.excerpt import MARGIN, MOST_COLUMNS, excerpt
from tfloss_lint.report.style import Style, width


def shown(text: str, line: int, column: int, end_line: int, end_column: int, coloured: bool = False) -> list[str]:
    lines = dict(enumerate(text.split("\n"), 1))
    place = finding(line=line, column=column, end_line=end_line, end_column=end_column)
    return list(excerpt(place, lines, Style(coloured)))


def test_one_line() -> None:
    assert shown("x = 1\n  y = f(x)", 2, 7, 2, 11) == ["  |", "2 |   y = f(x)", "  |       ^^^^"]


def test_tabs_and_wide_letters() -> None:
    assert shown("\tx = '字', f(y)", 1, 11, 1, 15) == ["  |", "1 |     x = '字', f(y)", "  |               ^^^^"]
    assert shown("größe = f('字')", 1, 9, 1, 15) == ["  |", "1 | größe = f('字')", "  |         ^^^^^^^"]
    assert shown("e\u0301 = f(x)", 1, 6, 1, 10) == ["  |", "1 | e\u0301 = f(x)", "  |     ^^^^"]


def test_several_lines() -> None:
    assert shown("x = f(\n    a,\n\n  b)  # end", 1, 5, 4, 5) == [
        "  |",
        "1 | x = f(",
        "  |     ^^",
        "2 |     a,",
        "  |     ^^",
        "3 |",
        "4 |   b)  # end",
        "  |   ^^",
    ]


def test_many_lines_are_cut() -> None:
    text = "f(\n" + "a,\n" * 20 + ")"
    assert shown(text, 1, 1, 22, 2)[-2:] == ["  | ^^", "  | …"]
    assert len(shown(text, 1, 1, 22, 2)) == 10


def test_gutter_fits_the_largest_number() -> None:
    text = "\n" * 8 + "f(\na)"
    assert shown(text, 9, 1, 10, 3) == ["   |", " 9 | f(", "   | ^^", "10 | a)", "   | ^^"]


@pytest.mark.parametrize(
    ("text", "line", "column", "end_line", "end_column"),
    [("", 1, 1, 1, 1), ("  ", 1, 1, 1, 2), ("x", 7, 1, 7, 2)],
)
def test_nothing_to_show(text: str, line: int, column: int, end_line: int, end_column: int) -> None:
    assert shown(text, line, column, end_line, end_column) == []


def test_an_empty_place_has_one_caret() -> None:
    assert shown("x = (", 1, 5, 1, 5) == ["  |", "1 | x = (", "  |     ^"]
    assert shown("x = (", 1, 6, 1, 6) == ["  |", "1 | x = (", "  |      ^"]


def test_a_place_beyond_the_line_is_its_end() -> None:
    assert shown("x = 1", 1, 40, 1, 60) == ["  |", "1 | x = 1", "  |      ^"]


def test_control_characters_are_not_obeyed() -> None:
    assert shown("x = '\x1b[2J'; \x0cf(y)", 1, 14, 1, 18) == [
        "  |",
        "1 | x = '\u241b[2J'; \u240cf(y)",
        "  |              ^^^^",
    ]


def test_colour() -> None:
    assert shown("f(x)", 1, 1, 1, 5, coloured=True) == [
        "  \x1b[1;34m|\x1b[0m",
        "\x1b[1;34m1\x1b[0m \x1b[1;34m|\x1b[0m f(x)",
        "  \x1b[1;34m|\x1b[0m \x1b[1;31m^^^^\x1b[0m",
    ]


class TestLongLines:
    def parts(self, text: str, column: int, end_column: int) -> tuple[str, str]:
        _, line, carets = shown(text, 1, column, 1, end_column)
        return line.removeprefix("1 | "), carets.removeprefix("  | ")

    def test_cut_around_the_finding(self) -> None:
        line, carets = self.parts("a" * 1000 + "f(x)" + "b" * 1000, 1001, 1005)
        assert line == "…" + "a" * MARGIN + "f(x)" + "b" * (MOST_COLUMNS - MARGIN - 4) + "…"
        assert carets == " " * (MARGIN + 1) + "^^^^"

    def test_cut_behind(self) -> None:
        line, carets = self.parts("f(x)" + "b" * 1000, 1, 5)
        assert line == "f(x)" + "b" * (MOST_COLUMNS - 4) + "…"
        assert carets == "^^^^"

    def test_cut_in_front(self) -> None:
        line, carets = self.parts("a" * 1000 + "f(x)", 1001, 1005)
        assert line == "…" + "a" * MARGIN + "f(x)"
        assert carets == " " * (MARGIN + 1) + "^^^^"

    def test_a_long_finding_is_marked_up_to_the_cut(self) -> None:
        line, carets = self.parts("f(" + "b" * 1000 + ")", 1, 1004)
        assert (len(line), len(carets)) == (MOST_COLUMNS + 1, MOST_COLUMNS)

    def test_wide_letters(self) -> None:
        line, carets = self.parts("字" * 300 + "f(x)", 301, 305)
        assert carets.count("^") == 4
        at = line.index("f(x)")
        assert sum(map(width, line[:at])) == carets.index("^")

from __future__ import annotations

import io

import pytest

from tfloss_lint.report.style import Style, columns, printable, wants_colour, width


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("choice", "terminal", "environment", "expected"),
    [
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {"FORCE_COLOR": "1"}, False),
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", False, {"FORCE_COLOR": "1"}, True),
        ("auto", False, {"FORCE_COLOR": ""}, False),
        ("auto", True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ("auto", True, {"TERM": "dumb"}, False),
        ("auto", True, {"TERM": "xterm"}, True),
    ],
)
def test_when_colour_is_wanted(choice: str, terminal: bool, environment: dict[str, str], expected: bool) -> None:
    assert wants_colour(choice, Terminal() if terminal else io.StringIO(), environment) is expected


def test_colours() -> None:
    assert Style(True)("code", "TFL201") == "\x1b[1;31mTFL201\x1b[0m"
    assert Style(True)("code", "") == ""
    assert Style(True)("no such role", "x") == "x"
    assert Style(False)("code", "TFL201") == "TFL201"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("größe 字 🙂", "größe 字 🙂"),
        ("a\nb\tc", "a\u240ab\u2409c"),
        ("\x1b[31m", "\u241b[31m"),
        ("\x00\x7f\x9b", "\u2400\u2421\ufffd"),
        ("a\u202eb\u2066c\u200fd", "a\ufffdb\ufffdc\ufffdd"),
        ("a\u2028b", "a\ufffdb"),
        ("a\u00a0b", "a\u00a0b"),
    ],
)
def test_printable(text: str, expected: str) -> None:
    assert printable(text) == expected


@pytest.mark.parametrize(("character", "expected"), [("a", 1), ("ö", 1), ("字", 2), ("🙂", 2), ("\u0301", 0), ("ﾊ", 1)])
def test_width(character: str, expected: int) -> None:
    assert width(character) == expected


@pytest.mark.parametrize(
    ("line", "shown", "starts"),
    [
        ("ab", "ab", [0, 1, 2]),
        ("\ta\tb", "    a   b", [0, 4, 5, 8, 9]),
        ("字\tx", "字  x", [0, 2, 4, 5]),
        ("e\u0301x", "e\u0301x", [0, 1, 1, 2]),
        ("\x0cx", "\u240cx", [0, 1, 2]),
        ("", "", [0]),
    ],
)
def test_columns(line: str, shown: str, starts: list[int]) -> None:
    assert columns(line) == (shown, starts)

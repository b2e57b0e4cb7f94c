"""Colours of a terminal, and text that is safe to print there."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import TextIO

RESET = "\x1b[0m"
COLOURS = {
    "path": "\x1b[1m",
    "code": "\x1b[1;31m",
    "mark": "\x1b[1;31m",
    "help": "\x1b[1;36m",
    "gutter": "\x1b[1;34m",
    "separator": "\x1b[36m",
}
TAB_WIDTH = 4
DIRECTION_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Style:
    """Colours by the role of a word, or none."""

    def __init__(self, coloured: bool) -> None:
        self._colours = COLOURS if coloured else {}

    def __call__(self, role: str, text: str) -> str:
        """The text in the colour of its role."""
        colour = self._colours.get(role)
        return f"{colour}{text}{RESET}" if colour and text else text


def wants_colour(choice: str, stream: TextIO, environment: Mapping[str, str]) -> bool:
    """``always`` and ``never`` decide; ``auto`` asks NO_COLOR, FORCE_COLOR and the terminal, in this order."""
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environment.get("TERM") != "dumb"


def printable(text: str) -> str:
    """The text on one line, without control characters that a terminal would obey."""
    return "".join(map(_visible, text)) if not text.isprintable() else text


def _visible(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if 0x80 <= code < 0xA0 or character in DIRECTION_MARKS or character in "\u2028\u2029":
        return "\ufffd"
    return character


def width(character: str) -> int:
    """The columns that a character takes on a terminal, where it is not a tab."""
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def columns(line: str) -> tuple[str, list[int]]:
    """A source line as shown, tabs expanded, and for each of its characters, and its end, the column it is shown at."""
    shown: list[str] = []
    starts: list[int] = []
    at = 0
    for character in line:
        starts.append(at)
        if character == "\t":
            space = TAB_WIDTH - at % TAB_WIDTH
            shown.append(" " * space)
            at += space
        else:
            visible = _visible(character)
            shown.append(visible)
            at += width(visible)
    starts.append(at)
    return "".join(shown), starts

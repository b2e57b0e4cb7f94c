"""One program text, and where its lines stand: in a file, in a notebook's cells or on standard input."""

from __future__ import annotations

import codecs
import io
import os
import re
import tokenize
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

LINE_END = re.compile(r"\r\n?")
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class CellSpan:
    """The lines of the joined program text that one code cell of a notebook takes."""

    cell: int
    """1-based index over all cells of the notebook, whatever their kind."""
    first_line: int
    """1-based line of the joined text."""
    line_count: int


@dataclass(frozen=True, slots=True)
class Source:
    """One program. ``text`` has no byte order mark and ends every line with a line feed, as Python reads it."""

    path: str
    """As shown to the user."""
    text: str
    cells: tuple[CellSpan, ...] | None = None
    """For a notebook the code cells in order, else ``None``."""

    def place(self, line: int) -> tuple[int | None, int]:
        """The cell, or ``None`` outside notebooks, and the line in it, of a 1-based line of ``text``."""
        if not self.cells:
            return None, line
        at = bisect_right([span.first_line for span in self.cells], line) - 1
        span = self.cells[max(at, 0)]
        # A parser may name the line behind the last one: that is the end of the last cell.
        return span.cell, min(line - span.first_line + 1, span.line_count)

    def text_line(self, cell: int | None, line: int) -> int:
        """The line of ``text`` that ``place`` maps to this cell and line."""
        for span in self.cells or ():
            if span.cell == cell:
                return span.first_line + line - 1
        return line


class UnreadableSource(Exception):  # noqa: N818
    """There is no program text to look at; ``line``, ``column`` and ``cell`` say where the trouble is, if known."""

    def __init__(self, path: str, message: str, line: int = 1, column: int = 1, cell: int | None = None) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message
        self.line = line
        self.column = column
        self.cell = cell


def is_notebook(path: str) -> bool:
    """Whether the file is read as a notebook: its name decides."""
    return path.endswith(".ipynb")


def read_source(path: str) -> Source:
    """Read one file. Raises ``UnreadableSource`` with a sentence for the user."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UnreadableSource(path, _refusal(path, error)) from error
    except ValueError as error:  # A path with a NUL byte.
        raise UnreadableSource(path, f"the file cannot be opened: {error}") from error
    return source_from_bytes(path, data)


def source_from_bytes(path: str, data: bytes) -> Source:
    """The program in a file's bytes; ``path`` tells notebooks by their ending and is the name to show."""
    if is_notebook(path):
        # Notebooks are the smaller half of the world; the others need not wait for the JSON reader.
        from tfloss_lint.notebook import source_from_notebook

        return source_from_notebook(path, data)
    return Source(path, decode(path, data))


def decode(path: str, data: bytes) -> str:
    """Decode a Python file as Python does: UTF-8, or what its coding cookie says, without the byte order mark."""
    if data.startswith(UTF16_MARKS):
        raise UnreadableSource(path, "the file is encoded in UTF-16; Python reads UTF-8")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError as error:
        if "unknown encoding" in str(error):
            raise UnreadableSource(path, str(error).replace(f" for {path!r}", "")) from error
        # Not UTF-8 in the first two lines, or a cookie against the byte order mark.
        encoding = "utf-8"
        decode_as(path, data, encoding)
        raise UnreadableSource(path, f"the coding cookie is wrong: {error}") from error
    nul = data.find(b"\0")
    if nul >= 0:
        line, column = _position(data[:nul], encoding)
        raise UnreadableSource(path, "the file contains a NUL byte; Python refuses such files", line, column)
    text = decode_as(path, data, encoding)
    return normal_line_ends(text)


def normal_line_ends(text: str) -> str:
    """Each line ended by one line feed, as Python's own reader does."""
    return LINE_END.sub("\n", text) if "\r" in text else text


def split_lines(text: str) -> list[str]:
    """The lines as Python counts them, with their ends (``str.splitlines`` also cuts at form feeds)."""
    return io.StringIO(text).readlines()


def decode_as(path: str, data: bytes, encoding: str) -> str:
    """Decode in one encoding, without the byte order mark. Raises ``UnreadableSource`` with the first bad place."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line, column = _position(data[: error.start], encoding)
        message = f"the file is not {_title(encoding)}: byte 0x{data[error.start]:02x} cannot be decoded"
        raise UnreadableSource(path, message, line, column) from error
    except (LookupError, ValueError, UnicodeError) as error:
        # Codecs such as "hex" are known to Python and no text encodings.
        raise UnreadableSource(path, f"the file cannot be decoded as {encoding}: {error}") from error
    return text.removeprefix("\ufeff")


def _title(encoding: str) -> str:
    return "UTF-8" if encoding in ("utf-8", "utf-8-sig") else encoding


def _position(before: bytes, encoding: str) -> tuple[int, int]:
    """The line and column that follow these bytes, which decode."""
    try:
        text = before.decode(encoding, "replace")
    except UnicodeError:  # Some codecs take all or nothing.
        text = before.decode("latin-1")
    text = normal_line_ends(text).removeprefix("\ufeff")
    return text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1


def _refusal(path: str, error: OSError) -> str:
    """Why a file cannot be read, in plain words."""
    if isinstance(error, FileNotFoundError) and Path(path).is_symlink():
        return f"the link points to {os.readlink(path)!r}, which does not exist"  # noqa: PTH115
    if isinstance(error, FileNotFoundError):
        return "the file does not exist"
    if isinstance(error, IsADirectoryError):
        return "this is a directory, not a file"
    if isinstance(error, PermissionError):
        return "no permission to read the file"
    return f"the file cannot be read: {(error.strerror or type(error).__name__).lower()}"

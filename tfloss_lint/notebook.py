"""Jupyter notebooks as programs: the code cells joined into one text, every line where it was.

What only IPython understands becomes Python on the same line and at the same indentation, so that a line and a column
of the joined text are a line and a column of the cell.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tfloss_lint.source import CellSpan, Source, UnreadableSource, decode_as, normal_line_ends

PYTHON_CELL_MAGICS = "capture debug heat ipytest memit mprun notify prun run_pytest scalene time timeit tpu wandb"
"""Cell magics that run the rest of the cell as part of this very program; the others hold something else."""

SHELL_WORDS = "apt apt-get cat cd conda cp git kaggle ls mamba mkdir mv pip pip3 pwd rm rmdir run uv wget"
"""First words of lines that IPython's automagic, or a habit from other notebooks, takes for commands."""

ESCAPE = re.compile(r"\s*[%!?,;/]")
ASSIGNED_ESCAPE = re.compile(
    r"(?P<kept>\s*(?:{target})(?:\s*,\s*(?:{target}))*\s*,?\s*=\s*)[%!]".format(
        target=r"\*?[^\W\d][\w.]*(?:\[[^\]]*\])*(?:\s*:\s*[\w.]+(?:\[[^\]]*\])?)?"
    )
)
HELP = re.compile(r"[^#'\"]*[^\s#'\"?]\?{1,2}\s*$")
COMMAND = re.compile(rf"(?:{'|'.join(map(re.escape, SHELL_WORDS.split()))})\s+(?![-+*/|&^%@]?=|[,(:\[])\S")
"""A name that is assigned to, called or indexed is none, also where its statement goes on in the next line."""
CELL_MAGIC = re.compile(r"%%(?P<name>\w*)")
ONLY_IPYTHON = re.compile(rf"^\s*[%!?,;/]|=\s*[%!]|\?\s*$|^\s*{COMMAND.pattern}", re.MULTILINE)
"""A text without a match needs no second look."""

LEXEME = re.compile(
    r"""\#.*|(?P<triple>'{3}|"{3})|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|(?P<open>[(\[{])|(?P<close>[)\]}])"""
    r"""|(?P<unclosed>['"]).*|(?P<continued>\\)$|[^'"\#()\[\]{}\\]+|."""
)
INDENTED = re.compile(r"(?:[ \t]*(?:#.*)?\n)*[ \t]+[^\s#]")
"""A text whose first statement is indented."""
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def source_from_notebook(path: str, data: bytes) -> Source:
    """The program of a notebook in format 2, 3 or 4. Raises ``UnreadableSource``."""
    notebook = _load(path, data)
    if not _is_python(notebook):
        return Source(path, "", ())
    texts: list[str] = []
    spans: list[CellSpan] = []
    next_line = 1
    for index, cell in enumerate(_cells(path, notebook), 1):
        code = _code(path, index, cell)
        if not code:
            continue
        text = python_of_cell(code)
        line_count = text.count("\n")
        if INDENTED.match(text):
            # IPython takes a cell that is indented as a whole; a header on a line of no cell keeps the columns.
            texts.append("if True:\n")
            next_line += 1
        texts.append(text)
        spans.append(CellSpan(index, next_line, line_count))
        next_line += line_count
    return Source(path, "".join(texts), tuple(spans))


def without_broken_cells(source: Source, parse: Callable[[str], object]) -> tuple[Source, int]:
    """The program without the cells that do not parse by themselves, and the number of these: IPython runs the others.

    All lines stay where they are.
    """
    lines = [f"{line}\n" for line in source.text.split("\n")[:-1]]
    broken = end = 0
    for span in source.cells or ():
        # The header of an indented cell stands before it, on a line of no cell.
        start, end = end, span.first_line - 1 + span.line_count
        try:
            parse("".join(lines[start:end]))
        except SyntaxError:
            broken += 1
            lines[start:end] = ["\n"] * (end - start)
    return replace(source, text="".join(lines)), broken


def _load(path: str, data: bytes) -> dict[str, Any]:
    text = decode_as(path, data, "utf-8")
    if not text.strip():
        raise UnreadableSource(path, "the notebook is empty: there is not even a JSON object in it")
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"the notebook is broken: not valid JSON ({error.msg})"
        raise UnreadableSource(path, message, error.lineno, error.colno) from error
    except RecursionError as error:
        raise UnreadableSource(path, "the notebook is broken: its JSON is too deeply nested") from error
    except ValueError as error:  # An integer of thousands of digits.
        raise UnreadableSource(path, f"the notebook is broken: {error}") from error
    if not isinstance(notebook, dict):
        raise UnreadableSource(path, "the notebook is broken: its JSON is not an object")
    return notebook


def _is_python(notebook: dict[str, Any]) -> bool:
    """Whether the kernel runs Python; a notebook that does not say is taken for one that does."""
    metadata = notebook.get("metadata")
    for place, key in (("language_info", "name"), ("kernelspec", "language")):
        info = metadata.get(place) if isinstance(metadata, dict) else None
        language = info.get(key) if isinstance(info, dict) else None
        if isinstance(language, str):
            return language.lower() in ("python", "ipython")
    return True


def _cells(path: str, notebook: dict[str, Any]) -> Sequence[Any]:
    if "cells" in notebook:
        cells = notebook["cells"]
    else:  # Formats 2 and 3 put cells on worksheets.
        worksheets = notebook.get("worksheets")
        if not isinstance(worksheets, list) or not all(isinstance(sheet, dict) for sheet in worksheets):
            raise UnreadableSource(path, "the notebook is broken: it has neither cells nor worksheets")
        sheets = [sheet.get("cells", []) for sheet in worksheets]
        cells = [cell for sheet in sheets for cell in sheet] if all(isinstance(s, list) for s in sheets) else None
    if not isinstance(cells, list):
        raise UnreadableSource(path, "the notebook is broken: its cells are not a list")
    return cells


def _code(path: str, index: int, cell: Any) -> str:
    """A code cell's text, every line ended; empty for any other cell."""
    if not isinstance(cell, dict):
        raise UnreadableSource(path, "the notebook is broken: this cell is not an object", cell=index)
    if cell.get("cell_type") != "code":
        return ""
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise UnreadableSource(path, "the notebook is broken: this cell's source is not text", cell=index)
    text = LONE_SURROGATE.sub("\ufffd", normal_line_ends(source))
    nul = text.find("\0")
    if nul >= 0:
        line, column = text.count("\n", 0, nul) + 1, nul - text.rfind("\n", 0, nul)
        raise UnreadableSource(path, "the cell contains a NUL character; Python refuses it", line, column, index)
    if not text.endswith("\n"):
        text += "\n"
    return text if text.strip() and _cell_language(cell) == "python" else "\n" * text.count("\n")


def _cell_language(cell: dict[str, Any]) -> str:
    """What the cell is written in: editors and format 3 can note it per cell."""
    metadata = cell.get("metadata")
    editor = metadata.get("vscode") if isinstance(metadata, dict) else None
    language = editor.get("languageId") if isinstance(editor, dict) else cell.get("language")
    return language.lower() if isinstance(language, str) else "python"


def python_of_cell(code: str) -> str:
    """The cell as Python, line for line; ``code`` ends in a line feed."""
    if not ONLY_IPYTHON.search(code):
        return code
    lines = code.split("\n")[:-1]
    for at, line in enumerate(lines):
        magic = CELL_MAGIC.match(line)
        if magic and magic["name"] not in PYTHON_CELL_MAGICS.split():
            return "\n" * len(lines)
        if magic:
            lines[at] = ""
        elif line.strip() and not line.startswith("#"):
            break
    return "".join(line + "\n" for line in _python_lines(lines))


def _python_lines(lines: Sequence[str]) -> Iterator[str]:
    state = _Lexical()
    in_escape = False
    for line in lines:
        if in_escape:  # A command goes on over lines that end in a backslash.
            in_escape = line.endswith("\\")
            yield ""
            continue
        replacement = _replacement(line) if state.between_statements else None
        if replacement is None:
            state = state.after(line)
            yield line
        else:
            in_escape = line.endswith("\\")
            yield replacement


def _replacement(line: str) -> str | None:
    """The Python for a line that only IPython understands, if it is one; the line begins a statement."""
    indent = line[: len(line) - len(line.lstrip())]
    if ESCAPE.match(line):
        return _timed(line) or f"{indent}pass"
    assigned = ASSIGNED_ESCAPE.match(line)
    if assigned:
        return f"{assigned['kept']}None"
    if HELP.match(line) or (COMMAND.match(line.lstrip()) and not _parses(line.strip())):
        return f"{indent}pass"
    return None


def _timed(line: str) -> str | None:
    """``%time history = model.fit(x)`` does run and define: ``pass; history = model.fit(x)``, column for column."""
    before, word, statement = line.partition("%time ")
    if not word or before.strip() or not _parses(f"pass; {statement}"):
        return None
    return f"{before}pass; {statement}"


def _parses(line: str) -> bool:
    try:
        ast.parse(line)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Lexical:
    """What is open at the end of a line; only brackets, strings and backslashes matter."""

    depth: int = 0
    quote: str = ""
    continued: bool = False

    @property
    def between_statements(self) -> bool:
        return not (self.depth or self.quote or self.continued)

    def after(self, line: str) -> _Lexical:
        """The state behind one more line."""
        depth, at = self.depth, 0
        if self.quote:
            end = _end_of_string(line, 0, self.quote)
            if end is None:
                return self if len(self.quote) == 3 or line.endswith("\\") else _Lexical(depth)
            at = end
        while at < len(line):
            lexeme = LEXEME.match(line, at)
            if lexeme is None:
                break
            at = lexeme.end()
            if lexeme["triple"]:
                end = _end_of_string(line, at, lexeme["triple"])
                if end is None:
                    return _Lexical(depth, lexeme["triple"])
                at = end
            elif lexeme["unclosed"]:
                # A string that a backslash carries over the end of the line; without one it is a mistake.
                return _Lexical(depth, lexeme["unclosed"]) if line.endswith("\\") else _Lexical(depth)
            elif lexeme["open"]:
                depth += 1
            elif lexeme["close"]:
                depth = max(depth - 1, 0)
            elif lexeme["continued"]:
                return _Lexical(depth, continued=True)
        return _Lexical(depth)


def _end_of_string(line: str, start: int, quote: str) -> int | None:
    """Where the string that is open at ``start`` ends in this line, behind its quote."""
    at = start
    while at < len(line):
        if line[at] == "\\":
            at += 2
        elif line.startswith(quote, at):
            return at + len(quote)
        else:
            at += 1
    return None

"""A file cut into what is read or left out as a whole: its top-level statements, and the tests of its test cases."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TypeAlias

from tfloss_lint.triage import NO_LETTERS, word_before

COMMENT = re.compile(r"\n[ \t]*#.*")
WALRUS = re.compile(r"\((\w+)[ \t]*:=")
CHANGE = re.compile(
    r"\.(?:compile|fit|evaluate|train_on_batch|test_on_batch|add|append|extend|update|pop|reset_states?)\("
)
"""An object that is used further up or down is changed, or trained: ``history = model.fit(...)``."""
MARK = "\0"
"""Stands between pieces of code that are searched together; no program has it."""
STAR = "*"
"""What ``from module import *`` binds."""
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)
ImportStatement: TypeAlias = ast.Import | ast.ImportFrom
BLOCKS: dict[type[ast.AST], tuple[str, ...]] = {
    **dict.fromkeys((*DEFINITIONS, ast.With, ast.AsyncWith), ("body",)),
    **dict.fromkeys((ast.If, ast.For, ast.AsyncFor, ast.While), ("body", "orelse")),
    **dict.fromkeys((ast.Try, getattr(ast, "TryStar", ast.Try)), ("body", "handlers", "orelse", "finalbody")),
    ast.Match: ("cases",),
}
"""Where ``ast`` keeps the statements inside a statement, in order of the source."""


@dataclass(slots=True, eq=False)
class Unit:
    """The statements of some lines, or a test of a test case."""

    first: int
    """The 0-based index of its first line."""
    last: int
    """The index behind its last line."""
    statements: list[ast.stmt]
    imports: bool = False
    """Whether it does nothing but import."""
    case: Unit | None = None
    """The test case that a test belongs to."""
    tests: list[Unit] = field(default_factory=list)
    text: str = ""
    """Its code without docstrings, and without the tests."""
    wanted: bool = False
    words: frozenset[str] = frozenset()
    """The names that it mentions; none if it does nothing but import."""
    binds: frozenset[str] = frozenset()
    """The names that it defines or stores into."""
    changes: set[str] = field(default_factory=set)
    """The objects whose methods it calls to change them, and that it has not made itself."""


class Code:
    """The text of all units, without comments, to be searched at once: several times as fast as one by one."""

    def __init__(self, units: Sequence[Unit]) -> None:
        """Take the comments out of the units, too."""
        self.units = units
        self.text = COMMENT.sub("", f"\n{MARK}\n".join(unit.text for unit in units))
        texts = self.text.split(MARK)
        for unit, text in zip(units, texts):
            unit.text = text
        self._starts = [0, *accumulate(len(text) + 1 for text in texts)]

    def find(self, pattern: re.Pattern[str]) -> Iterator[tuple[Unit, re.Match[str]]]:
        """Every match, with the unit that it stands in."""
        return ((self.unit_at(match.start()), match) for match in pattern.finditer(self.text))

    def unit_at(self, offset: int) -> Unit:
        """The unit that a place in the text belongs to."""
        return self.units[bisect_right(self._starts, offset) - 1]

    def note_names(self) -> None:
        """Note which names each unit mentions, and which it defines or changes."""
        for unit, letters in zip(self.units, self.text.translate(NO_LETTERS).split(MARK)):
            if not unit.imports:
                unit.words = frozenset(letters.split())
            names: set[str] = set()
            _bind(unit.statements, names)
            unit.binds = frozenset(names)
        if ":=" in self.text:
            for unit, match in self.find(WALRUS):
                unit.binds |= {match[1]}
        for unit, match in self.find(CHANGE):
            name = word_before(self.text, match.start())
            if not (isinstance(unit.statements[0], DEFINITIONS) and f" {name} = " in unit.text):
                unit.changes.add(name)


def cut(body: Sequence[ast.stmt], lines: Sequence[str], line: int = 0) -> list[Unit]:
    """The units of a block; ``line`` is the index of the first line that may belong to it."""
    units: list[Unit] = []
    for statement in body:
        first = first_line(statement, lines, line)
        line = last_line(statement, lines)
        if units and first < units[-1].last:
            units[-1].statements.append(statement)
            units[-1].last = line
            units[-1].imports &= isinstance(statement, IMPORTS)
        else:
            units.append(Unit(first, line, [statement], isinstance(statement, IMPORTS)))
    for unit in units:
        case = unit.statements[0]
        if isinstance(case, ast.ClassDef) and len(unit.statements) == 1 and _is_test_case(case):
            unit.tests = _tests(case, unit, lines)
        left_out: Iterable[tuple[int, int]] = () if unit.imports else _docstrings(unit, lines)
        if unit.tests:
            left_out = sorted([*left_out, *((test.first, test.last) for test in unit.tests)])
        unit.text = text_of(lines, unit.first, unit.last, left_out)
    return units


def first_line(statement: ast.stmt, lines: Sequence[str], bound: int) -> int:
    """The index of the line where the statement begins, with its decorators and with what a backslash puts before."""
    first = statement.lineno - 1
    if isinstance(statement, DEFINITIONS) and statement.decorator_list:
        first = min(first, statement.decorator_list[0].lineno - 1)
        while first > bound and not lines[first].lstrip().startswith("@"):
            first -= 1
    while first > bound and lines[first - 1].endswith("\\\n"):
        first -= 1
    return first


def last_line(statement: ast.stmt, lines: Sequence[str]) -> int:
    """The index behind the line where the statement ends."""
    last = statement.end_lineno or statement.lineno
    while last < len(lines) and lines[last - 1].endswith("\\\n"):
        last += 1
    return last


def text_of(lines: Sequence[str], first: int, last: int, left_out: Iterable[tuple[int, int]] = ()) -> str:
    """The lines from ``first`` to before ``last``, without some regions, which come in order."""
    pieces: list[str] = []
    for start, end in left_out:
        pieces += lines[first:start]
        first = max(first, end)
    pieces += lines[first:last]
    return "".join(pieces)


def gaps(body: Sequence[ast.stmt], lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The lines between the statements of a block, and of the blocks inside it."""
    last = None
    for statement in body:
        if last is not None and statement.lineno - 1 > last:
            yield last, first_line(statement, lines, last)
        if type(statement) in BLOCKS:
            for block in _blocks(statement):
                yield from gaps(block, lines)
        last = last_line(statement, lines)


def statements_inside(statement: ast.stmt) -> Iterator[ast.stmt]:
    """The statements in the blocks of a statement, but not those in their blocks."""
    for block in _blocks(statement):
        yield from block


def _blocks(statement: ast.stmt) -> Iterator[Sequence[ast.stmt]]:
    """The blocks of statements inside a statement."""
    for name in BLOCKS.get(type(statement), ()):
        inner = getattr(statement, name)
        if name in ("handlers", "cases"):
            yield from (part.body for part in inner)
        else:
            yield inner


# Test cases


def _is_test_case(statement: ast.ClassDef) -> bool:
    """By the customs of unittest and pytest."""
    bases = [getattr(base, "attr", getattr(base, "id", "")) for base in statement.bases]
    return any(name.endswith(("Test", "Tests", "TestCase")) for name in (statement.name, *bases)) or (
        statement.name.startswith("Test")
    )


def _tests(case: ast.ClassDef, unit: Unit, lines: Sequence[str]) -> list[Unit]:
    """The tests of a test case. No other code calls them, so each is read for its own sake alone."""
    members = cut(case.body, lines, unit.first + 1)
    tests = [
        member
        for member in members
        if all(isinstance(s, ast.FunctionDef) and s.name.startswith("test") for s in member.statements)
    ]
    for test in tests:
        test.case = unit
    # The first member always stays: the class needs one, and no line may be missing behind its header.
    return tests[1:] if tests and tests[0] is members[0] else tests


# Docstrings


def _docstrings(unit: Unit, lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The lines of the docstrings in a function, a class and its methods."""
    for statement in unit.statements:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            yield from _docstring(statement.body, lines)
            if isinstance(statement, ast.ClassDef):
                tests = {id(s) for test in unit.tests for s in test.statements}
                for member in statement.body:
                    if isinstance(member, ast.FunctionDef) and id(member) not in tests:
                        yield from _docstring(member.body, lines)
        elif isinstance(statement, ast.Expr):
            yield from _docstring([statement], lines)


def _docstring(body: Sequence[ast.stmt], lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    docstring = body[0]
    if isinstance(docstring, ast.Expr) and isinstance(docstring.value, ast.Constant):
        first, last = docstring.lineno - 1, docstring.end_lineno or 0
        # ``ast`` counts bytes; what stands behind the string on its last line is another statement, or a comment.
        after = lines[last - 1].encode("utf-8", "surrogatepass")[docstring.end_col_offset :].strip()
        shares_a_line = bool(after) or bool(lines[first][: docstring.col_offset].strip())
        if not shares_a_line:
            yield first, last


# Names


def _bind(statements: Iterable[ast.stmt], names: set[str]) -> None:
    """Add the names that statements bind, and those of the objects that they store into."""
    for statement in statements:
        if isinstance(statement, DEFINITIONS):
            names.add(statement.name)
            continue
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                _store(target, names)
            continue
        if isinstance(statement, IMPORTS):
            names.update((alias.asname or alias.name).split(".", 1)[0] for alias in statement.names)
        elif isinstance(statement, (ast.AnnAssign, ast.AugAssign, ast.For, ast.AsyncFor)):
            _store(statement.target, names)
        elif isinstance(statement, (ast.With, ast.AsyncWith)):
            for item in statement.items:
                if item.optional_vars is not None:
                    _store(item.optional_vars, names)
        elif isinstance(statement, ast.Match):
            patterns = (node for case in statement.cases for node in ast.walk(case.pattern))
            names.update(name for node in patterns if (name := getattr(node, "name", getattr(node, "rest", None))))
        for block in _blocks(statement):
            _bind(block, names)


def _store(target: ast.expr, names: set[str]) -> None:
    if isinstance(target, ast.Name):
        names.add(target.id)
    elif isinstance(target, (ast.Attribute, ast.Subscript, ast.Starred)):
        _store(target.value, names)
    elif isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            _store(element, names)

"""What is read of a file that is worth reading.

Those top-level statements that a training word stands in, with what they use and what uses them; of a test case, only
the tests that train.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from tfloss_lint.triage import CLASSIFYING, COMPILE, SIGNS, called_names, compiled_names, says_training, word_before
from tfloss_lint.units import STAR, Code, ImportStatement, Unit, cut, first_line, gaps, last_line, text_of

POLICY = re.compile(r"set_(?:(?:global_|dtype_)?policy|learning_phase)\(")
"""Sets the data types of all layers, or whether they train, of those in other units too."""
GATHER = re.compile(r"\.(?:update_state|append|extend)\(")
"""A metric or list is made somewhere, gathers values somewhere else, and is read in a third place."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The statements of a file that are read."""

    text: str
    imports: tuple[ImportStatement, ...]
    """The imports that it begins with. ``ast`` says all of them, and LibCST takes as long for them as for real code."""
    rest: str
    """The text behind these imports."""
    statements: tuple[ast.stmt, ...]
    """The statements of ``rest``."""


def excerpt(tree: ast.Module, lines: Sequence[str]) -> Excerpt | None:
    """What is worth reading of a file, if anything is. Comments and empty lines between statements are not."""
    units = cut(tree.body, lines)
    choose(units)
    chosen = [unit for unit in units if unit.wanted]
    count = next((at for at, unit in enumerate(chosen) if not unit.imports), len(chosen))
    if count == len(chosen):
        return None
    imports, others = _statements(chosen[:count]), _statements(chosen[count:])
    head, rest = _text(imports, lines), _text(others, lines)
    return Excerpt(head + rest, cast("tuple[ImportStatement, ...]", imports), rest, others)


def _statements(units: Iterable[Unit]) -> tuple[ast.stmt, ...]:
    return tuple(statement for unit in units for statement in _shortened(unit))


def _text(statements: Sequence[ast.stmt], lines: Sequence[str]) -> str:
    if not statements:
        return ""
    first, last = first_line(statements[0], lines, 0), last_line(statements[-1], lines)
    return text_of(lines, first, last, gaps(statements, lines))


def _shortened(unit: Unit) -> list[ast.stmt]:
    """The unit's statements without the tests that are left out."""
    if all(test.wanted for test in unit.tests):
        return unit.statements
    left_out = {id(statement) for test in unit.tests if not test.wanted for statement in test.statements}
    case = unit.statements[0]
    assert isinstance(case, ast.ClassDef)
    shorter = copy.copy(case)
    shorter.body = [member for member in case.body if id(member) not in left_out]
    shorter.end_lineno = shorter.body[-1].end_lineno
    return [shorter]


def choose(units: Sequence[Unit]) -> None:
    """Mark the units with a training word, what they use, and what uses the names that these define."""
    every = [each for unit in units for each in (unit, *unit.tests)]
    code = Code(every)
    _mark_training(code)
    if not any(unit.wanted for unit in every):
        return
    for unit, _ in code.find(POLICY):
        unit.wanted = True
    code.note_names()
    _mark_users(code)
    _mark_used(every)


def _mark_training(code: Code) -> None:
    """Mark what trains, and what makes or calls a function or object that trains."""
    for word, pattern in SIGNS:
        if word in code.text:
            for unit, _ in code.find(pattern):
                unit.wanted = True
    for name in compiled_names(code.text) | called_names(code.text):
        if name == "lambda" or name in CLASSIFYING:
            for unit, _ in code.find(COMPILE):
                unit.wanted |= name in unit.text
        else:
            for at in _made_or_called(name, code.text):
                code.unit_at(at).wanted = True


def _made_or_called(name: str, code: str) -> Iterator[int]:
    """Where the thing of that name is made or called."""
    at = code.find(name)
    while at >= 0:
        if word_before(code, at + len(name)) == name and (
            code.startswith(("(", " = ", "="), at + len(name)) or code.startswith("class ", at - 6)
        ):
            yield at
        at = code.find(name, at + 1)


def _mark_users(code: Code) -> None:
    """Mark what follows and mentions what is marked: a class with a train_step is compiled and fitted further down."""
    defined = {name for unit in code.units if unit.wanted and not unit.imports for name in _offered(unit)}
    for unit, match in code.find(GATHER):
        if unit.wanted:
            defined |= _gathering(code.text, match.start())
    for unit in code.units:
        if not unit.wanted and not unit.words.isdisjoint(defined):
            unit.wanted = True
            if not unit.imports:
                defined |= unit.binds


def _gathering(code: str, dot: int) -> set[str]:
    """The variable in front of this dot, which is no attribute of something."""
    name = word_before(code, dot)
    return {name} if name and code[dot - len(name) - 1] != "." else set()


def _offered(unit: Unit) -> Iterable[str]:
    """The names by which other code may use a unit that trains: its own, and a test case's helpers that train."""
    if not unit.tests:
        return unit.binds
    case = unit.statements[0]
    assert isinstance(case, ast.ClassDef)
    helpers = [
        member.name
        for member in case.body
        if isinstance(member, ast.FunctionDef)
        and not member.name.startswith("test")
        and says_training(ast.unparse(member))
    ]
    return {*unit.binds, *helpers}


def _mark_used(units: Sequence[Unit]) -> None:
    """Mark what defines or changes what is used, until nothing else does."""
    imported = {name for unit in units if unit.imports for name in unit.binds}
    waiting = [(unit, unit.binds | (unit.changes - imported)) for unit in units if not unit.wanted]
    uses = {STAR}
    new = [unit for unit in units if unit.wanted]
    while new:
        for unit in new:
            unit.wanted = True
            uses |= unit.words
            if unit.case is not None:
                unit.case.wanted = True
                uses |= unit.case.words
        waiting = [(unit, makes) for unit, makes in waiting if not unit.wanted]
        new = [unit for unit, makes in waiting if not makes.isdisjoint(uses)]

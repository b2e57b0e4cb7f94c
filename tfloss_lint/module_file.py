"""A module of the project around a file: what it imports, and its statements, one by one."""

from __future__ import annotations

import ast
import functools
import os
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import libcst as cst

from tfloss_lint.nesting import deeper_than
from tfloss_lint.parsing import parse_module
from tfloss_lint.source import UnreadableSource, read_source, split_lines
from tfloss_lint.split_class import parse_method, without_methods
from tfloss_lint.units import STAR, Code, ImportStatement, cut, statements_inside

MOST_BYTES = 500_000
IMPORT = re.compile(r"^[ \t]*(?:from|import)\b((?:[^\n(]*\([^)]*|[^\n]*))", re.MULTILINE)
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Import:
    """``from module import name as bound``, or ``import module as bound`` without a name."""

    module: str
    level: int
    name: str | None
    bound: str


def _imports_in(tree: ast.Module) -> Iterator[Import]:
    """Every import of a file, also those in functions."""
    for statement in tree.body:
        yield from _imports_of(statement)


def _imports_of(statement: ast.stmt) -> Iterator[Import]:
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            yield Import(alias.name, 0, None, alias.asname or alias.name.partition(".")[0])
    elif isinstance(statement, ast.ImportFrom):
        for alias in statement.names:
            yield Import(statement.module or "", statement.level, alias.name, alias.asname or alias.name)
    else:
        for inner in statements_inside(statement):
            yield from _imports_of(inner)


@dataclass(frozen=True, slots=True)
class Piece:
    """Top-level statements of a file that are read together: those that share lines."""

    text: str
    rest: str
    """The text without the methods of a class."""
    methods: Mapping[str, Sequence[str]]
    """The texts of these methods."""
    statements: tuple[ast.stmt, ...]
    words: frozenset[str]
    binds: frozenset[str]
    """The names that it defines or stores into."""
    changes: frozenset[str]
    """The objects whose methods it calls to change them."""
    imports: tuple[ImportStatement, ...]
    """Its statements, if it does nothing but import: LibCST need not read them."""


def pieces(tree: ast.Module, lines: Sequence[str], *, split: bool = False) -> list[Piece]:
    """A whole file, piece by piece; ``split`` makes methods of their own of those of classes."""
    units = cut(tree.body, lines)
    Code(units).note_names()
    texts = ["".join(lines[unit.first : unit.last]) for unit in units]
    nothing: Mapping[str, Sequence[str]] = {}
    return [
        Piece(
            text,
            *(without_methods(unit, lines) if split else (text, nothing)),
            tuple(unit.statements),
            unit.words,
            unit.binds,
            frozenset(unit.changes),
            cast("tuple[ImportStatement, ...]", tuple(unit.statements)) if unit.imports else (),
        )
        for unit, text in zip(units, texts)
    ]


class ModuleFile:
    """One file of the project, cut into pieces."""

    def __init__(self, tree: ast.Module, lines: Sequence[str], *, split: bool = False) -> None:
        """With ``split``, methods of classes are parsed when they are needed; then no place can be told of them."""
        self.pieces = pieces(tree, lines, split=split)
        self.imports = tuple(_imports_in(tree))
        self.names = frozenset(name for piece in self.pieces for name in piece.binds)
        imported = frozenset(name for piece in self.pieces if piece.imports for name in piece.binds)
        self._makes = [piece.binds | (piece.changes - imported) for piece in self.pieces]
        self._parsed: dict[int, cst.Module | None] = {}
        self._methods: dict[tuple[int, str], Sequence[cst.FunctionDef]] = {}

    def parsed(self, index: int) -> cst.Module | None:
        """A piece without methods as LibCST's tree, if LibCST can parse it."""
        if index not in self._parsed:
            try:
                self._parsed[index] = parse_module(self.pieces[index].rest)
            except SyntaxError:
                self._parsed[index] = None
        return self._parsed[index]

    def method(self, index: int, name: str) -> Sequence[cst.FunctionDef]:
        """The methods of that name of the class in a piece, as far as LibCST can parse them."""
        if (index, name) not in self._methods:
            try:
                parsed = [parse_method(text) for text in self.pieces[index].methods[name]]
            except SyntaxError:
                parsed = []
            self._methods[index, name] = parsed
        return self._methods[index, name]

    def defining(self, name: str) -> list[int]:
        """The pieces that define or change what has that name, and those that import any names."""
        return [at for at, makes in enumerate(self._makes) if name in makes or STAR in makes]

    def mentioning(self, names: Iterable[str]) -> list[int]:
        """The pieces that do something with these names, directly or not."""
        known, chosen = set(names), []
        for at, piece in enumerate(self.pieces):
            if not piece.imports and not piece.words.isdisjoint(known):
                chosen.append(at)
                known |= piece.binds
        return chosen


def module_file(path: str) -> ModuleFile | None:
    """The file, if it can be read; as long as it does not change, it is read once."""
    try:
        stat = os.stat(path)
    except OSError:
        return None
    return _read(path, stat.st_mtime_ns, stat.st_size) if stat.st_size <= MOST_BYTES else None


@functools.lru_cache(maxsize=128)
def _read(path: str, _time: int, _size: int) -> ModuleFile | None:
    text = _text(path, _time, _size)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    lines = split_lines(text)
    if deeper_than(tree.body, lines):
        return None
    file = ModuleFile(tree, lines, split=True)
    # Only the pieces' text is needed again, and a tree is large.
    file.pieces = [replace(piece, statements=()) for piece in file.pieces]
    return file


@functools.lru_cache(maxsize=32)
def _text(path: str, _time: int, _size: int) -> str:
    try:
        return read_source(path).text
    except UnreadableSource:
        return ""


def importers(word: str, paths: Sequence[str]) -> Sequence[str]:
    """The files in whose imports a word stands. Files that change meanwhile are not looked at again."""
    return _by_imported_word(paths).get(word, ())


@functools.lru_cache(maxsize=64)
def _by_imported_word(paths: Sequence[str]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for path in paths:
        for word in _imported_words(path):
            found.setdefault(word, []).append(path)
    return found


def _imported_words(path: str) -> frozenset[str]:
    try:
        stat = os.stat(path)
    except OSError:
        return frozenset()
    return _words_of_imports(path, stat.st_mtime_ns, stat.st_size) if stat.st_size <= MOST_BYTES else frozenset()


@functools.lru_cache(maxsize=4096)
def _words_of_imports(path: str, time: int, size: int) -> frozenset[str]:
    return frozenset(word for statement in IMPORT.findall(_text(path, time, size)) for word in WORD.findall(statement))

"""The modules around a file: those that it imports, and those that import it.

A model, its loss and the code that trains it may stand in different files. What a file imports out of its own project
is read as far as it is used, and the files beside and above it that import it are executed for what they do with it.
Names are looked up on disk as Python would; nothing is imported or run. Everything is bounded, and past a bound an
import brings what it brings without a project: something unknown.
"""

from __future__ import annotations

import ast
import functools
import os
import re
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

import libcst as cst

from tfloss_lint import triage
from tfloss_lint.nesting import deeper_than
from tfloss_lint.parsing import parse_module
from tfloss_lint.reading.library.table import FUNCTIONS
from tfloss_lint.reading.scope import Frame, Scope
from tfloss_lint.reading.values import Const, Function, Module, Pending, Value
from tfloss_lint.source import UnreadableSource, is_notebook, read_source

if TYPE_CHECKING:
    from tfloss_lint.reading.interpreter import Interpreter
    from tfloss_lint.source import Source

MOST_MODULES = 40
"""Modules read for one file."""
MOST_DEPTH = 4
"""Modules that are being imported by one another."""
MOST_USERS = 5
"""Files that are executed because they import the file."""
MOST_BYTES = 500_000
MOST_SIBLINGS = 200
"""A folder with more files than that is not searched for users."""
MOST_SEARCHED = 400
"""Files searched for users in all folders together."""
MOST_FOLDERS = 6
"""Folders from the file's own upwards that imports are looked up in."""
PROJECT_FILES = frozenset({".git", "pyproject.toml", "setup.py", "setup.cfg"})
TEST = re.compile(r"(?:^|[/\\])(?:tests?[/\\]|test_[^/\\]*$|conftest\.py$)|_test\.py$")
"""What a test does with a model says nothing about its training."""
IMPORT = re.compile(r"^[ \t]*(?:from|import)\b((?:[^\n(]*\([^)]*|[^\n]*))", re.MULTILINE)
WORD = re.compile(r"\w+")


@functools.cache
def _libraries() -> frozenset[str]:
    """The first names of modules that are never looked up in a project."""
    return (
        frozenset(name.partition(".")[0] for name in FUNCTIONS) | sys.stdlib_module_names | {"tensorflow", "tf_keras"}
    )


@dataclass(frozen=True, slots=True)
class _Import:
    """``from module import name as bound``, or ``import module as bound`` without a name."""

    module: str
    level: int
    name: str | None
    bound: str
    is_at_top: bool


def _imports_in(tree: ast.Module) -> Iterator[_Import]:
    """Every import of a file, also those in functions."""
    for statement in tree.body:
        yield from _imports_of(statement, is_at_top=True)


def _imports_of(statement: ast.stmt, *, is_at_top: bool) -> Iterator[_Import]:
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            yield _Import(alias.name, 0, None, alias.asname or alias.name.partition(".")[0], is_at_top)
    elif isinstance(statement, ast.ImportFrom):
        for alias in statement.names:
            yield _Import(statement.module or "", statement.level, alias.name, alias.asname or alias.name, is_at_top)
    else:
        for inner in triage.statements_inside(statement):
            yield from _imports_of(inner, is_at_top=False)


class ModuleFile:
    """One file of the project, cut into pieces."""

    def __init__(self, tree: ast.Module, lines: Sequence[str]) -> None:
        self.pieces = triage.pieces(tree, lines)
        self.imports = tuple(_imports_in(tree))
        self.names = frozenset(name for piece in self.pieces for name in piece.binds)
        imported = frozenset(name for piece in self.pieces if piece.imports for name in piece.binds)
        self._makes = [piece.binds | (piece.changes - imported) for piece in self.pieces]
        self._parsed: dict[int, cst.Module | None] = {}

    def parsed(self, index: int) -> cst.Module | None:
        """A piece as LibCST's tree, if LibCST can parse it."""
        if index not in self._parsed:
            try:
                self._parsed[index] = parse_module(self.pieces[index].text)
            except SyntaxError:
                self._parsed[index] = None
        return self._parsed[index]

    def defining(self, name: str) -> list[int]:
        """The pieces that define or change what has that name, and those that import any names."""
        return [at for at, makes in enumerate(self._makes) if name in makes or triage.STAR in makes]

    def mentioning(self, names: Iterable[str]) -> list[int]:
        """The pieces that do something with these names, directly or not."""
        known, chosen = set(names), []
        for at, piece in enumerate(self.pieces):
            if not piece.imports and not piece.words.isdisjoint(known):
                chosen.append(at)
                known |= piece.binds
        return chosen


def _file(path: str) -> ModuleFile | None:
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
    if deeper_than(tree.body):
        return None
    file = ModuleFile(tree, triage.split_lines(text))
    # Only the pieces' text is needed again, and a tree is large.
    file.pieces = [replace(piece, statements=()) for piece in file.pieces]
    return file


@functools.lru_cache(maxsize=32)
def _text(path: str, _time: int, _size: int) -> str:
    try:
        return read_source(path).text
    except UnreadableSource:
        return ""


@dataclass(slots=True)
class _Loaded:
    """A module as far as it is executed; a package without a file of its own has no ``file``."""

    path: str
    file: ModuleFile | None
    folder: str
    """Where its submodules are; empty when it can have none."""
    scope: Scope
    done: set[int] = field(default_factory=set)
    """The pieces that are executed."""
    value: Module | None = None


class Project:
    """What one file's imports find, and what imports the file."""

    def __init__(self, source: Source, tree: ast.Module, lines: Sequence[str], read: Iterable[ast.stmt]) -> None:
        """``read`` are the statements of the file that are read anyway."""
        self.path = os.path.abspath(source.path)
        self.parts: list[tuple[cst.Module, Sequence[ast.stmt]]] = []
        """Further statements of the file that another module needs."""
        self.texts: list[str] = []
        """What was read of other modules."""
        self._tree_and_lines = tree, lines
        self._read_anyway = frozenset(statement.lineno for statement in read)
        self._loaded: dict[str, _Loaded] = {}
        self._of_scope: dict[Scope, _Loaded] = {}
        self._depth = 0
        self._folders = _folders(self.path)
        self._roots = _roots(self._folders)

    @staticmethod
    def around(source: Source, tree: ast.Module, lines: Sequence[str], read: Iterable[ast.stmt]) -> Project | None:
        """The project around a file on disk; text from elsewhere has none."""
        return Project(source, tree, lines, read) if os.path.isfile(source.path) else None

    @functools.cached_property
    def _own(self) -> ModuleFile:
        tree, lines = self._tree_and_lines
        return ModuleFile(tree, lines)

    # For the interpreter

    def attach(self, interpreter: Interpreter) -> None:
        """Let the interpreter's imports look here."""
        self._interpreter = interpreter
        interpreter.surroundings = self
        own = _Loaded(self.path, None, os.path.dirname(self.path) if _is_package(self.path) else "", interpreter.module)
        self._loaded[self.path] = self._of_scope[interpreter.module] = own

    def release(self) -> None:
        """Undo the circles of references, as ``Interpreter.release`` does."""
        for loaded in self._loaded.values():
            loaded.scope.names.clear()
        self._loaded.clear()

    def module(self, scope: Scope, name: str, level: int) -> Module | None:
        """The module of that name, as the module of ``scope`` imports it; ``level`` counts the leading dots."""
        importer = self._of_scope.get(scope.module())
        found = None if importer is None else self._find(importer.path, name, level)
        return None if found is None else self._module(found)

    def run_users(self) -> Iterator[Function]:
        """Execute what other files do with the file; yields their functions, which may be called by nobody."""
        for path, names in islice(self._users(), MOST_USERS):
            loaded = self._load(path)
            if loaded is None or loaded.file is None or loaded.done:
                continue
            loaded.scope.names["__name__"] = Const("__main__")
            self._execute(loaded, loaded.file.mentioning(names))
            for value in list(loaded.scope.names.values()):
                if isinstance(value, Function) and value.scope is loaded.scope:
                    yield value

    # Looking modules up

    def _find(self, importer: str, name: str, level: int) -> str | None:
        """The file or folder of a module."""
        parts = name.split(".") if name else []
        if level:
            folder = os.path.dirname(importer)
            for _ in range(level - 1):
                folder = os.path.dirname(folder)
            return _below(folder, parts) if parts else _package(folder)
        if parts[0] in _libraries():
            return None
        roots = self._roots if importer == self.path else _roots(_folders(importer))
        return next((found for root in roots if (found := _below(root, parts)) is not None), None)

    def _module(self, path: str) -> Module | None:
        loaded = self._load(path)
        if loaded is None:
            return None
        if loaded.value is None:
            loaded.value = Module(lambda name: self._member(loaded, name))
        return loaded.value

    def _load(self, path: str) -> _Loaded | None:
        if path in self._loaded:
            return self._loaded[path]
        is_folder = not path.endswith(".py")
        file = None if is_folder else _file(path)
        if len(self._loaded) >= MOST_MODULES or (file is None and not is_folder):
            return None
        folder = path if is_folder else os.path.dirname(path) if _is_package(path) else ""
        loaded = _Loaded(path, file, folder, Scope(None, Frame()))
        loaded.scope.missing = functools.partial(self._define, loaded)
        loaded.scope.names["__name__"] = Const(os.path.basename(path).removesuffix(".py"))
        self._loaded[path] = self._of_scope[loaded.scope] = loaded
        return loaded

    # Reading names

    def _member(self, loaded: _Loaded, name: str) -> Value | None:
        """What a name in a module stands for; ``None`` when it has no such name."""
        if loaded.path == self.path:
            # Of the file itself all is executed that it needs, but not all that others need of it.
            loaded.scope.missing = functools.partial(self._define, loaded)
        known = loaded.scope.names.get(name)
        # ``from package import module`` in the package itself asks for the name that it binds.
        value = None if isinstance(known, Pending) and known.is_sought else loaded.scope.find(name)
        if value is not None:
            return value
        submodule = _below(loaded.folder, [name]) if loaded.folder else None
        return None if submodule is None else self._module(submodule)

    def _define(self, loaded: _Loaded, name: str) -> None:
        """Execute what a name of a module needs, if it has that name."""
        file = self._own if loaded.path == self.path else loaded.file
        if file is not None and (name in file.names or triage.STAR in file.names):
            self._execute(loaded, file.defining(name))

    def _execute(self, loaded: _Loaded, pieces: Iterable[int]) -> None:
        file = self._own if loaded.path == self.path else loaded.file
        if file is None or self._depth >= MOST_DEPTH:
            return
        self._depth += 1
        try:
            with self._interpreter.elsewhere():
                for at in pieces:
                    if at not in loaded.done and not self._interpreter.exhausted():
                        loaded.done.add(at)
                        self._execute_piece(loaded, file, at)
        finally:
            self._depth -= 1

    def _execute_piece(self, loaded: _Loaded, file: ModuleFile, at: int) -> None:
        piece = file.pieces[at]
        is_own = loaded.path == self.path
        if is_own and piece.statements[0].lineno in self._read_anyway:
            return
        module = file.parsed(at)
        if module is None:
            return
        if is_own:
            self.parts.append((module, piece.statements))
        else:
            self.texts.append(piece.text)
        self._interpreter.run_elsewhere(module, loaded.scope)

    # Who imports the file

    def _users(self) -> Iterator[tuple[str, frozenset[str]]]:
        """The files beside and above that import the file, nearest first, and the names that these give to its own."""
        own = os.path.dirname(self.path) if _is_package(self.path) else self.path
        stem = os.path.basename(own).removesuffix(".py")
        if is_notebook(self.path) or _is_test(self.path, self._folders[-1]):
            return
        for path in _around(self.path, self._folders):
            if stem not in _imported_words(path):
                continue
            file = _file(path)
            names = frozenset() if file is None else frozenset(self._names_for_own(path, file))
            if names:
                yield path, names

    def _names_for_own(self, path: str, file: ModuleFile) -> Iterator[str]:
        """What a file calls this one and its members."""
        for each in file.imports:
            found = self._find(path, each.module, each.level)
            if each.name is None or found is None:
                if found == self.path:
                    yield each.bound
            elif found == self.path and each.name == triage.STAR:
                yield from self._own.names
            elif found == self.path or _submodule(found, each.name) == self.path:
                yield each.bound


def _submodule(found: str | None, name: str) -> str | None:
    if found is None or not (_is_package(found) or not found.endswith(".py")):
        return None
    return _below(os.path.dirname(found) if found.endswith(".py") else found, [name])


def _imported_words(path: str) -> frozenset[str]:
    """The words in a file's imports; as long as it does not change, it is searched once."""
    try:
        stat = os.stat(path)
    except OSError:
        return frozenset()
    return _words_of_imports(path, stat.st_mtime_ns, stat.st_size) if stat.st_size <= MOST_BYTES else frozenset()


@functools.lru_cache(maxsize=4096)
def _words_of_imports(path: str, time: int, size: int) -> frozenset[str]:
    return frozenset(word for statement in IMPORT.findall(_text(path, time, size)) for word in WORD.findall(statement))


def _is_package(path: str) -> bool:
    return os.path.basename(path) == "__init__.py"


def _package(folder: str) -> str | None:
    """The file of a package, or its folder where it has none."""
    initializer = os.path.join(folder, "__init__.py")
    if os.path.isfile(initializer):
        return initializer
    return folder if os.path.isdir(folder) else None


def _below(folder: str, parts: Sequence[str]) -> str | None:
    """The file or folder of the module ``parts`` below a folder. A package wins over a module, as in Python."""
    base = os.path.join(folder, *parts)
    package = os.path.join(base, "__init__.py")
    if os.path.isfile(package):
        return package
    if os.path.isfile(base + ".py"):
        return base + ".py"
    return base if os.path.isdir(base) else None


def _is_of_project(folder: str) -> bool:
    return not PROJECT_FILES.isdisjoint(_names_in(folder))


def _is_test(path: str, top: str) -> bool:
    """Whether the file is a test, by its place below ``top``."""
    return TEST.search(path, len(top)) is not None


def _folders(path: str) -> list[str]:
    """The folders from the file's own up to that of its project; of loose files just their own and its packages'."""
    folder = os.path.dirname(path)
    folders: list[str] = []
    for _ in range(MOST_FOLDERS):
        folders.append(folder)
        if _is_of_project(folder):
            return folders
        above = os.path.dirname(folder)
        if above == folder:
            break
        folder = above
    package = 1
    while package < len(folders) and os.path.isfile(os.path.join(folders[package - 1], "__init__.py")):
        package += 1
    return folders[:package]


def _roots(folders: Sequence[str]) -> list[str]:
    """Where absolute imports are looked up: above the file's packages, beside it, then further up."""
    top = 0
    while top + 1 < len(folders) and os.path.isfile(os.path.join(folders[top], "__init__.py")):
        top += 1
    roots = [folders[top], *folders[:top], *folders[top + 1 :]]
    return [*roots, os.path.join(folders[-1], "src")]


def _around(path: str, folders: Sequence[str]) -> Iterator[str]:
    """The modules in the file's folder, in those above, and in those of the project's folder, without tests."""
    top = folders[-1]
    return islice(_modules_in([*folders, *_subfolders(top)], path, top), MOST_SEARCHED)


def _modules_in(folders: Iterable[str], path: str, top: str) -> Iterator[str]:
    for folder in dict.fromkeys(folders):
        modules = _modules_among(folder, _names_in(folder), top)
        if len(modules) <= MOST_SIBLINGS:
            yield from (other for other in modules if other != path)


@functools.lru_cache(maxsize=1024)
def _modules_among(folder: str, names: Sequence[str], top: str) -> Sequence[str]:
    """The modules of a folder that are no tests."""
    paths = (os.path.join(folder, name) for name in names if name.endswith(".py"))
    return tuple(path for path in paths if not _is_test(path, top))


def _subfolders(folder: str) -> Iterator[str]:
    """Where scripts often are: ``scripts/train.py`` beside ``pkg/model.py``."""
    if _is_of_project(folder):
        paths = (os.path.join(folder, name) for name in _names_in(folder) if not name.startswith("."))
        yield from (path for path in paths if os.path.isdir(path))


def _names_in(folder: str) -> Sequence[str]:
    """The names in a folder, sorted; none where it cannot be read."""
    try:
        return _listed(folder, os.stat(folder).st_mtime_ns)
    except OSError:
        return ()


@functools.lru_cache(maxsize=1024)
def _listed(folder: str, _changed: int) -> Sequence[str]:
    """The names in a folder as it was when it was last changed: all of its files ask for them."""
    return tuple(sorted(os.listdir(folder)))

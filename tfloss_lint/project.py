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
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import libcst as cst

from tfloss_lint.folders import around, below, folders_of, is_package, is_test, module_in, package, roots_of
from tfloss_lint.module_file import ModuleFile, importers, module_file
from tfloss_lint.reading.library.table import FUNCTIONS
from tfloss_lint.reading.scope import Frame, Scope
from tfloss_lint.reading.values import Const, Function, Module, Pending, Value
from tfloss_lint.source import is_notebook
from tfloss_lint.units import STAR

if TYPE_CHECKING:
    from tfloss_lint.reading.interpreter import Interpreter
    from tfloss_lint.source import Source

MOST_MODULES = 40
"""Modules read for one file."""
MOST_DEPTH = 4
"""Modules that are being imported by one another."""
MOST_USERS = 5
"""Files that are executed because they import the file."""


@functools.cache
def _libraries() -> frozenset[str]:
    """The first names of modules that are never looked up in a project."""
    return (
        frozenset(name.partition(".")[0] for name in FUNCTIONS) | sys.stdlib_module_names | {"tensorflow", "tf_keras"}
    )


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

    def __init__(self, source: Source, tree: ast.Module, lines: Sequence[str], read: Sequence[ast.stmt]) -> None:
        """``read`` are the statements of the file that are read anyway."""
        self.path = os.path.abspath(source.path)
        self.parts: list[tuple[cst.Module, Sequence[ast.stmt]]] = []
        """Further statements of the file that another module needs."""
        self.texts: list[str] = []
        """What was read of other modules."""
        self._tree_and_lines = tree, lines
        self._read = read
        self._loaded: dict[str, _Loaded] = {}
        self._of_scope: dict[Scope, _Loaded] = {}
        self._depth = 0
        self._folders = folders_of(self.path)

    @staticmethod
    def around(source: Source, tree: ast.Module, lines: Sequence[str], read: Sequence[ast.stmt]) -> Project | None:
        """The project around a file on disk; text from elsewhere has none."""
        return Project(source, tree, lines, read) if os.path.isfile(source.path) else None

    @functools.cached_property
    def _read_anyway(self) -> frozenset[int]:
        """The lines where the statements begin that are read anyway."""
        return frozenset(statement.lineno for statement in self._read)

    @functools.cached_property
    def _own(self) -> ModuleFile:
        tree, lines = self._tree_and_lines
        return ModuleFile(tree, lines)

    # For the interpreter

    def attach(self, interpreter: Interpreter) -> None:
        """Let the interpreter's imports look here."""
        self._interpreter = interpreter
        interpreter.surroundings = self
        own = _Loaded(self.path, None, os.path.dirname(self.path) if is_package(self.path) else "", interpreter.module)
        self._loaded[self.path] = self._of_scope[interpreter.module] = own

    def release(self) -> None:
        """Undo the circles of references, as ``Interpreter.release`` does."""
        for loaded in self._loaded.values():
            loaded.scope.names.clear()
            loaded.scope.late.clear()
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
            return below(folder, parts) if parts else package(folder)
        if parts[0] in _libraries():
            return None
        return module_in(roots_of(folders_of(importer)), parts, importer)

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
        file = None if is_folder else module_file(path)
        if len(self._loaded) >= MOST_MODULES or (file is None and not is_folder):
            return None
        folder = path if is_folder else os.path.dirname(path) if is_package(path) else ""
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
        submodule = below(loaded.folder, [name]) if loaded.folder else None
        return None if submodule is None else self._module(submodule)

    def _define(self, loaded: _Loaded, name: str) -> None:
        """Execute what a name of a module needs, if it has that name."""
        file = self._own if loaded.path == self.path else loaded.file
        if file is not None and (name in file.names or STAR in file.names):
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
        if not is_own:
            self.texts.append(piece.text)
        for statement in piece.imports:
            self._interpreter.bring(statement, loaded.scope)
        module = None if piece.imports else file.parsed(at)
        if module is not None:
            if is_own:
                self.parts.append((module, piece.statements))
            if piece.methods:
                methods = {name: functools.partial(file.method, at, name) for name in piece.methods}
                self._interpreter.methods_elsewhere[module.body[0]] = methods
            self._interpreter.run_elsewhere(module.body, loaded.scope)

    # Who imports the file

    def _users(self) -> Iterator[tuple[str, frozenset[str]]]:
        """The files beside and above that import the file, nearest first, and the names that these give to its own."""
        own = os.path.dirname(self.path) if is_package(self.path) else self.path
        stem = os.path.basename(own).removesuffix(".py")
        if is_notebook(self.path) or is_test(self.path, self._folders[-1]):
            return
        for path in importers(stem, around(self._folders)):
            file = module_file(path) if path != self.path else None
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
            elif found == self.path and each.name == STAR:
                yield from self._own.names
            elif found == self.path or _submodule(found, each.name) == self.path:
                yield each.bound


def _submodule(found: str | None, name: str) -> str | None:
    if found is None or not (is_package(found) or not found.endswith(".py")):
        return None
    return below(os.path.dirname(found) if found.endswith(".py") else found, [name])

"""Lexical scopes and the functions being executed in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import libcst as cst

from tfloss_lint.reading.events import Step
from tfloss_lint.reading.values import Class, Function, Module, Value, settled


@dataclass(slots=True)
class Frame:
    """One function being executed: what it returned so far and the step it belongs to."""

    function: Function | None = None
    step: Step | None = None
    owner: Class | None = None
    receiver: Value | None = None
    caller: Frame | None = None
    call: cst.CSTNode | None = None
    """The call that started it, when the file itself has one."""
    depth: int = 0
    loops: int = 0
    """How many loops of this function and of its callers are open."""
    returns: list[tuple[Value, cst.CSTNode]] = field(default_factory=list)
    yields: list[Value] = field(default_factory=list)
    broken: list[dict[str, Value]] = field(default_factory=list)
    """The names at every ``break`` of the innermost loop."""
    continued: list[dict[str, Value]] = field(default_factory=list)
    """The names at every ``continue`` of the innermost loop."""

    def running(self, function: Function) -> bool:
        """Whether the function is being executed already, here or in a caller."""
        frame: Frame | None = self
        while frame is not None:
            if frame.function is not None and frame.function.node is function.node:
                return True
            frame = frame.caller
        return False


class Scope:
    """The names of a module, class or function, and the scope around it."""

    __slots__ = (
        "frame",
        "is_class",
        "is_comprehension",
        "late",
        "missing",
        "names",
        "outer",
        "parent",
        "searching",
        "stars",
        "wildcards",
    )

    def __init__(
        self, parent: Scope | None, frame: Frame, *, is_class: bool = False, is_comprehension: bool = False
    ) -> None:
        self.names: dict[str, Value] = {}
        self.parent = parent
        self.frame = frame
        self.is_class = is_class
        self.is_comprehension = is_comprehension
        self.outer: dict[str, Scope] = {}
        self.wildcards: list[str] = []
        """The libraries, and with leading dots the unknown modules, of which ``import *`` may have brought any name."""
        self.stars: list[Module] = []
        """The modules of the project of which ``import *`` brought all names."""
        self.searching = False
        self.missing: Callable[[str], None] | None = None
        """What executes the statements that a name of the module needs, if they are not executed yet."""
        self.late: dict[str, Value] = {}
        """What it has bound so. The path that asked may be one of several, and end where these meet."""

    def module(self) -> Scope:
        """The outermost scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def find(self, name: str) -> Value | None:
        """The value by Python's rules: class scopes are seen only from within the class body itself."""
        scope, value = self, self.names.get(name)
        while value is None:
            if scope.parent is None:
                return scope._find_outside(name)
            scope = scope.parent
            value = None if scope.is_class else scope.names.get(name)
        return settled(value)

    def _find_outside(self, name: str) -> Value | None:
        """The value of a name that the module does not have so far."""
        if name in self.late:
            return settled(self.late[name])
        if self.missing is not None:
            before = frozenset(self.names)
            self.missing(name)
            self.late.update((new, self.names[new]) for new in self.names.keys() - before)
            if name in self.names:
                return settled(self.names[name])
        # Modules may import one another in a circle.
        if not self.stars or self.searching or name.startswith("_"):
            return None
        self.searching = True
        try:
            found = (module.member(name) for module in reversed(self.stars))
            return next((value for value in found if value is not None), None)
        finally:
            self.searching = False

    def bind(self, name: str, value: Value) -> None:
        """Bind here, or where a ``global`` or ``nonlocal`` statement says."""
        self.outer.get(name, self).names[name] = value

    def declare_global(self, name: str) -> None:
        """Let assignments of the name bind in the module."""
        self.outer[name] = self.module()

    def declare_nonlocal(self, name: str) -> None:
        """Let assignments of the name bind in the function around this one that has it."""
        scope = self.parent
        while scope is not None and scope.parent is not None:
            if not scope.is_class and name in scope.names:
                self.outer[name] = scope
                return
            scope = scope.parent

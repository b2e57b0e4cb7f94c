"""Executing a file abstractly: statements, functions and classes.

Every path is walked, values are joined where paths meet, functions of the file are followed into their bodies, and
loops run until what they carry around no longer changes. The work is bounded (``MOST_WORK`` evaluations,
``MOST_DEPTH`` nested calls); past a bound the answer is ``UNKNOWN``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as AbstractMapping
from collections.abc import Sequence as AbstractSequence
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any, Protocol, TypeAlias

import libcst as cst

from tfloss_lint.reading import expressions, patterns
from tfloss_lint.reading.events import Event, LayerUse, Shown, Step
from tfloss_lint.reading.iteration import iterate
from tfloss_lint.reading.library.forward import Pass
from tfloss_lint.reading.scope import Frame, Scope
from tfloss_lint.reading.values import (
    MORE,
    NONE,
    UNKNOWN,
    Class,
    Const,
    Dataset,
    Function,
    Mapping,
    Module,
    Object,
    Pending,
    Ref,
    Sequence,
    Tensor,
    Value,
    constant,
    join,
    join_all,
    ref,
    same,
)
from tfloss_lint.units import STAR, ImportStatement

MOST_WORK = 100_000
"""Expressions evaluated per file, which takes about a second. Of 4,600 training files one needs more than 40,000."""
MOST_WORK_ELSEWHERE = 25_000
"""How many of them may be spent on other modules of the project: once by the file itself, and once by its users."""
MOST_DEPTH = 12
MOST_ROUNDS = 6
"""How often a loop's body is executed before what still changes is given up as unknown. Twice is the rule."""

Alias: TypeAlias = tuple[str, str | None]
"""What is imported, and the name behind ``as``."""
ACCESSORS = frozenset({"setter", "deleter"})
MEMBER_KINDS = {
    "property": "property",
    "functools.cached_property": "property",
    "staticmethod": "staticmethod",
    "classmethod": "classmethod",
}
"""Decorators that say how a class hands out a member."""
REPLACING_DECORATORS = frozenset({"tf.custom_gradient", "contextlib.contextmanager", "contextlib.asynccontextmanager"})
"""Decorators after which a call returns something else than the function."""


def merged(ends: Iterable[dict[str, Value] | None]) -> dict[str, Value] | None:
    """The names where paths meet; ``None`` when the end of none is reached."""
    alive = [end for end in ends if end is not None]
    if not alive:
        return None
    names = dict(alive[0])
    for other in alive[1:]:
        for name, value in other.items():
            known = names.get(name, value)
            names[name] = value if known is value else join(known, value)
    return names


def widened(entry: dict[str, Value], after: dict[str, Value], *, last: bool) -> dict[str, Value] | None:
    """The names at the start of any round of a loop; ``None`` when a round changes none that it started with."""
    names = dict(entry)
    for name, before in entry.items():
        value = after.get(name, before)
        if value is before or same(before, value) or is_total(value, before):
            continue
        # A counter has more values than there are rounds to try.
        wide = UNKNOWN if last or (is_number(before) and is_number(value)) else join(before, value)
        if not same(wide, before):
            names[name] = wide
    return None if all(names[name] is entry[name] for name in names) else names


def is_number(value: Value) -> bool:
    """Whether it is a constant number; ``True`` and ``False`` are none."""
    number = constant(value)
    return isinstance(number, (int, float)) and not isinstance(number, bool)


def is_total(value: Value, start: Value) -> bool:
    """Whether a round only adds to what starts as a number, as in ``total += loss``: its shape is that of the sum."""
    while isinstance(value, Tensor) and value.op in ("add", "either"):
        value = value.inputs[0]
    return is_number(start) and isinstance(value, Tensor) and value.op == "constant" and value.detail is start


def own(cls: Class, member: Value) -> None:
    """Tell a method whose it is, be it wrapped as a property or not."""
    function = member.args[0] if isinstance(member, Object) and member.args else member
    if isinstance(function, Function):
        function.owner = cls


def _alias(node: cst.ImportAlias) -> Alias:
    return expressions.dotted(node.name), None if node.asname is None else expressions.dotted(node.asname.name)


def _member(module: Module, name: str, other: Value) -> Value:
    return module.member(name) or other


class Surroundings(Protocol):
    """The modules around a file, as far as imports ask for them."""

    def module(self, scope: Scope, name: str, level: int) -> Module | None:
        """The module of that name, as the module of ``scope`` imports it; ``level`` counts the leading dots."""


class Interpreter:
    """Executes the statements of one file and keeps what happened in ``events``."""

    def __init__(self) -> None:
        self.frame = Frame()
        self.module = Scope(None, self.frame)
        self.events: list[Event] = []
        self.work = 0
        self.branches = 0
        """How many undecided branches are open."""
        self.loops_over: list[Value] = []
        """What the open ``for`` loops go over, the innermost last."""
        self.passes: list[Pass] = []
        """The calls of models and layers that are open, the innermost last."""
        self.flags: dict[Tensor, Value] = {}
        """What a layer was told about training, by what it returned; only where it was told something."""
        self.used_for: dict[Tensor, list[LayerUse]] = {}
        """The layers that ran for what a model returned."""
        self.conditions: list[cst.CSTNode] = []
        """Undecided tests, and ``try`` statements with handlers, that what is being executed depends on."""
        self.scopes: list[Object] = []
        """The strategies whose scopes are open, the innermost last."""
        self.replicated: list[Object] = []
        """The strategies on whose replicas is executed what is being executed."""
        self.compiled_as: str | None = None
        """How Keras calls what is being executed, when the file does not call it itself."""
        self.statement: cst.CSTNode | None = None
        self.standing: dict[cst.CSTNode, tuple[cst.CSTNode, cst.CSTNode | None]] = {}
        """The innermost statement of every expression that something is known about, to find its position; and the
        function of the file that it stands in."""
        self.made_by: dict[Tensor, cst.CSTNode] = {}
        """The call of a function of the file that returned a tensor, as the outermost caller writes it."""
        self.returned_by: dict[Tensor, list[Function]] = {}
        """The functions that returned a tensor, the innermost first."""
        self.drawn_from: dict[Tensor, Dataset] = {}
        """The data set that a loop, or ``next``, draws a tensor from."""
        self.functions: list[Function] = []
        """The functions of the file itself, and its classes."""
        self.classes: list[Class] = []
        self.objects: list[Object] = []
        self.executed: set[cst.CSTNode] = set()
        self.surroundings: Surroundings | None = None
        """What finds other modules of the project; without it, imports bring what libraries have."""
        self.events_elsewhere: list[Event] = []
        """What happened when other modules were imported."""
        self.methods_elsewhere: dict[cst.CSTNode, AbstractMapping[str, Callable[[], Iterable[cst.FunctionDef]]]] = {}
        """What parses the methods that a class of another module is left without."""
        self.work_elsewhere = 0
        self.left_at: int | None = None
        """How much work there was when execution left for another module."""

    def release(self) -> None:
        """Undo the circles of references, when nothing will be asked any more.

        Counting references then frees the file's tree. For the garbage collector that is much more work.
        """
        self.surroundings = None
        self.events.clear()
        self.module.names.clear()
        for function in self.functions:
            function.scope.names.clear()
        for cls in self.classes:
            cls.members.clear()
        for made in self.objects:
            made.attrs.clear()

    # Records

    def place(self) -> tuple[Step | None, int, cst.CSTNode | None]:
        """Where execution is: the step, the number of open loops and the function."""
        function = self.frame.function
        return self.frame.step, self.frame.loops, None if function is None else function.node

    def record(self, event: Event) -> None:
        """Write an event down."""
        self.mark(event.node)
        self.events.append(event)

    def mark(self, node: cst.CSTNode) -> None:
        """Remember the statement that the node stands in."""
        if self.statement is not None:
            function = self.frame.function
            self.standing.setdefault(node, (self.statement, None if function is None else function.node))

    def statement_of(self, node: cst.CSTNode) -> cst.CSTNode:
        """The innermost statement of an expression that something is known about. Raises ``KeyError`` for others."""
        return self.standing[node][0]

    def show(self, value: Value, node: cst.CSTNode) -> None:
        """Write down that a value is printed or written into a string."""
        for part in value.items if isinstance(value, Sequence) else [value]:
            if isinstance(part, Tensor):
                self.record(Shown(node, *self.place(), value=part))

    # Statements

    def run(self, module: cst.Module) -> None:
        """Execute top-level statements."""
        self.block(module.body, self.module)

    def run_elsewhere(self, statements: Iterable[cst.BaseStatement], scope: Scope) -> None:
        """Execute statements of another module, wherever execution is just now."""
        kept = self.frame, self.statement, self.branches, self.compiled_as
        held = self.passes, self.conditions, self.events
        self.frame, self.statement, self.branches, self.compiled_as = scope.frame, None, 0, None
        self.passes, self.conditions, self.events = [], [], []
        try:
            with self.elsewhere():
                self.block(statements, scope)
            self.events_elsewhere += self.events
        finally:
            self.frame, self.statement, self.branches, self.compiled_as = kept
            self.passes, self.conditions, self.events = held

    @contextmanager
    def elsewhere(self) -> Iterator[None]:
        """What is executed now is work on other modules, which has a bound of its own and costs the file nothing."""
        if self.left_at is not None:
            yield
            return
        self.left_at = self.work
        try:
            yield
        finally:
            self.work_elsewhere += self.work - self.left_at
            self.work, self.left_at = self.left_at, None

    def exhausted(self) -> bool:
        """Whether there has been more work than the code is worth."""
        if self.left_at is not None and self.work_elsewhere + self.work - self.left_at > MOST_WORK_ELSEWHERE:
            return True
        return self.work > MOST_WORK

    def block(self, body: Iterable[cst.BaseStatement | cst.BaseSmallStatement], scope: Scope) -> bool:
        """Execute statements in order; whether the end is reached."""
        for line in body:
            # LibCST's classes are abstract base classes, which `isinstance` is slow to tell apart.
            for statement in line.body if type(line) is cst.SimpleStatementLine else (line,):
                handler = STATEMENTS.get(type(statement))
                if handler is None:
                    continue
                self.statement = statement
                if not handler(self, statement, scope):
                    return False
        return True

    def suite(self, suite: cst.BaseSuite, scope: Scope) -> bool:
        """Execute the body of a compound statement; whether its end is reached."""
        return self.block(suite.body, scope)

    def _branch(self, scope: Scope, names: dict[str, Value], run: Callable[[], bool]) -> dict[str, Value] | None:
        """Execute from ``names`` on; the names afterwards, or ``None`` when the end is not reached."""
        scope.names = dict(names)
        self.branches += 1
        try:
            alive = run()
        finally:
            self.branches -= 1
        return scope.names if alive else None

    def _merge(self, scope: Scope, ends: Iterable[dict[str, Value] | None]) -> bool:
        """Go on with the names of all paths whose end is reached; whether there is one."""
        names = merged(ends)
        if names is None:
            return False
        scope.names = names
        return True

    def _if(self, node: cst.If, scope: Scope) -> bool:
        test = self.truth(expressions.evaluate(self, node.test, scope))
        orelse: Callable[[], bool] = lambda: True  # noqa: E731
        if isinstance(node.orelse, cst.If):
            other = node.orelse
            orelse = lambda: self._enter(other, scope)  # noqa: E731
        elif node.orelse is not None:
            suite = node.orelse.body
            orelse = lambda: self.suite(suite, scope)  # noqa: E731
        if test is not None:
            return self.suite(node.body, scope) if test else orelse()
        before = scope.names
        with self.under(node.test):
            ends = [
                self._branch(scope, before, lambda: self.suite(node.body, scope)),
                self._branch(scope, before, orelse),
            ]
        return self._merge(scope, ends)

    @contextmanager
    def under(self, condition: cst.CSTNode) -> Iterator[None]:
        """What is executed now depends on a condition."""
        self.conditions.append(condition)
        try:
            yield
        finally:
            self.conditions.pop()

    def _enter(self, node: cst.If, scope: Scope) -> bool:
        self.statement = node
        return self._if(node, scope)

    @staticmethod
    def truth(value: Value) -> bool | None:
        """The truth of a condition that the file settles."""
        if isinstance(value, Const):
            return bool(value.value)
        if isinstance(value, Object) and not value.kind.startswith("tf.data."):
            return True
        return None

    def _for(self, node: cst.For, scope: Scope) -> bool:
        iterable = expressions.evaluate(self, node.iter, scope)
        element = iterate(self, iterable, node.iter)

        def body() -> bool:
            self.statement = node
            expressions.assign(self, node.target, element, scope)
            return self.suite(node.body, scope)

        self.loops_over.append(iterable)
        try:
            return self._loop(scope, body, node.orelse, endless=False)
        finally:
            self.loops_over.pop()

    def _while(self, node: cst.While, scope: Scope) -> bool:
        endless = isinstance(node.test, (cst.Name, cst.Integer)) and node.test.value in ("True", "1")

        def body() -> bool:
            self.statement = node
            expressions.evaluate(self, node.test, scope)
            return self.suite(node.body, scope)

        return self._loop(scope, body, node.orelse, endless=endless)

    def _loop(self, scope: Scope, body: Callable[[], bool], orelse: cst.Else | None, *, endless: bool) -> bool:
        """Execute a loop's body until what it carries from round to round no longer changes."""
        frame, entry, start = scope.frame, scope.names, len(self.events)
        outer = frame.broken, frame.continued
        frame.loops += 1
        try:
            after: dict[str, Value] | None = None
            for rounds_left in reversed(range(MOST_ROUNDS)):
                del self.events[start:]
                frame.broken, frame.continued = [], []
                end = self._branch(scope, entry, body)
                after = merged([end, *frame.continued])
                wider = None if after is None or self.exhausted() else widened(entry, after, last=rounds_left == 1)
                if wider is None:
                    break
                entry = wider
            broken = merged(frame.broken)
        finally:
            frame.loops -= 1
            frame.broken, frame.continued = outer
        # After the loop the names hold what the body left: a loop that never runs shows nothing.
        if endless or (after is None and broken is not None):
            scope.names, alive = dict(entry), False
        else:
            scope.names, alive = {**entry, **(after or {})}, True
        if alive and orelse is not None:
            alive = self.suite(orelse.body, scope)
        return self._merge(scope, [scope.names if alive else None, None if broken is None else {**entry, **broken}])

    def _with(self, node: cst.With, scope: Scope) -> bool:
        opened: list[Object] = []
        for item in node.items:
            value = expressions.evaluate(self, item.item, scope)
            if item.asname is not None:
                expressions.assign(self, item.asname.name, value, scope)
            if isinstance(value, Object) and value.kind == "tf.distribute.Scope":
                opened += [part for part in value.args if isinstance(part, Object)]
        self.scopes += opened
        try:
            return self.suite(node.body, scope)
        finally:
            del self.scopes[len(self.scopes) - len(opened) :]

    def _try(self, node: cst.Try | cst.TryStar, scope: Scope) -> bool:
        before = scope.names
        with self.under(node) if node.handlers else nullcontext():
            ends = [self._branch(scope, before, lambda: self.suite(node.body, scope))]
        # An exception may come before or after any assignment of the body.
        start = merged([before, scope.names])
        if ends[0] is not None and node.orelse is not None:
            orelse = node.orelse.body
            ends = [self._branch(scope, ends[0], lambda: self.suite(orelse, scope))]
        for handler in node.handlers:
            with self.under(node):
                ends.append(self._branch(scope, start or before, lambda handler=handler: self._handle(handler, scope)))  # type: ignore[misc]
        alive = self._merge(scope, ends)
        if node.finalbody is not None:
            if not alive:
                scope.names = dict(before)
            alive = self.suite(node.finalbody.body, scope) and alive
        return alive

    def _handle(self, handler: cst.ExceptHandler | cst.ExceptStarHandler, scope: Scope) -> bool:
        if handler.name is not None:
            expressions.assign(self, handler.name.name, UNKNOWN, scope)
        return self.suite(handler.body, scope)

    def _match(self, node: cst.Match, scope: Scope) -> bool:
        subject = expressions.evaluate(self, node.subject, scope)
        before = scope.names

        def run(case: cst.MatchCase) -> bool:
            self.statement = node
            patterns.capture(self, case.pattern, subject, scope)
            if case.guard is not None:
                expressions.evaluate(self, case.guard, scope)
            return self.suite(case.body, scope)

        ends: list[dict[str, Value] | None] = []
        for case in node.cases:
            matches = patterns.matches(case.pattern, subject)
            if matches is not False:
                ends.append(self._branch(scope, before, lambda case=case: run(case)))  # type: ignore[misc]
            if matches and case.guard is None:
                return self._merge(scope, ends)
        return self._merge(scope, [before, *ends])

    def _assign(self, node: cst.Assign, scope: Scope) -> bool:
        value = expressions.evaluate(self, node.value, scope)
        for target in node.targets:
            expressions.assign(self, target.target, value, scope)
        return True

    def _annotated(self, node: cst.AnnAssign, scope: Scope) -> bool:
        if node.value is not None:
            expressions.assign(self, node.target, expressions.evaluate(self, node.value, scope), scope)
        return True

    def _augmented(self, node: cst.AugAssign, scope: Scope) -> bool:
        before = expressions.evaluate(self, node.target, scope)
        amount = expressions.evaluate(self, node.value, scope)
        value = expressions.augment(self, node, before, amount)
        expressions.assign(self, node.target, value, scope)
        return True

    def _expression(self, node: cst.Expr, scope: Scope) -> bool:
        expressions.evaluate(self, node.value, scope)
        return True

    def _return(self, node: cst.Return, scope: Scope) -> bool:
        value = NONE if node.value is None else expressions.evaluate(self, node.value, scope)
        self.mark(node.value if node.value is not None else node)
        scope.frame.returns.append((value, node.value if node.value is not None else node))
        return False

    def _raise(self, node: cst.Raise, scope: Scope) -> bool:
        return False

    def _break(self, node: cst.Break, scope: Scope) -> bool:
        scope.frame.broken.append(dict(scope.names))
        return False

    def _continue(self, node: cst.Continue, scope: Scope) -> bool:
        scope.frame.continued.append(dict(scope.names))
        return False

    def _assert(self, node: cst.Assert, scope: Scope) -> bool:
        expressions.evaluate(self, node.test, scope)
        return True

    def _del(self, node: cst.Del, scope: Scope) -> bool:
        if isinstance(node.target, cst.Name):
            scope.names.pop(node.target.value, None)
        return True

    def _global(self, node: cst.Global, scope: Scope) -> bool:
        for item in node.names:
            scope.declare_global(item.name.value)
        return True

    def _nonlocal(self, node: cst.Nonlocal, scope: Scope) -> bool:
        for item in node.names:
            scope.declare_nonlocal(item.name.value)
        return True

    # Imports

    def bring(self, statement: ImportStatement, scope: Scope) -> None:
        """Execute an import that ``ast`` has read."""
        aliases = [(alias.name, alias.asname) for alias in statement.names]
        if isinstance(statement, ast.Import):
            self._bring_modules(aliases, scope)
        else:
            self._bring_members(statement.module or "", statement.level, aliases, scope)

    def _import(self, node: cst.Import, scope: Scope) -> bool:
        self._bring_modules(map(_alias, node.names), scope)
        return True

    def _import_from(self, node: cst.ImportFrom, scope: Scope) -> bool:
        module = "" if node.module is None else expressions.dotted(node.module)
        aliases = [(STAR, None)] if isinstance(node.names, cst.ImportStar) else map(_alias, node.names)
        self._bring_members(module, len(node.relative), aliases, scope)
        return True

    def _bring_modules(self, aliases: Iterable[Alias], scope: Scope) -> None:
        for dotted, alias in aliases:
            name = dotted if alias is not None else dotted.split(".", 1)[0]
            found = None if self.surroundings is None else self.surroundings.module(scope, name, 0)
            scope.bind(alias or name, found or ref(name))

    def _bring_members(self, module: str, level: int, aliases: Iterable[Alias], scope: Scope) -> None:
        found = None if self.surroundings is None else self.surroundings.module(scope, module, level)
        for name, alias in aliases:
            if name != STAR:
                other = UNKNOWN if level else ref(f"{module}.{name}")
                scope.bind(alias or name, other if found is None else Pending(partial(_member, found, name, other)))
            elif found is not None:
                scope.module().stars.append(found)
            else:
                scope.module().wildcards.append("." * level + module)

    # Functions and classes

    def _define(self, node: cst.FunctionDef, scope: Scope) -> bool:
        function = Function(node, scope)
        if scope.module() is self.module:
            self.functions.append(function)
        self.mark(node.name)
        value: Value = function
        for decorator in reversed(node.decorators):
            if isinstance(decorator.decorator, cst.Attribute) and decorator.decorator.attr.value in ACCESSORS:
                return True
            value = self._decorated(value, expressions.evaluate(self, decorator.decorator, scope))
        scope.bind(node.name.value, value)
        return True

    def _decorated(self, value: Value, marker: Value) -> Value:
        """What a decorator makes of a function: those of libraries mostly leave it as it is."""
        if isinstance(marker, Ref) and marker.name in MEMBER_KINDS:
            return Object(MEMBER_KINDS[marker.name], args=[value])
        if isinstance(marker, Ref) and marker.name in REPLACING_DECORATORS:
            return UNKNOWN
        return self.call_function(marker, [value], {}) if isinstance(marker, Function) else value

    def _define_class(self, node: cst.ClassDef, scope: Scope) -> bool:
        bases = [expressions.evaluate(self, base.value, scope) for base in node.bases]
        inner = Scope(scope, scope.frame, is_class=True)
        cls = Class(node.name.value, node, bases, inner.names)
        for name, parse in self.methods_elsewhere.get(node, {}).items():
            inner.names[name] = Pending(partial(self._define_method, cls, inner, name, parse))
        self.suite(node.body, inner)
        cls.members = inner.names
        for member in cls.members.values():
            own(cls, member)
        if scope.module() is self.module:
            self.classes.append(cls)
        scope.bind(cls.name, cls)
        return True

    def _define_method(
        self, cls: Class, scope: Scope, name: str, parse: Callable[[], Iterable[cst.FunctionDef]]
    ) -> Value:
        """Execute the definitions of a method of another module that is needed now."""
        scope.names.pop(name, None)
        self.run_elsewhere(parse(), scope)
        member = scope.names.get(name, UNKNOWN)
        own(cls, member)
        return member

    def call_function(
        self,
        function: Function,
        args: AbstractSequence[Value],
        kwargs: dict[str, Value],
        *,
        call: cst.CSTNode | None = None,
    ) -> Value:
        """What the function returns for these arguments; ``UNKNOWN`` past a bound."""
        return join_all(value for value, _ in self.returns_of(function, args, kwargs, call=call))

    def ask(self, function: Function) -> Value:
        """What a function without arguments returns, without writing down what happens on the way."""
        return self.quietly(lambda: self.call_function(function, [], {}))

    def quietly(self, run: Callable[[], Value]) -> Value:
        """A value, without writing down what happens on the way."""
        written = len(self.events)
        value = run()
        del self.events[written:]
        return value

    def returns_of(
        self,
        function: Function,
        args: AbstractSequence[Value],
        kwargs: dict[str, Value],
        *,
        step: Step | None = None,
        call: cst.CSTNode | None = None,
    ) -> list[tuple[Value, cst.CSTNode]]:
        """Every value that a call may return, each with the expression it comes from; empty past a bound."""
        if self.left_at is None and self.surroundings is not None and function.scope.module() is not self.module:
            with self.elsewhere():
                return self.returns_of(function, args, kwargs, step=step, call=call)
        caller = self.frame
        if caller.depth >= MOST_DEPTH or caller.running(function) or self.exhausted():
            return []
        self.executed.add(function.node)
        frame = Frame(
            function, step or caller.step, function.owner, function.bound, caller, call, caller.depth + 1, caller.loops
        )
        scope = Scope(function.scope, frame)
        positional = [*([function.bound] if function.bound is not None else []), *args]
        statement = self.statement
        # Defaults and a lambda's body stand where the function is defined, not where it is called.
        self.statement = function.statement or function.node
        if frame.receiver is None and function.owner is not None and positional:
            frame.receiver = positional[0]
        bind_parameters(self, function, positional, kwargs, scope)
        self.frame = frame
        node = function.node
        try:
            if isinstance(node, cst.Lambda):
                self.mark(node.body)
                return [(expressions.evaluate(self, node.body, scope), node.body)]
            if self.suite(node.body, scope):
                self.statement = node
                self.mark(node)
                frame.returns.append((NONE, node))
            if frame.yields:
                generated = Sequence([], True)
                generated.include(frame.yields)
                return [(generated, node)]
            return frame.returns if node.asynchronous is None else []
        finally:
            self.statement, self.frame = statement, caller


def bind_parameters(
    interpreter: Interpreter,
    function: Function,
    args: AbstractSequence[Value],
    kwargs: dict[str, Value],
    scope: Scope,
) -> None:
    """Give a function's parameters their arguments, defaults, or ``UNKNOWN``."""
    params = function.node.params
    positional = [*params.posonly_params, *params.params]
    rest = dict(kwargs)
    more = rest.pop(MORE, None) is not None
    for index, param in enumerate([*positional, *params.kwonly_params]):
        name = param.name.value
        if index < min(len(args), len(positional)):
            scope.names[name] = args[index]
        elif name in rest:
            scope.names[name] = rest.pop(name)
        else:
            scope.names[name] = UNKNOWN if more else default(interpreter, param, function.scope)
    if isinstance(params.star_arg, cst.Param):
        scope.names[params.star_arg.name.value] = Sequence(list(args[len(positional) :]), open=more)
    if params.star_kwarg is not None:
        named: dict[object, Value] = {}
        named.update(rest.items())
        scope.names[params.star_kwarg.name.value] = Mapping(named, open=more)


def default(interpreter: Interpreter, param: cst.Param, scope: Scope) -> Value:
    """A parameter's default; the arguments of calls that the file does not show stay unknown."""
    return UNKNOWN if param.default is None else expressions.evaluate(interpreter, param.default, scope)


STATEMENTS: dict[type[cst.CSTNode], Callable[[Interpreter, Any, Scope], bool]] = {
    cst.If: Interpreter._if,
    cst.For: Interpreter._for,
    cst.While: Interpreter._while,
    cst.With: Interpreter._with,
    cst.Try: Interpreter._try,
    cst.TryStar: Interpreter._try,
    cst.Match: Interpreter._match,
    cst.Assign: Interpreter._assign,
    cst.AnnAssign: Interpreter._annotated,
    cst.AugAssign: Interpreter._augmented,
    cst.Expr: Interpreter._expression,
    cst.Return: Interpreter._return,
    cst.Raise: Interpreter._raise,
    cst.Break: Interpreter._break,
    cst.Continue: Interpreter._continue,
    cst.Assert: Interpreter._assert,
    cst.Del: Interpreter._del,
    cst.Global: Interpreter._global,
    cst.Nonlocal: Interpreter._nonlocal,
    cst.Import: Interpreter._import,
    cst.ImportFrom: Interpreter._import_from,
    cst.FunctionDef: Interpreter._define,
    cst.ClassDef: Interpreter._define_class,
}

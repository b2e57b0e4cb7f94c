"""Executing a file abstractly: statements, functions and classes.

Every path is walked, values are joined where paths meet, functions of the file are followed into their bodies, and
loops run until what they carry around no longer changes. The work is bounded (``MOST_WORK`` evaluations,
``MOST_DEPTH`` nested calls); past a bound the answer is ``UNKNOWN``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence as AbstractSequence
from typing import Any

import libcst as cst

from tfloss_lint.names import canonical
from tfloss_lint.reading import calls, expressions
from tfloss_lint.reading.events import Event, Step
from tfloss_lint.reading.scope import Frame, Scope
from tfloss_lint.reading.values import (
    NONE,
    UNKNOWN,
    Class,
    Const,
    Function,
    Mapping,
    Object,
    Ref,
    Sequence,
    Tensor,
    Value,
    join,
    join_all,
    same,
)

MOST_WORK = 400_000
"""Expressions evaluated per file. A 3,000-line training script takes about 40,000."""
MOST_DEPTH = 12


class Interpreter:
    """Executes the statements of one file and keeps what happened in ``events``."""

    def __init__(self) -> None:
        self.frame = Frame()
        self.module = Scope(None, self.frame)
        self.events: list[Event] = []
        self.work = 0
        self.branches = 0
        """How many undecided branches are open."""
        self.compiled_as: str | None = None
        """How Keras calls what is being executed, when the file does not call it itself."""
        self.statement: cst.CSTNode | None = None
        self.statement_of: dict[cst.CSTNode, cst.CSTNode] = {}
        """The innermost statement of every expression that something is known about, to find its position."""
        self.function_of: dict[cst.CSTNode, cst.CSTNode | None] = {}
        """The function of the file that such an expression stands in."""
        self.made_by: dict[Tensor, cst.CSTNode] = {}
        """The call of a function of the file that returned a tensor, as the outermost caller writes it."""
        self.functions: list[Function] = []
        self.classes: list[Class] = []
        self.objects: list[Object] = []
        self.executed: set[cst.CSTNode] = set()

    # Records

    def place(self) -> tuple[Step | None, int, cst.CSTNode | None]:
        """Where execution is: the step, the number of open loops and the function."""
        function = self.frame.function
        return self.frame.step, self.frame.loops, None if function is None else function.node

    def record(self, event: Event) -> None:
        self.mark(event.node)
        self.events.append(event)

    def mark(self, node: cst.CSTNode) -> None:
        """Remember the statement that the node stands in."""
        if self.statement is not None and node not in self.statement_of:
            self.statement_of[node] = self.statement
            function = self.frame.function
            self.function_of[node] = None if function is None else function.node

    # Statements

    def run(self, module: cst.Module) -> None:
        """Execute top-level statements."""
        self.block(module.body, self.module)

    def block(self, body: Iterable[cst.BaseStatement | cst.BaseSmallStatement], scope: Scope) -> bool:
        """Execute statements in order; whether the end is reached."""
        for statement in body:
            if isinstance(statement, cst.SimpleStatementLine):
                if not self.block(statement.body, scope):
                    return False
                continue
            handler = STATEMENTS.get(type(statement))
            if handler is None:
                continue
            self.statement = statement
            if not handler(self, statement, scope):
                return False
        return True

    def suite(self, suite: cst.BaseSuite, scope: Scope) -> bool:
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

    def _merge(self, scope: Scope, ends: AbstractSequence[dict[str, Value] | None]) -> bool:
        """Join the names of all paths whose end is reached."""
        alive = [end for end in ends if end is not None]
        if not alive:
            return False
        merged = dict(alive[0])
        for other in alive[1:]:
            for name in merged.keys() | other.keys():
                if name not in merged:
                    merged[name] = other[name]
                elif name in other and merged[name] is not other[name]:
                    merged[name] = join(merged[name], other[name])
        scope.names = {name: merged[name] for name in sorted(merged)} if len(alive) > 1 else merged
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
        ends = [
            self._branch(scope, before, lambda: self.suite(node.body, scope)),
            self._branch(scope, before, orelse),
        ]
        return self._merge(scope, ends)

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
        element = calls.iterate(self, iterable, node.iter)

        def body() -> bool:
            self.statement = node
            expressions.assign(self, node.target, element, scope)
            return self.suite(node.body, scope)

        self._loop(scope, body)
        if node.orelse is not None:
            return self.suite(node.orelse.body, scope)
        return True

    def _while(self, node: cst.While, scope: Scope) -> bool:
        expressions.evaluate(self, node.test, scope)
        self._loop(scope, lambda: self.suite(node.body, scope))
        if node.orelse is not None:
            return self.suite(node.orelse.body, scope)
        return True

    def _loop(self, scope: Scope, body: Callable[[], bool]) -> None:
        """Execute a loop's body once, and a second time when it carries something around."""
        before, start = scope.names, len(self.events)
        scope.frame.loops += 1
        left, scope.frame.left = scope.frame.left, []

        def once(names: dict[str, Value]) -> dict[str, Value] | None:
            scope.frame.left.clear()
            end = self._branch(scope, names, body)
            return scope.names if self._merge(scope, [end, *scope.frame.left]) else None

        try:
            after = once(before)
            if after is not None and self._carries(before, after):
                self._merge(scope, [before, after])
                entry = scope.names
                del self.events[start:]
                after = once(entry)
                before = entry
        finally:
            scope.frame.loops -= 1
            scope.frame.left = left
        # After the loop the names hold what the body left: a loop that never runs shows nothing.
        scope.names = dict(before) if after is None else {**before, **after}

    @staticmethod
    def _carries(before: dict[str, Value], after: dict[str, Value]) -> bool:
        return any(
            name in after and not same(value, after[name]) and not isinstance(value, Const)
            for name, value in before.items()
        )

    def _with(self, node: cst.With, scope: Scope) -> bool:
        for item in node.items:
            value = expressions.evaluate(self, item.item, scope)
            if item.asname is not None:
                expressions.assign(self, item.asname.name, value, scope)
        return self.suite(node.body, scope)

    def _try(self, node: cst.Try | cst.TryStar, scope: Scope) -> bool:
        before = scope.names
        body = self._branch(scope, before, lambda: self.suite(node.body, scope))
        ends = [body]
        for handler in node.handlers:
            start = before if body is None else {**before, **{k: v for k, v in body.items() if k not in before}}
            ends.append(self._branch(scope, start, lambda handler=handler: self.suite(handler.body, scope)))  # type: ignore[misc]
        alive = self._merge(scope, ends)
        if alive and node.orelse is not None and body is not None:
            alive = self.suite(node.orelse.body, scope)
        if node.finalbody is not None:
            if not alive:
                scope.names = dict(before)
            alive = self.suite(node.finalbody.body, scope) and alive
        return alive

    def _match(self, node: cst.Match, scope: Scope) -> bool:
        expressions.evaluate(self, node.subject, scope)
        before = scope.names
        ends: list[dict[str, Value] | None] = [before]
        for case in node.cases:
            ends.append(self._branch(scope, before, lambda case=case: self.suite(case.body, scope)))  # type: ignore[misc]
        return self._merge(scope, ends)

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

    def _leave(self, node: cst.CSTNode, scope: Scope) -> bool:
        """``break`` and ``continue``: what follows is dead, the names so far reach the end of the loop."""
        scope.frame.left.append(dict(scope.names))
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

    def _import(self, node: cst.Import, scope: Scope) -> bool:
        for alias in node.names:
            dotted = expressions.dotted(alias.name)
            if alias.asname is not None:
                scope.bind(expressions.dotted(alias.asname.name), Ref(canonical(dotted), dotted))
            else:
                root = dotted.split(".", 1)[0]
                scope.bind(root, Ref(canonical(root), root))
        return True

    def _import_from(self, node: cst.ImportFrom, scope: Scope) -> bool:
        module = "" if node.module is None else expressions.dotted(node.module)
        if isinstance(node.names, cst.ImportStar):
            if not node.relative:
                scope.module().wildcards.append(module)
            return True
        for alias in node.names:
            name = expressions.dotted(alias.name)
            bound = name if alias.asname is None else expressions.dotted(alias.asname.name)
            dotted = f"{module}.{name}"
            scope.bind(bound, UNKNOWN if node.relative else Ref(canonical(dotted), dotted))
        return True

    # Functions and classes

    def _define(self, node: cst.FunctionDef, scope: Scope) -> bool:
        function = Function(node, scope)
        self.functions.append(function)
        value: Value = function
        for decorator in node.decorators:
            marker = expressions.evaluate(self, decorator.decorator, scope)
            if isinstance(marker, Ref) and marker.name in ("property", "staticmethod", "classmethod"):
                value = Object(marker.name, args=[function])
            elif isinstance(decorator.decorator, cst.Attribute) and decorator.decorator.attr.value == "setter":
                return True
        scope.bind(node.name.value, value)
        return True

    def _define_class(self, node: cst.ClassDef, scope: Scope) -> bool:
        bases = [expressions.evaluate(self, base.value, scope) for base in node.bases]
        inner = Scope(scope, scope.frame, is_class=True)
        cls = Class(node.name.value, node, bases, inner.names)
        self.suite(node.body, inner)
        cls.members = inner.names
        for member in cls.members.values():
            function = member.args[0] if isinstance(member, Object) and member.args else member
            if isinstance(function, Function):
                function.owner = cls
        self.classes.append(cls)
        scope.bind(cls.name, cls)
        return True

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
        written = len(self.events)
        value = self.call_function(function, [], {})
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
        caller = self.frame
        if caller.depth >= MOST_DEPTH or caller.running(function) or self.work > MOST_WORK:
            return []
        self.executed.add(function.node)
        frame = Frame(
            function, step or caller.step, function.owner, function.bound, caller, call, caller.depth + 1, caller.loops
        )
        scope = Scope(function.scope, frame)
        positional = [*([function.bound] if function.bound is not None else []), *args]
        statement, branches = self.statement, self.branches
        # Defaults and a lambda's body stand where the function is defined, not where it is called.
        self.statement = function.statement or function.node
        if frame.receiver is None and function.owner is not None and positional:
            frame.receiver = positional[0]
        bind_parameters(self, function, positional, kwargs, scope)
        self.branches, self.frame = 0, frame
        node = function.node
        try:
            if isinstance(node, cst.Lambda):
                self.mark(node.body)
                return [(expressions.evaluate(self, node.body, scope), node.body)]
            if self.suite(node.body, scope):
                self.statement = node
                self.mark(node)
                frame.returns.append((NONE, node))
            return frame.returns if node.asynchronous is None else []
        finally:
            self.statement, self.branches, self.frame = statement, branches, caller


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
    for index, param in enumerate(positional):
        name = param.name.value
        if index < len(args):
            scope.names[name] = args[index]
        elif name in rest:
            scope.names[name] = rest.pop(name)
        else:
            scope.names[name] = default(interpreter, param, function.scope)
    for param in params.kwonly_params:
        name = param.name.value
        scope.names[name] = rest.pop(name) if name in rest else default(interpreter, param, function.scope)
    if isinstance(params.star_arg, cst.Param):
        scope.names[params.star_arg.name.value] = Sequence(list(args[len(positional) :]))
    if params.star_kwarg is not None:
        scope.names[params.star_kwarg.name.value] = Mapping(dict(rest))


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
    cst.Break: Interpreter._leave,
    cst.Continue: Interpreter._leave,
    cst.Assert: Interpreter._assert,
    cst.Del: Interpreter._del,
    cst.Global: Interpreter._global,
    cst.Nonlocal: Interpreter._nonlocal,
    cst.Import: Interpreter._import,
    cst.ImportFrom: Interpreter._import_from,
    cst.FunctionDef: Interpreter._define,
    cst.ClassDef: Interpreter._define_class,
}

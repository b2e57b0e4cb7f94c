"""Rewrites a program in memory, so that the probe can look at the expressions of its sites and run them again.

The rewriting is textual, at the places of the program's ``ast``: expressions are wrapped where they stand, and whole
lines are added in between. So everything else stays as the user wrote it, and every line knows the line it came from,
which the child gives back to Python before it compiles the text.

A site is measured with a *carrier*, code around it that can be run again with other operands:

=========== ============================================ =========================================================
carrier     the text                                     what it becomes
=========== ============================================ =========================================================
expression  ``tf.reduce_mean(tf.square(y - p))``         ``probe.expression(7, lambda: (tf.reduce_mean(...)))``
function    ``def mse(y_true, y_pred): ...``             the same, decorated with ``@probe.function(2)``
step        ``def train_step(self, data): ...``          the same, decorated with ``@probe.step(4)``; only watched
block       ``with tf.GradientTape() as tape: ...``      the same, after a function with the block's text that returns
                                                         what the tape differentiates: ``probe.leave(3, block)``
replicas    (none)                                       the values of place and operands are noted in every replica
=========== ============================================ =========================================================
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tfloss_lint.span import Span
from tfloss_lint.verify.site import Site

PROBE = "__tfloss_probe__"
"""The name of the probe in the rewritten text. It ends in underscores, so classes do not mangle it."""
STEPS = ("train_step", "test_step")
PURE_ROOTS = frozenset({"tensorflow", "keras", "tf_keras", "numpy", "math"})
"""Modules whose functions may be called again without harm."""
COMPILED = frozenset({"accuracy", "encoding", "logits"})
"""Relations of losses and metrics that Keras calls, where a claim about them has no operands."""
OF_EPOCHS = frozenset({"remade metric", "reset"})
"""Relations that begin again with every epoch."""
IMPURE = frozenset({"update_state", "assign", "assign_add", "assign_sub", "apply_gradients", "minimize", "gradient"})

ONLY_WATCHED = {"replica mean": "replicas"}
"""The carriers of relations that look on, and run nothing again."""

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
Functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True)
class Instrumented:
    """The rewritten text, the original line of each of its lines, and the carriers of each site in order of worth."""

    text: str
    lines: Sequence[int]
    carriers: Mapping[int, Sequence[str]]
    next_number: int
    """The first number that is free for another file."""


def instrument(text: str, sites: Iterable[Site], first: int = 1) -> Instrumented:
    """Rewrite a file of a program. Raises ``SyntaxError`` if it does not parse.

    Functions, steps and blocks are numbered from ``first`` on; no two files of a run may share a number.
    """
    return _Instrumenter(text, first).run(list(sites))


class _Instrumenter:
    def __init__(self, text: str, first: int) -> None:
        self.lines = text.split("\n")
        self.first = first
        self.tree = ast.parse(text)
        self.parents: dict[ast.AST, ast.AST] = {
            child: parent for parent in ast.walk(self.tree) for child in ast.iter_child_nodes(parent)
        }
        self.expressions = [node for node in ast.walk(self.tree) if isinstance(node, ast.expr)]
        self.pure = _pure_names(self.tree)
        self.edits: list[_Edit] = []
        self.before: dict[int, list[_Line]] = {}
        self.after: dict[int, list[_Line]] = {}
        self.regions: dict[ast.AST, int] = {}
        self.blocks: list[tuple[ast.With, int]] = []
        self.functions: set[int] = set()

    def run(self, sites: Sequence[Site]) -> Instrumented:
        for step in self._steps():
            self._decorate(step, f"@{PROBE}.step({self._number(step)})")
        carriers = {site.id: self.site(site) for site in sites}
        edited = self._edited_lines()
        for block, number in self.blocks:
            self._add_block(block, number, edited)
        text, lines = self._assembled(edited)
        return Instrumented(text, lines, carriers, self.first + len(self.regions))

    # --- sites

    def site(self, site: Site) -> list[str]:
        """Wrap the expressions of a site and choose its carriers."""
        claim = site.claim
        if claim.relation == "reset override":
            return self._override(site)
        place = self.find(claim.place)
        operands = {role: self.find(span) for role, span in claim.operands}
        if place is None or None in operands.values():
            return []
        if claim.relation == "member":
            return self._member(site, place)
        nodes = {role: node for role, node in operands.items() if node is not None}
        for role, node in nodes.items():
            self.wrap(node, f"{PROBE}.tap({site.id}, {role!r}, (", "))")
        self.wrap(place, f"{PROBE}.tap({site.id}, 'place', (", "))")
        if claim.relation in ONLY_WATCHED:
            return [f"{ONLY_WATCHED[claim.relation]} {site.id}"]
        if claim.relation == "loss scale":
            asked = self._block_asked(place)
            return [f"block {asked}"] if asked is not None else []
        carriers = []
        anchor = nodes.get("call", place)
        step = self._enclosing(anchor, Functions)
        if step in self.regions and isinstance(step, ast.FunctionDef) and step.name in STEPS:
            carriers.append(f"step {self.regions[step]}")
        if claim.relation == "batch means":
            self._mark_batches(site.id, nodes["value"])
        if claim.relation in OF_EPOCHS:
            self._mark_epochs(site.id, place)
        if claim.relation in COMPILED and not nodes:
            return [f"compiled {site.id}"]
        if (region := self._function(anchor)) is not None:
            carriers.append(f"function {region}")
        if (region := self._block(anchor)) is not None:
            carriers.append(f"block {region}")
        # Operands in a function that the place calls are met while the place is evaluated.
        if (whole := self.widest(self._around(anchor, nodes.values()))) is not None:
            # What else the expression uses may have a row for each sample, as the operands have.
            for number, other in enumerate(self._others(whole, set(nodes.values()))):
                self.wrap(other, f"{PROBE}.tap({site.id}, 'other {number}', (", "))")
            self.wrap(whole, f"{PROBE}.expression({site.id}, lambda: (", "))")
            carriers.append(f"expression {site.id}")
        return carriers

    def _member(self, site: Site, place: ast.expr) -> list[str]:
        """Have the use of a member or an argument told."""
        facts = dict(site.claim.facts)
        told = f"{site.id}, {facts['name']!r}"
        parent = self.parents.get(place)
        call = self.parents.get(parent) if isinstance(parent, ast.keyword) else parent
        is_called = isinstance(call, ast.Call) and (call is not parent or call.func is place)
        used = call.func if isinstance(call, ast.Call) and is_called else place
        if not _may_run_again(used):
            return []
        if facts["how"] == "assigned":
            return [f"member {site.id}"] if self._told_of_assignment(place, told) else []
        if facts["how"] == "read" and isinstance(place, ast.Attribute):
            self.wrap(place.value, f"{PROBE}.owner({site.id}, (", "))")
        self.wrap(used, f"{PROBE}.{'calling' if is_called else 'reading'}({told}, lambda: (", "))")
        return [f"member {site.id}"]

    def _override(self, site: Site) -> list[str]:
        """Have the calls of a method told."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef) and node.lineno == site.claim.place.line and self._begins_line(node):
                self._decorate(node, f"@{PROBE}.override({site.id})")
                return [f"override {site.id}"]
        return []

    def _told_of_assignment(self, place: ast.expr, told: str) -> bool:
        """Tell of an assignment to a member, if its owner can be asked for before."""
        statement = self._enclosing(place, (ast.stmt,))
        if not isinstance(place, ast.Attribute) or not isinstance(statement, ast.stmt):
            return False
        if not _is_plain_name(place.value) or not self._begins_line(statement):
            return False
        indent = self.lines[statement.lineno - 1][: self.column(statement.lineno, statement.col_offset)]
        line = f"{indent}{PROBE}.assigning({told}, {self._segment(place.value)})"
        self._insert(self.before, statement.lineno, [line], [statement.lineno])
        return True

    def find(self, span: Span) -> ast.expr | None:
        """The expression at a place; parentheses around it may or may not belong to the place."""
        inside = [node for node in self.expressions if _within(self.span(node), span)]
        return min(inside, key=lambda node: (self.span(node).line, self.span(node).column, -_size(node)), default=None)

    def _around(self, anchor: ast.expr, operands: Iterable[ast.expr]) -> ast.expr:
        """The smallest expression that holds the anchor and those operands that stand in its statement."""
        statement = self._enclosing(anchor, (ast.stmt,))
        near = [node for node in operands if self._enclosing(node, (ast.stmt,)) is statement]
        return self.common([anchor, *near]) or anchor

    def common(self, nodes: Sequence[ast.expr]) -> ast.expr | None:
        """The smallest expression that holds all of these; ``None`` if they stand in several statements."""
        chains = [list(self._chain(node)) for node in nodes]
        return next((node for node in chains[0] if all(node in chain for chain in chains)), None)

    def _chain(self, node: ast.AST) -> Iterator[ast.expr]:
        """The expression and those around it, up to its statement or to a function of its own."""
        current: ast.AST | None = node
        while current is not None and not isinstance(current, (ast.stmt, ast.Lambda, ast.comprehension)):
            if isinstance(current, ast.expr):
                yield current
            current = self.parents.get(current)

    def widest(self, node: ast.expr) -> ast.expr | None:
        """The widest expression around a node that may be evaluated again; ``None`` if not even the node itself may."""
        if not _may_run_again(node):
            return None
        widest = node
        for wider in self._chain(node):
            if wider is node:
                continue
            if not (isinstance(wider, (ast.BinOp, ast.UnaryOp)) or self._is_pure_call(wider)):
                break
            if not _may_run_again(wider):
                break
            widest = wider
        return widest

    def _others(self, node: ast.AST, operands: Collection[ast.AST]) -> Iterator[ast.expr]:
        """The variables, attributes and items that an expression reads, outside of its operands."""
        if node in operands or isinstance(node, (ast.JoinedStr, *Functions, *COMPREHENSIONS)):
            return
        if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) and (root := _root(node)) is not None:
            if root.id not in self.pure and not hasattr(builtins, root.id):
                yield node
            return
        for child in ast.iter_child_nodes(node):
            if isinstance(node, ast.Call) and child is node.func and _root(child) is not None:
                continue
            yield from self._others(child, operands)

    def _is_pure_call(self, node: ast.expr) -> bool:
        """Whether it calls a function of a numerical library, imported by this file."""
        if not isinstance(node, ast.Call):
            return False
        root: ast.expr = node.func
        while isinstance(root, ast.Attribute):
            if root.attr in IMPURE:
                return False
            root = root.value
        return isinstance(root, ast.Name) and root.id in self.pure

    # --- carriers

    def _function(self, node: ast.AST) -> int | None:
        """The function around an expression, if all that it does is to make a value of its arguments."""
        function = self._enclosing(node, Functions)
        if not isinstance(function, ast.FunctionDef) or function.name in STEPS or not _is_plain(function):
            return None
        returns = any(isinstance(part, ast.Return) and part.value is not None for part in _own_nodes(function.body))
        loops = any(isinstance(part, (ast.For, ast.While)) for part in _own_nodes(function.body))
        if not (_parameters(function) and returns) or loops or self._tapes_in(function):
            return None
        number = self._number(function)
        if number not in self.functions:
            self.functions.add(number)
            self._decorate(function, f"@{PROBE}.function({number})")
        return number

    def _block(self, node: ast.AST) -> int | None:
        """The block of a tape around an expression, if its text can be made a function."""
        current = self.parents.get(node)
        while current is not None and not isinstance(current, (*Functions, ast.ClassDef)):
            if isinstance(current, ast.With) and _tape_name(current) is not None:
                return self._block_of(current)
            current = self.parents.get(current)
        return None

    def _block_asked(self, target: ast.expr) -> int | None:
        """The block of the tape whose gradient of a target is asked."""
        call = self.parents.get(target)
        owner = call.func.value if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else None
        if not isinstance(owner, ast.Name):
            return None
        scope = self._enclosing(target, (*Functions, ast.Module))
        blocks = [
            node
            for node in ast.walk(scope or self.tree)
            if isinstance(node, ast.With) and _tape_name(node) == owner.id and node.lineno <= target.lineno
        ]
        return self._block_of(blocks[-1]) if blocks else None

    def _block_of(self, block: ast.With) -> int | None:
        if not self._can_be_a_function(block):
            return None
        number = self._number(block)
        if (block, number) not in self.blocks:
            self.blocks.append((block, number))
        return number

    def _can_be_a_function(self, block: ast.With) -> bool:
        first = block.body[0]
        on_own_lines = first.lineno > block.items[-1].context_expr.lineno and self._begins_line(first)
        return on_own_lines and self._begins_line(block) and not any(map(_leaves_function, _with_loops(block.body)))

    def _begins_line(self, statement: ast.stmt) -> bool:
        return not self.lines[statement.lineno - 1][: self.column(statement.lineno, statement.col_offset)].strip()

    def _tapes_in(self, function: ast.FunctionDef) -> bool:
        return any(isinstance(node, ast.With) and _tape_name(node) is not None for node in ast.walk(function))

    def _add_block(self, block: ast.With, number: int, edited: Sequence[str]) -> None:
        tape = _tape_name(block)
        body = list(block.body)
        # What the tape is asked for inside its own block cannot be asked twice.
        asked = next((at for at, statement in enumerate(body) if _gradient_of(statement, tape) is not None), len(body))
        target = self._target(block, tape)
        kept = body[:asked]
        if not kept:
            return
        indent = self.lines[block.lineno - 1][: self.column(block.lineno, block.col_offset)]
        inner = self.lines[kept[0].lineno - 1][: self.column(kept[0].lineno, kept[0].col_offset)]
        names = self._names(block, kept)
        parameters = ", ".join(f"{name}={PROBE}.peek(lambda: {name})" for name in names)
        copied = edited[kept[0].lineno - 1 : (kept[-1].end_lineno or kept[-1].lineno)]
        function = f"__tfloss_block_{number}__"
        lines = [f"{indent}def {function}({parameters}):", *copied, f"{inner}return ({target})"]
        origins = [block.lineno, *range(kept[0].lineno, (kept[-1].end_lineno or kept[-1].lineno) + 1), block.lineno]
        self._insert(self.before, block.lineno, lines, origins)
        self._insert(self.before, body[0].lineno, [f"{inner}{PROBE}.enter({number})"], [body[0].lineno])
        end = block.end_lineno or block.lineno
        self._insert(self.after, end, [f"{indent}{PROBE}.leave({number}, {function})"], [end])

    def _target(self, block: ast.With, tape: str | None) -> str:
        """What the tape differentiates, as the program writes it."""
        scope = self._enclosing(block, (*Functions, ast.Module))
        for node in _own_nodes([scope] if not isinstance(scope, ast.Module) else scope.body):
            found = _gradient_of(node, tape) if isinstance(node, ast.Call) else None
            if found is not None and found.lineno >= block.lineno:
                return " ".join((self._segment(found)).split("\n"))
        return "None"

    def _segment(self, node: ast.expr) -> str:
        span = self.span(node)
        if span.line == span.end_line:
            return self.lines[span.line - 1][span.column - 1 : span.end_column - 1]
        return ast.unparse(node)

    def _names(self, block: ast.With, kept: Sequence[ast.stmt]) -> list[str]:
        """Every name that the block uses; the first parameter of its method first, where ``super()`` needs it."""
        found = {name.id for part in kept for name in ast.walk(part) if isinstance(name, ast.Name)}
        found |= {
            part.name for stmt in kept for part in ast.walk(stmt) if isinstance(part, (ast.FunctionDef, ast.ClassDef))
        }
        if (tape := _tape_name(block)) is not None:
            found.add(tape)
        ordered = sorted(name for name in found if name not in ("super", "__class__") and not hasattr(builtins, name))
        method = self._enclosing(block, Functions)
        if "super" in found and isinstance(method, ast.FunctionDef) and method.args.args:
            first = method.args.args[0].arg
            ordered = [first, *(name for name in ordered if name != first)]
        return ordered

    def _mark_epochs(self, site: int, place: ast.AST) -> None:
        """Say when another round begins of the outermost of several loops around a place, or around its function."""
        loops = self._loops_or_callers(place, 2)
        if len(loops) > 1 and self._begins_line(first := loops[-1].body[0]):
            indent = self.lines[first.lineno - 1][: self.column(first.lineno, first.col_offset)]
            self._insert(self.before, first.lineno, [f"{indent}{PROBE}.epoch({site})"], [first.lineno])

    def _mark_batches(self, site: int, value: ast.AST) -> None:
        """Tell what the innermost loop around a value, or around its function, takes from the data."""
        loop = next(iter(self._loops_or_callers(value, 1)), None)
        if isinstance(loop, ast.For) and self._begins_line(first := loop.body[0]):
            indent = self.lines[first.lineno - 1][: self.column(first.lineno, first.col_offset)]
            target = " ".join(self._segment(loop.target).split("\n"))
            self._insert(
                self.before, first.lineno, [f"{indent}{PROBE}.tap({site}, 'batch', ({target}))"], [first.lineno]
            )

    def _loops_or_callers(self, node: ast.AST, least: int) -> list[ast.For | ast.While]:
        """The loops around a node; where they are fewer, those around the calls of its function."""
        loops = self._loops_around(node)
        function = self._enclosing(node, Functions)
        if len(loops) < least and isinstance(function, ast.FunctionDef):
            return max(map(self._loops_around, self._calls_of(function.name)), key=len, default=[])
        return loops

    def _calls_of(self, name: str) -> list[ast.Call]:
        return [
            call
            for call in self.expressions
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == name
        ]

    def _loops_around(self, node: ast.AST) -> list[ast.For | ast.While]:
        """The loops of the same function around a node, the innermost first."""
        loops: list[ast.For | ast.While] = []
        current = self.parents.get(node)
        while current is not None and not isinstance(current, (*Functions, ast.ClassDef)):
            if isinstance(current, (ast.For, ast.While)):
                loops.append(current)
            current = self.parents.get(current)
        return loops

    def _number(self, node: ast.AST) -> int:
        return self.regions.setdefault(node, self.first + len(self.regions))

    def _steps(self) -> Iterator[ast.FunctionDef]:
        """The overridden steps of all classes."""
        for node in ast.walk(self.tree):
            if not (isinstance(node, ast.FunctionDef) and node.name in STEPS and _is_plain(node)):
                continue
            if isinstance(self.parents.get(node), ast.ClassDef):
                yield node

    def _decorate(self, function: ast.FunctionDef, decorator: str) -> None:
        indent = self.lines[function.lineno - 1][: self.column(function.lineno, function.col_offset)]
        if not indent.strip():
            self._insert(self.before, function.lineno, [indent + decorator], [function.lineno])

    def _enclosing(self, node: ast.AST, kinds: tuple[type, ...]) -> ast.AST | None:
        current = self.parents.get(node)
        while current is not None and not isinstance(current, kinds):
            current = self.parents.get(current)
        return current

    # --- text

    def column(self, line: int, offset: int) -> int:
        """The 0-based column in characters; ``ast`` counts bytes."""
        text = self.lines[line - 1]
        return offset if text.isascii() else len(text.encode("utf-8")[:offset].decode("utf-8"))

    def span(self, node: ast.expr | ast.stmt) -> Span:
        """The place of a node."""
        end_line, end = node.end_lineno or node.lineno, node.end_col_offset or 0
        return Span(
            node.lineno, self.column(node.lineno, node.col_offset) + 1, end_line, self.column(end_line, end) + 1
        )

    def wrap(self, node: ast.expr, before: str, after: str) -> None:
        """Put text around an expression."""
        if isinstance(node, (ast.Starred, ast.GeneratorExp)) or isinstance(self.parents.get(node), ast.JoinedStr):
            return
        self.edits.append(_Edit(self.span(node), before, after))

    def _insert(self, where: dict[int, list[_Line]], line: int, lines: Sequence[str], origins: Sequence[int]) -> None:
        where.setdefault(line, []).extend(map(_Line, origins, lines))

    def _edited_lines(self) -> list[str]:
        """The lines with all expressions wrapped: of two with one place, the later edit is the outer one."""
        pieces: dict[int, list[tuple[int, tuple[int, ...], str]]] = {}
        for order, edit in enumerate(self.edits):
            span = edit.span
            # Where several begin, the widest comes first; where several end, the narrowest does. Ends come before
            # beginnings.
            begin = (1, -span.end_line, -span.end_column, -order)
            end = (0, -span.line, -span.column, order)
            pieces.setdefault(span.line, []).append((span.column, begin, edit.before))
            pieces.setdefault(span.end_line, []).append((span.end_column, end, edit.after))
        lines = list(self.lines)
        for number, edits in pieces.items():
            for column, _, text in sorted(edits, key=lambda e: (e[0], e[1]), reverse=True):
                line = lines[number - 1]
                lines[number - 1] = line[: column - 1] + text + line[column - 1 :]
        return lines

    def _assembled(self, edited: Sequence[str]) -> tuple[str, list[int]]:
        lines: list[_Line] = []
        for number, text in enumerate(edited, 1):
            lines += [*self.before.get(number, ()), _Line(number, text), *self.after.get(number, ())]
        return "\n".join(line.text for line in lines), [line.origin for line in lines]


@dataclass(frozen=True)
class _Line:
    """A line of the rewritten text, and the line that it stands for."""

    origin: int
    text: str


@dataclass(frozen=True)
class _Edit:
    """Text around an expression."""

    span: Span
    before: str
    after: str


# --- what code may be run again


def _may_run_again(node: ast.AST) -> bool:
    """Whether it can stand in a lambda: nothing in it binds a name around it, waits or asks for ``super``."""
    for part in ast.walk(node):
        if isinstance(part, (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)):
            return False
        if isinstance(part, ast.Name) and part.id in ("super", "__class__"):
            return False
    return True


def _is_plain_name(node: ast.expr) -> bool:
    """Whether it is a name, or an attribute of one."""
    return isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and _is_plain_name(node.value))


def _is_plain(function: ast.FunctionDef) -> bool:
    """Whether it is no generator."""
    return not any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in _own_nodes(function.body))


def _own_nodes(nodes: Iterable[ast.AST | None]) -> Iterator[ast.AST]:
    """These nodes and those inside them, without the bodies of functions and classes in there."""
    waiting = [node for node in nodes if node is not None]
    first = list(waiting)
    while waiting:
        node = waiting.pop(0)
        yield node
        if isinstance(node, (*Functions, ast.ClassDef)) and not any(node is one for one in first):
            continue
        waiting = list(ast.iter_child_nodes(node)) + waiting


def _with_loops(body: Sequence[ast.stmt], inside_loop: bool = False) -> Iterator[tuple[ast.AST, bool]]:
    """All nodes of a block that are its own, and whether they stand in a loop of the block."""
    for statement in body:
        yield from _nodes_with_loops(statement, inside_loop)


def _nodes_with_loops(node: ast.AST, inside_loop: bool) -> Iterator[tuple[ast.AST, bool]]:
    yield node, inside_loop
    if isinstance(node, (*Functions, ast.ClassDef)):
        return
    inside = inside_loop or isinstance(node, (ast.For, ast.While))
    for child in ast.iter_child_nodes(node):
        yield from _nodes_with_loops(child, inside)


def _leaves_function(entry: tuple[ast.AST, bool]) -> bool:
    """Whether a node of a block would mean something else, or nothing, in a function of its own."""
    node, inside_loop = entry
    if isinstance(node, (ast.Break, ast.Continue)):
        return not inside_loop
    return isinstance(
        node,
        (ast.Return, ast.Yield, ast.YieldFrom, ast.Await, ast.Global, ast.Nonlocal, ast.AsyncFor, ast.AsyncWith),
    )


def _tape_name(block: ast.With) -> str | None:
    """The name that a gradient tape gets in a ``with`` statement."""
    for item in block.items:
        call = item.context_expr
        if not isinstance(call, ast.Call) or not isinstance(item.optional_vars, ast.Name):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name == "GradientTape":
            return item.optional_vars.id
    return None


def _gradient_of(node: ast.AST, tape: str | None) -> ast.expr | None:
    """The target of the first ``tape.gradient(target, ...)`` in a node."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr == "gradient":
            owner = part.func.value
            if isinstance(owner, ast.Name) and owner.id == tape:
                named = [keyword.value for keyword in part.keywords if keyword.arg == "target"]
                return part.args[0] if part.args else named[0] if named else None
    return None


def _root(node: ast.AST) -> ast.Name | None:
    """The name at the beginning of ``name.attribute[item]``."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node if isinstance(node, ast.Name) else None


def _parameters(function: ast.FunctionDef) -> list[ast.arg]:
    args = function.args
    return [*args.posonlyargs, *args.args, *args.kwonlyargs]


def _pure_names(tree: ast.Module) -> frozenset[str]:
    """The names that imports of numerical libraries bind."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] in PURE_ROOTS:
                    found.add(alias.asname or alias.name.split(".")[0])
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in PURE_ROOTS:
            found.update(alias.asname or alias.name for alias in node.names)
    return frozenset(found)


def _within(inner: Span, outer: Span) -> bool:
    return (outer.line, outer.column) <= (inner.line, inner.column) and (inner.end_line, inner.end_column) <= (
        outer.end_line,
        outer.end_column,
    )


def _size(node: ast.expr) -> int:
    """How much text a node takes, coarsely: enough to tell a node from its own parts."""
    return ((node.end_lineno or node.lineno) - node.lineno) * 10_000 + (node.end_col_offset or 0) - node.col_offset

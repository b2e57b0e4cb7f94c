"""Rewrites a program in memory, so that the probe can look at the expressions of its sites and run them again.

The rewriting is textual, at the places of the program's ``ast``. Every line knows the line it came from, which the
child gives back to Python before it compiles the text.

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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tfloss_lint.verify import tape_blocks
from tfloss_lint.verify.rewriting import PROBE, Rewriting
from tfloss_lint.verify.running_again import is_generator, may_run_again, others, pure_names, widest
from tfloss_lint.verify.site import Site
from tfloss_lint.verify.syntax_tree import FUNCTIONS, SyntaxTree, own_nodes

STEPS = ("train_step", "test_step")
COMPILED = frozenset({"accuracy", "encoding", "logits"})
"""Relations of losses and metrics that Keras calls, where a claim about them has no operands."""
OF_EPOCHS = frozenset({"remade metric", "reset"})
"""Relations that begin again with every epoch."""
ONLY_WATCHED = {"replica mean": "replicas"}
"""The carriers of relations that look on, and run nothing again."""


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
        self.first = first
        self.tree = SyntaxTree(text)
        self.rewriting = Rewriting(self.tree.lines)
        self.pure = pure_names(self.tree.module)
        self.regions: dict[ast.AST, int] = {}
        """The numbers of functions, steps and blocks."""
        self.blocks: list[tuple[ast.With, int]] = []
        self.functions: set[int] = set()

    def run(self, sites: Sequence[Site]) -> Instrumented:
        for step in self._steps():
            self._decorate(step, f"@{PROBE}.step({self._number(step)})")
        carriers = {site.id: self.site(site) for site in sites}
        wrapped = self.rewriting.wrapped()
        for block, number in self.blocks:
            tape_blocks.add_function(self.tree, self.rewriting, block, number, wrapped)
        text, lines = self.rewriting.assembled(wrapped)
        return Instrumented(text, lines, carriers, self.first + len(self.regions))

    # --- sites

    def site(self, site: Site) -> list[str]:
        """Wrap the expressions of a site and choose its carriers."""
        claim = site.claim
        if claim.relation == "reset override":
            return self._override(site)
        place = self.tree.find(claim.place)
        operands = {role: self.tree.find(span) for role, span in claim.operands}
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
            asked = self._block(tape_blocks.block_asked(self.tree, place))
            return [f"block {asked}"] if asked is not None else []
        carriers = []
        anchor = nodes.get("call", place)
        step = self.tree.enclosing(anchor, FUNCTIONS)
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
        if (region := self._block(tape_blocks.block_around(self.tree, anchor))) is not None:
            carriers.append(f"block {region}")
        # Operands in a function that the place calls are met while the place is evaluated.
        if (whole := widest(self.tree, self.tree.around(anchor, nodes.values()), self.pure)) is not None:
            # What else the expression uses may have a row for each sample, as the operands have.
            for number, other in enumerate(others(whole, set(nodes.values()), self.pure)):
                self.wrap(other, f"{PROBE}.tap({site.id}, 'other {number}', (", "))")
            self.wrap(whole, f"{PROBE}.expression({site.id}, lambda: (", "))")
            carriers.append(f"expression {site.id}")
        return carriers

    def _member(self, site: Site, place: ast.expr) -> list[str]:
        """Have the use of a member or an argument told."""
        facts = dict(site.claim.facts)
        told = f"{site.id}, {facts['name']!r}"
        parent = self.tree.parents.get(place)
        call = self.tree.parents.get(parent) if isinstance(parent, ast.keyword) else parent
        is_called = isinstance(call, ast.Call) and (call is not parent or call.func is place)
        used = call.func if isinstance(call, ast.Call) and is_called else place
        if not may_run_again(used):
            return []
        if facts["how"] == "assigned":
            return [f"member {site.id}"] if self._told_of_assignment(place, told) else []
        if facts["how"] == "read" and isinstance(place, ast.Attribute):
            self.wrap(place.value, f"{PROBE}.owner({site.id}, (", "))")
        self.wrap(used, f"{PROBE}.{'calling' if is_called else 'reading'}({told}, lambda: (", "))")
        return [f"member {site.id}"]

    def _override(self, site: Site) -> list[str]:
        """Have the calls of a method told."""
        for node in ast.walk(self.tree.module):
            if not isinstance(node, ast.FunctionDef) or node.lineno != site.claim.place.line:
                continue
            if self.tree.begins_line(node):
                self._decorate(node, f"@{PROBE}.override({site.id})")
                return [f"override {site.id}"]
        return []

    def _told_of_assignment(self, place: ast.expr, told: str) -> bool:
        """Tell of an assignment to a member, if its owner can be asked for before."""
        statement = self.tree.enclosing(place, (ast.stmt,))
        if not isinstance(place, ast.Attribute) or not isinstance(statement, ast.stmt):
            return False
        if not _is_plain_name(place.value) or not self.tree.begins_line(statement):
            return False
        self._add_before(statement, f"{PROBE}.assigning({told}, {self.tree.text_of(place.value)})")
        return True

    # --- carriers

    def _function(self, node: ast.AST) -> int | None:
        """The function around an expression, if all that it does is to make a value of its arguments."""
        function = self.tree.enclosing(node, FUNCTIONS)
        if not isinstance(function, ast.FunctionDef) or function.name in STEPS or is_generator(function):
            return None
        returns = any(isinstance(part, ast.Return) and part.value is not None for part in own_nodes(function.body))
        loops = any(isinstance(part, (ast.For, ast.While)) for part in own_nodes(function.body))
        if not (_parameters(function) and returns) or loops or tape_blocks.has_tape(function):
            return None
        number = self._number(function)
        if number not in self.functions:
            self.functions.add(number)
            self._decorate(function, f"@{PROBE}.function({number})")
        return number

    def _block(self, block: ast.With | None) -> int | None:
        """The block of a tape, if its text can be made a function."""
        if block is None or not tape_blocks.can_be_a_function(self.tree, block):
            return None
        number = self._number(block)
        if (block, number) not in self.blocks:
            self.blocks.append((block, number))
        return number

    def _mark_epochs(self, site: int, place: ast.AST) -> None:
        """Say when another round begins of the outermost of several loops around a place, or around its function."""
        loops = self.tree.loops(place, 2)
        if len(loops) > 1 and self.tree.begins_line(first := loops[-1].body[0]):
            self._add_before(first, f"{PROBE}.epoch({site})")

    def _mark_batches(self, site: int, value: ast.AST) -> None:
        """Tell what the innermost loop around a value, or around its function, takes from the data."""
        loop = next(iter(self.tree.loops(value, 1)), None)
        if isinstance(loop, ast.For) and self.tree.begins_line(first := loop.body[0]):
            self._add_before(first, f"{PROBE}.tap({site}, 'batch', ({self.tree.text_of(loop.target)}))")

    def _number(self, node: ast.AST) -> int:
        return self.regions.setdefault(node, self.first + len(self.regions))

    def _steps(self) -> Iterator[ast.FunctionDef]:
        """The overridden steps of all classes."""
        for node in ast.walk(self.tree.module):
            if not isinstance(node, ast.FunctionDef) or node.name not in STEPS or is_generator(node):
                continue
            if isinstance(self.tree.parents.get(node), ast.ClassDef):
                yield node

    # --- text

    def wrap(self, node: ast.expr, before: str, after: str) -> None:
        """Put text around an expression."""
        if isinstance(node, (ast.Starred, ast.GeneratorExp)) or isinstance(self.tree.parents.get(node), ast.JoinedStr):
            return
        self.rewriting.wrap(self.tree.span(node), before, after)

    def _decorate(self, function: ast.FunctionDef, decorator: str) -> None:
        if self.tree.begins_line(function):
            self._add_before(function, decorator)

    def _add_before(self, statement: ast.stmt, line: str) -> None:
        """Put a line before a statement that begins its own."""
        number = statement.lineno
        self.rewriting.add_before(number, [self.tree.text_before(statement) + line], [number])


def _is_plain_name(node: ast.expr) -> bool:
    """Whether it is a name, or an attribute of one."""
    return isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and _is_plain_name(node.value))


def _parameters(function: ast.FunctionDef) -> list[ast.arg]:
    args = function.args
    return [*args.posonlyargs, *args.args, *args.kwonlyargs]

"""Blocks of gradient tapes, ``with tf.GradientTape() as tape: ...``, and functions of their text to run them again."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence

from tfloss_lint.verify.rewriting import PROBE, Rewriting
from tfloss_lint.verify.syntax_tree import FUNCTIONS, SyntaxTree, own_nodes


def has_tape(function: ast.FunctionDef) -> bool:
    """Whether there is a block of a tape in a function."""
    return any(isinstance(node, ast.With) and _tape_name(node) is not None for node in ast.walk(function))


def block_around(tree: SyntaxTree, node: ast.AST) -> ast.With | None:
    """The innermost block of a tape around a node, in the same function."""
    current = tree.parents.get(node)
    while current is not None and not isinstance(current, (*FUNCTIONS, ast.ClassDef)):
        if isinstance(current, ast.With) and _tape_name(current) is not None:
            return current
        current = tree.parents.get(current)
    return None


def block_asked(tree: SyntaxTree, target: ast.expr) -> ast.With | None:
    """The block of the tape whose gradient of a target is asked."""
    call = tree.parents.get(target)
    owner = call.func.value if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else None
    if not isinstance(owner, ast.Name):
        return None
    scope = tree.enclosing(target, (*FUNCTIONS, ast.Module))
    blocks = [
        node
        for node in ast.walk(scope or tree.module)
        if isinstance(node, ast.With) and _tape_name(node) == owner.id and node.lineno <= target.lineno
    ]
    return blocks[-1] if blocks else None


def can_be_a_function(tree: SyntaxTree, block: ast.With) -> bool:
    """Whether the text of a block would mean the same in a function."""
    first = block.body[0]
    on_own_lines = first.lineno > block.items[-1].context_expr.lineno and tree.begins_line(first)
    return on_own_lines and tree.begins_line(block) and not any(map(_leaves_function, _with_loops(block.body)))


def add_function(tree: SyntaxTree, rewriting: Rewriting, block: ast.With, number: int, wrapped: Sequence[str]) -> None:
    """Put a function of the block's text before it, and tell the probe where the block begins and ends.

    ``wrapped`` are all lines of the file with their expressions wrapped: the function tells of these, too.
    """
    tape = _tape_name(block)
    body = list(block.body)
    # What the tape is asked for inside its own block cannot be asked twice.
    asked = next((at for at, statement in enumerate(body) if _gradient_of(statement, tape) is not None), len(body))
    target = _target(tree, block, tape)
    kept = body[:asked]
    if not kept:
        return
    indent, inner = tree.text_before(block), tree.text_before(kept[0])
    names = _names(tree, block, kept)
    parameters = ", ".join(f"{name}={PROBE}.peek(lambda: {name})" for name in names)
    copied = wrapped[kept[0].lineno - 1 : (kept[-1].end_lineno or kept[-1].lineno)]
    function = f"__tfloss_block_{number}__"
    lines = [f"{indent}def {function}({parameters}):", *copied, f"{inner}return ({target})"]
    origins = [block.lineno, *range(kept[0].lineno, (kept[-1].end_lineno or kept[-1].lineno) + 1), block.lineno]
    rewriting.add_before(block.lineno, lines, origins)
    rewriting.add_before(body[0].lineno, [f"{inner}{PROBE}.enter({number})"], [body[0].lineno])
    end = block.end_lineno or block.lineno
    rewriting.add_after(end, [f"{indent}{PROBE}.leave({number}, {function})"], [end])


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


def _target(tree: SyntaxTree, block: ast.With, tape: str | None) -> str:
    """What the tape differentiates, as the program writes it."""
    scope = tree.enclosing(block, (*FUNCTIONS, ast.Module))
    for node in own_nodes([scope] if not isinstance(scope, ast.Module) else scope.body):
        found = _gradient_of(node, tape) if isinstance(node, ast.Call) else None
        if found is not None and found.lineno >= block.lineno:
            return tree.text_of(found)
    return "None"


def _gradient_of(node: ast.AST, tape: str | None) -> ast.expr | None:
    """The target of the first ``tape.gradient(target, ...)`` in a node."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr == "gradient":
            owner = part.func.value
            if isinstance(owner, ast.Name) and owner.id == tape:
                named = [keyword.value for keyword in part.keywords if keyword.arg == "target"]
                return part.args[0] if part.args else named[0] if named else None
    return None


def _names(tree: SyntaxTree, block: ast.With, kept: Sequence[ast.stmt]) -> list[str]:
    """Every name that the block uses; the first parameter of its method first, where ``super()`` needs it."""
    found = {name.id for part in kept for name in ast.walk(part) if isinstance(name, ast.Name)}
    found |= {
        part.name for stmt in kept for part in ast.walk(stmt) if isinstance(part, (ast.FunctionDef, ast.ClassDef))
    }
    if (tape := _tape_name(block)) is not None:
        found.add(tape)
    ordered = sorted(name for name in found if name not in ("super", "__class__") and not hasattr(builtins, name))
    method = tree.enclosing(block, FUNCTIONS)
    if "super" in found and isinstance(method, ast.FunctionDef) and method.args.args:
        first = method.args.args[0].arg
        ordered = [first, *(name for name in ordered if name != first)]
    return ordered


def _leaves_function(entry: tuple[ast.AST, bool]) -> bool:
    """Whether a node of a block would mean something else, or nothing, in a function of its own."""
    node, inside_loop = entry
    if isinstance(node, (ast.Break, ast.Continue)):
        return not inside_loop
    return isinstance(
        node,
        (ast.Return, ast.Yield, ast.YieldFrom, ast.Await, ast.Global, ast.Nonlocal, ast.AsyncFor, ast.AsyncWith),
    )


def _with_loops(body: Sequence[ast.stmt], inside_loop: bool = False) -> Iterator[tuple[ast.AST, bool]]:
    """All nodes of a block that are its own, and whether they stand in a loop of the block."""
    for statement in body:
        yield from _nodes_with_loops(statement, inside_loop)


def _nodes_with_loops(node: ast.AST, inside_loop: bool) -> Iterator[tuple[ast.AST, bool]]:
    yield node, inside_loop
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        return
    inside = inside_loop or isinstance(node, (ast.For, ast.While))
    for child in ast.iter_child_nodes(node):
        yield from _nodes_with_loops(child, inside)

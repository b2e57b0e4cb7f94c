"""Which code may be run again without harm, and what an expression reads that may differ then."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterator

from tfloss_lint.verify.syntax_tree import FUNCTIONS, SyntaxTree, own_nodes

PURE_ROOTS = frozenset({"tensorflow", "keras", "tf_keras", "numpy", "math"})
"""Modules whose functions may be called again without harm."""
IMPURE = frozenset({"update_state", "assign", "assign_add", "assign_sub", "apply_gradients", "minimize", "gradient"})
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def pure_names(module: ast.Module) -> frozenset[str]:
    """The names that imports of numerical libraries bind."""
    found = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] in PURE_ROOTS:
                    found.add(alias.asname or alias.name.split(".")[0])
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in PURE_ROOTS:
            found.update(alias.asname or alias.name for alias in node.names)
    return frozenset(found)


def may_run_again(node: ast.AST) -> bool:
    """Whether it can stand in a lambda: nothing in it binds a name around it, waits or asks for ``super``."""
    for part in ast.walk(node):
        if isinstance(part, (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)):
            return False
        if isinstance(part, ast.Name) and part.id in ("super", "__class__"):
            return False
    return True


def widest(tree: SyntaxTree, node: ast.expr, pure: Collection[str]) -> ast.expr | None:
    """The widest expression around a node that may be evaluated again; ``None`` if not even the node itself may."""
    if not may_run_again(node):
        return None
    widest = node
    for wider in tree.chain(node):
        if wider is node:
            continue
        if not (isinstance(wider, (ast.BinOp, ast.UnaryOp)) or _is_pure_call(wider, pure)):
            break
        if not may_run_again(wider):
            break
        widest = wider
    return widest


def others(node: ast.AST, operands: Collection[ast.AST], pure: Collection[str]) -> Iterator[ast.expr]:
    """The variables, attributes and items that an expression reads, outside of its operands."""
    if node in operands or isinstance(node, (ast.JoinedStr, *FUNCTIONS, *COMPREHENSIONS)):
        return
    if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) and (root := _root(node)) is not None:
        if root.id not in pure and not hasattr(builtins, root.id):
            yield node
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(node, ast.Call) and child is node.func and _root(child) is not None:
            continue
        yield from others(child, operands, pure)


def is_generator(function: ast.FunctionDef) -> bool:
    """Whether a call of it runs nothing yet."""
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in own_nodes(function.body))


def _is_pure_call(node: ast.expr, pure: Collection[str]) -> bool:
    """Whether it calls a function of a numerical library, imported by this file."""
    if not isinstance(node, ast.Call):
        return False
    root: ast.expr = node.func
    while isinstance(root, ast.Attribute):
        if root.attr in IMPURE:
            return False
        root = root.value
    return isinstance(root, ast.Name) and root.id in pure


def _root(node: ast.AST) -> ast.Name | None:
    """The name at the beginning of ``name.attribute[item]``."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node if isinstance(node, ast.Name) else None

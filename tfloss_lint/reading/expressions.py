"""Evaluating expressions: one small function per kind of LibCST node."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from tfloss_lint.names import canonical
from tfloss_lint.reading import attributes, calls, versions
from tfloss_lint.reading.events import Assigned, Unpacking
from tfloss_lint.reading.iteration import iterate, unpack
from tfloss_lint.reading.library import elementwise, indexing
from tfloss_lint.reading.library.table import Call
from tfloss_lint.reading.library_calls import is_known, is_object
from tfloss_lint.reading.scope import Scope
from tfloss_lint.reading.values import (
    MORE,
    NONE,
    UNKNOWN,
    Const,
    Function,
    Mapping,
    Object,
    Ref,
    Role,
    Sequence,
    Slice,
    Tensor,
    Value,
    join,
    options,
    ref,
    sources_of,
)

if TYPE_CHECKING:
    from tfloss_lint.reading.interpreter import Interpreter

BUILTINS = frozenset(
    "abs bool classmethod dict enumerate float getattr int isinstance iter len list map max min next print property "
    "range reversed round setattr sorted staticmethod str sum super tuple type zip".split()
)

UNIMPORTED = {
    "tf": "tensorflow",
    "keras": "keras",
    "tf_keras": "tf_keras",
    "np": "numpy",
    "pd": "pandas",
    "GradientTape": "tensorflow.GradientTape",
}
"""Names that mean one thing wherever training code is pasted without its imports."""
UNIMPORTED_HOMES = {name: f"keras.{name}" for name in ("layers", "losses", "metrics", "optimizers")}
"""Names of Keras's modules there. That scikit-learn has `metrics` too is settled by what is taken of it: a class."""

BINARY: dict[type[cst.CSTNode], tuple[str, Callable[[Any, Any], Any] | None]] = {
    cst.Add: ("add", operator.add),
    cst.Subtract: ("subtract", operator.sub),
    cst.Multiply: ("multiply", operator.mul),
    cst.Divide: ("divide", operator.truediv),
    cst.FloorDivide: ("floordiv", operator.floordiv),
    cst.Modulo: ("mod", operator.mod),
    cst.Power: ("power", operator.pow),
    cst.MatrixMultiply: ("matmul", None),
    cst.BitAnd: ("and", operator.and_),
    cst.BitOr: ("or", operator.or_),
}
AUGMENTED: dict[type[cst.CSTNode], type[cst.CSTNode]] = {
    cst.AddAssign: cst.Add,
    cst.SubtractAssign: cst.Subtract,
    cst.MultiplyAssign: cst.Multiply,
    cst.DivideAssign: cst.Divide,
    cst.FloorDivideAssign: cst.FloorDivide,
    cst.ModuloAssign: cst.Modulo,
    cst.PowerAssign: cst.Power,
    cst.MatrixMultiplyAssign: cst.MatrixMultiply,
    cst.BitAndAssign: cst.BitAnd,
    cst.BitOrAssign: cst.BitOr,
}
COMPARISONS: dict[type[cst.CSTNode], tuple[str, Callable[[Any, Any], Any]]] = {
    cst.Equal: ("equal", operator.eq),
    cst.NotEqual: ("not_equal", operator.ne),
    cst.LessThan: ("less", operator.lt),
    cst.LessThanEqual: ("less_equal", operator.le),
    cst.GreaterThan: ("greater", operator.gt),
    cst.GreaterThanEqual: ("greater_equal", operator.ge),
}
KEYWORDS: dict[str, Value] = {"True": Const(True), "False": Const(False), "None": NONE}
NEW_AXIS = frozenset({"numpy.newaxis", "tf.newaxis"})
MOST_DIGITS = 12
"""Constants are folded while they stay small: ``9 ** 9 ** 9`` is nobody's shape."""


def dotted(node: cst.CSTNode) -> str:
    """``a.b.c`` of an import or attribute chain."""
    if type(node) is cst.Attribute:
        return f"{dotted(node.value)}.{node.attr.value}"
    return node.value if type(node) is cst.Name else ""


def evaluate(interpreter: Interpreter, node: cst.CSTNode, scope: Scope) -> Value:
    """The value of an expression; ``UNKNOWN`` for what the reader does not know."""
    handler = EXPRESSIONS.get(type(node))
    if handler is None:
        return UNKNOWN
    interpreter.work += 1
    return handler(interpreter, node, scope)


def _name(interpreter: Interpreter, node: cst.Name, scope: Scope) -> Value:
    name = node.value
    found = scope.find(name)
    if found is not None:
        return found
    if name in KEYWORDS:
        return KEYWORDS[name]
    if name in BUILTINS:
        return Ref(name, name)
    if name == "__name__":
        return Const("__main__")
    path = _path_of_wildcard(name, scope.module().wildcards) or UNIMPORTED.get(name, "")
    return ref(path) if path else UNKNOWN


def _path_of_wildcard(name: str, modules: list[str]) -> str | None:
    """The path of a name that ``from module import *`` may have brought."""
    paths = [f"{module}.{name}" for module in reversed(modules)]
    known = next((path for path in paths if is_known(canonical(path))), None)
    # Not every layer or metric is known by name; where one module alone can have it, it has.
    plausible = [path for path in paths if is_object(canonical(path))]
    return known or (plausible[0] if len(plausible) == 1 else None)


def _attribute(interpreter: Interpreter, node: cst.Attribute, scope: Scope) -> Value:
    owner = evaluate(interpreter, node.value, scope)
    if owner is UNKNOWN and type(node.value) is cst.Name and node.attr.value[:1].isupper():
        owner = _unimported_home(node.value.value, scope)
    return attributes.get(interpreter, owner, node.attr.value, node)


def _unimported_home(name: str, scope: Scope) -> Value:
    """The module of Keras that a class is taken of, where nothing can have brought another of that name."""
    home = UNIMPORTED_HOMES.get(name)
    if home is None or scope.find(name) is not None or scope.module().wildcards:
        return UNKNOWN
    return Ref(home)


def _ellipsis(interpreter: Interpreter, node: cst.Ellipsis, scope: Scope) -> Value:
    return Const(...)


def _integer(interpreter: Interpreter, node: cst.Integer, scope: Scope) -> Value:
    return Const(int(node.value, 0)) if len(node.value) <= MOST_DIGITS else UNKNOWN


def _float(interpreter: Interpreter, node: cst.Float, scope: Scope) -> Value:
    return Const(float(node.value.replace("_", "")))


def _string(interpreter: Interpreter, node: cst.SimpleString, scope: Scope) -> Value:
    text = node.value
    if text[0] in "'\"" and "\\" not in text:
        # LibCST's own way is ten times as slow.
        quotes = 3 if len(text) >= 6 and text[:3] in ('"""', "'''") else 1
        return Const(text[quotes:-quotes])
    if "b" in node.prefix:
        return UNKNOWN
    return Const(node.evaluated_value if "\\" in node.raw_value else node.raw_value)


def _tuple(interpreter: Interpreter, node: cst.Tuple | cst.List, scope: Scope) -> Value:
    items: list[Value] = []
    open_ended, ordered = False, True
    for element in node.elements:
        value = evaluate(interpreter, element.value, scope)
        if type(element) is cst.StarredElement:
            spread = value if isinstance(value, Sequence) else Sequence([], open=True)
            ordered &= spread.ordered and not (open_ended and spread.items)
            open_ended |= spread.open
            items.extend(spread.items)
        else:
            ordered &= not open_ended
            items.append(value)
    return Sequence(items, type(node) is cst.List, open_ended, ordered)


def _dict(interpreter: Interpreter, node: cst.Dict, scope: Scope) -> Value:
    mapping = Mapping({})
    for element in node.elements:
        value = evaluate(interpreter, element.value, scope)
        if isinstance(element, cst.DictElement):
            key = evaluate(interpreter, element.key, scope)
            if isinstance(key, Const) and isinstance(key.value, (str, int)):
                mapping.put(key.value, value)
                mapping.nodes[key.value] = element.value
                interpreter.mark(element.value)
            else:
                mapping.open = True
            continue
        if not isinstance(value, Mapping) or value.open:
            # What is spread out may replace any entry before it.
            mapping.forget()
        if isinstance(value, Mapping):
            for known, entry in value.items.items():
                mapping.put(known, entry)
            mapping.nodes.update(value.nodes)
            mapping.others = value.others
    return mapping


def _comprehension(
    interpreter: Interpreter, node: cst.ListComp | cst.SetComp | cst.GeneratorExp, scope: Scope
) -> Value:
    inner = Scope(scope, scope.frame, is_comprehension=True)
    elements = _clauses(interpreter, node.for_in, inner)
    value = evaluate(interpreter, node.elt, inner)
    if isinstance(elements, Sequence) and not elements.open and len(elements.items) <= 8:
        return Sequence([value for _ in elements.items], True)
    return Sequence([value], True, open=True, ordered=False)


def _dict_comprehension(interpreter: Interpreter, node: cst.DictComp, scope: Scope) -> Value:
    inner = Scope(scope, scope.frame, is_comprehension=True)
    _clauses(interpreter, node.for_in, inner)
    evaluate(interpreter, node.key, inner)
    return Mapping({}, open=True, others=evaluate(interpreter, node.value, inner))


def _clauses(interpreter: Interpreter, node: cst.CompFor, inner: Scope) -> Value:
    iterable = evaluate(interpreter, node.iter, inner)
    assign(interpreter, node.target, iterate(interpreter, iterable, node.iter), inner)
    for condition in node.ifs:
        evaluate(interpreter, condition.test, inner)
    if node.inner_for_in is not None:
        _clauses(interpreter, node.inner_for_in, inner)
        return UNKNOWN
    return UNKNOWN if node.ifs else iterable


def _set(interpreter: Interpreter, node: cst.Set, scope: Scope) -> Value:
    for element in node.elements:
        evaluate(interpreter, element.value, scope)
    return UNKNOWN


def _formatted(interpreter: Interpreter, node: cst.FormattedString, scope: Scope) -> Value:
    """An f-string is of no interest, what it shows may be: ``f"{metric.result()}"``."""
    for part in node.parts:
        if isinstance(part, cst.FormattedStringExpression):
            interpreter.show(evaluate(interpreter, part.expression, scope), part.expression)
    return UNKNOWN


def _concatenated(interpreter: Interpreter, node: cst.ConcatenatedString, scope: Scope) -> Value:
    left, right = evaluate(interpreter, node.left, scope), evaluate(interpreter, node.right, scope)
    texts = [part.value for part in (left, right) if isinstance(part, Const) and isinstance(part.value, str)]
    return Const("".join(texts)) if len(texts) == 2 else UNKNOWN


def _yield(interpreter: Interpreter, node: cst.Yield, scope: Scope) -> Value:
    if isinstance(node.value, cst.From):
        value = iterate(interpreter, evaluate(interpreter, node.value.item, scope), node)
    else:
        value = NONE if node.value is None else evaluate(interpreter, node.value, scope)
    scope.frame.yields.append(value)
    return UNKNOWN


def _lambda(interpreter: Interpreter, node: cst.Lambda, scope: Scope) -> Value:
    return Function(node, scope, statement=interpreter.statement)


def _conditional(interpreter: Interpreter, node: cst.IfExp, scope: Scope) -> Value:
    test = interpreter.truth(evaluate(interpreter, node.test, scope))
    if test is not None:
        return evaluate(interpreter, node.body if test else node.orelse, scope)
    with interpreter.under(node.test):
        return join(evaluate(interpreter, node.body, scope), evaluate(interpreter, node.orelse, scope))


def _named(interpreter: Interpreter, node: cst.NamedExpr, scope: Scope) -> Value:
    value = evaluate(interpreter, node.value, scope)
    while scope.is_comprehension and scope.parent is not None:
        scope = scope.parent
    assign(interpreter, node.target, value, scope)
    return value


def _await(interpreter: Interpreter, node: cst.Await, scope: Scope) -> Value:
    return evaluate(interpreter, node.expression, scope)


def _boolean(interpreter: Interpreter, node: cst.BooleanOperation, scope: Scope) -> Value:
    left = evaluate(interpreter, node.left, scope)
    test = interpreter.truth(left)
    is_or = isinstance(node.operator, cst.Or)
    if test is not None:
        return left if test is is_or else evaluate(interpreter, node.right, scope)
    return join(left, evaluate(interpreter, node.right, scope))


def _unary(interpreter: Interpreter, node: cst.UnaryOperation, scope: Scope) -> Value:
    value = evaluate(interpreter, node.expression, scope)
    if isinstance(node.operator, cst.Not):
        test = interpreter.truth(value)
        return UNKNOWN if test is None else Const(not test)
    if isinstance(node.operator, cst.Minus):
        if isinstance(value, Const) and isinstance(value.value, (int, float)):
            return Const(-value.value)
        return elementwise.unary(interpreter, "negative", value, node)
    return value


def _binary(interpreter: Interpreter, node: cst.BinaryOperation, scope: Scope) -> Value:
    # A long chain of operators nests to the left: walked in a loop, so that no depth of source is a depth of stack.
    chain: list[cst.BinaryOperation] = []
    current: cst.CSTNode = node
    while type(current) is cst.BinaryOperation:
        chain.append(current)
        current = current.left
    value = evaluate(interpreter, current, scope)
    for link in reversed(chain):
        value = binary(interpreter, type(link.operator), value, evaluate(interpreter, link.right, scope), link)
    return value


def binary(interpreter: Interpreter, kind: type[cst.CSTNode], left: Value, right: Value, node: cst.CSTNode) -> Value:
    """An operator applied to two values."""
    name, compute = BINARY.get(kind, ("", None))
    if name == "mod" and isinstance(left, Const) and isinstance(left.value, str):
        interpreter.show(right, node)
        return UNKNOWN
    if isinstance(left, Const) and isinstance(right, Const):
        return _fold(compute, left.value, right.value)
    if name == "or" and isinstance(left, Mapping) and not _tensors(right):
        return _united(left, right)
    if name == "add" and isinstance(left, Sequence) and isinstance(right, Sequence):
        ordered = left.ordered and right.ordered and not left.open
        return Sequence([*left.items, *right.items], left.is_list, left.open or right.open, ordered)
    if name == "add" and isinstance(left, Sequence) and not _tensors(right):
        return Sequence(list(left.items), left.is_list, open=True, ordered=left.ordered)
    if name == "add" and isinstance(right, Sequence) and not _tensors(left):
        return Sequence(list(right.items), right.is_list, open=True, ordered=False)
    return elementwise.binary(interpreter, name, left, right, node)


def _united(left: Mapping, right: Value) -> Mapping:
    """``left | right`` of dictionaries."""
    whole = Mapping(dict(left.items), dict(left.nodes), left.open)
    if not isinstance(right, Mapping) or right.open:
        whole.forget()
    if isinstance(right, Mapping):
        for key, entry in right.items.items():
            whole.put(key, entry)
        whole.nodes.update(right.nodes)
    return whole


def _tensors(*values: Value) -> bool:
    return any(isinstance(option, Tensor) for value in values for option in options(value))


def _fold(compute: Callable[[Any, Any], Any] | None, left: object, right: object) -> Value:
    if compute is None or not all(isinstance(side, (int, float)) and abs(side) < 1e9 for side in (left, right)):
        return UNKNOWN
    if compute is operator.pow and abs(right) > 16:  # type: ignore[arg-type]
        return UNKNOWN
    try:
        return Const(compute(left, right))
    except (ArithmeticError, TypeError):
        return UNKNOWN


def augment(interpreter: Interpreter, node: cst.AugAssign, before: Value, amount: Value) -> Value:
    """The value after ``target += amount``."""
    kind = AUGMENTED.get(type(node.operator))
    return UNKNOWN if kind is None else binary(interpreter, kind, before, amount, node.value)


def _comparison(interpreter: Interpreter, node: cst.Comparison, scope: Scope) -> Value:
    left = evaluate(interpreter, node.left, scope)
    if len(node.comparisons) != 1:
        for target in node.comparisons:
            evaluate(interpreter, target.comparator, scope)
        return UNKNOWN
    target = node.comparisons[0]
    right = evaluate(interpreter, target.comparator, scope)
    if isinstance(target.operator, (cst.Is, cst.IsNot)):
        return _identity(left, right, isinstance(target.operator, cst.IsNot))
    name, compute = COMPARISONS.get(type(target.operator), ("", None))
    if compute is not None and versions.is_version(node.left):
        version = evaluate(interpreter, versions.unwrapped(node.left), scope)
        release = evaluate(interpreter, versions.unwrapped(target.comparator), scope)
        return versions.compared(version, release, compute)
    if isinstance(left, Const) and isinstance(right, Const) and compute is not None:
        try:
            return Const(compute(left.value, right.value))
        except TypeError:
            return UNKNOWN
    if not name:
        return UNKNOWN
    return elementwise.binary(interpreter, name, left, right, node)


def _identity(left: Value, right: Value, negated: bool) -> Value:
    """``is None`` where the file settles it."""
    if isinstance(right, Const) and right.value is None:
        if isinstance(left, Const):
            return Const((left.value is None) is not negated)
        if isinstance(left, (Tensor, Object, Function, Sequence, Mapping, Ref)):
            return Const(negated)
    return UNKNOWN


def _subscript(interpreter: Interpreter, node: cst.Subscript, scope: Scope) -> Value:
    owner = evaluate(interpreter, node.value, scope)
    index = [_index(interpreter, element.slice, scope) for element in node.slice]
    return indexing.subscript(interpreter, owner, index, node)


def _index(interpreter: Interpreter, node: cst.BaseSlice, scope: Scope) -> Value:
    if type(node) is cst.Index:
        value = evaluate(interpreter, node.value, scope)
        return NONE if isinstance(value, Ref) and value.name in NEW_AXIS else value
    assert isinstance(node, cst.Slice)
    lower, upper, step = (
        NONE if part is None else evaluate(interpreter, part, scope) for part in (node.lower, node.upper, node.step)
    )
    return Slice(lower, upper, step)


def _call(interpreter: Interpreter, node: cst.Call, scope: Scope) -> Value:
    callee = evaluate(interpreter, node.func, scope)
    args: list[Value] = []
    kwargs: dict[str, Value] = {}
    nodes: dict[int | str, cst.CSTNode] = {}
    placed = True
    for argument in node.args:
        value = evaluate(interpreter, argument.value, scope)
        if argument.star == "*":
            if isinstance(value, Sequence) and value.ordered and placed:
                args.extend(value.items)
            if not isinstance(value, Sequence) or value.open or not value.ordered:
                # How many arguments there are is unknown, so what follows has no position.
                args += [UNKNOWN] if placed and not isinstance(value, Sequence) else []
                placed, kwargs[MORE] = False, UNKNOWN
        elif argument.star == "**":
            if isinstance(value, Mapping):
                kwargs.update({key: item for key, item in value.items.items() if isinstance(key, str)})
            if not isinstance(value, Mapping) or value.open:
                kwargs[MORE] = UNKNOWN
        elif argument.keyword is not None:
            kwargs[argument.keyword.value] = value
            nodes[argument.keyword.value] = argument.value
        elif placed:
            nodes[len(args)] = argument.value
            args.append(value)
    if args and type(node.func) is cst.Attribute and node.func.attr.value == "assign":
        # Few files show that what they assign to is a variable, and nothing else has such a method.
        interpreter.record(Assigned(node, *interpreter.place(), value=args[0]))
    return calls.apply(Call(interpreter, node, scope, args, kwargs, nodes), callee)


def assign(interpreter: Interpreter, target: cst.CSTNode, value: Value, scope: Scope) -> None:
    """Bind a target: a name, an attribute, a subscript or a pattern of them."""
    if type(target) is cst.Name:
        home = scope.outer.get(target.value)
        if home is not None and interpreter.branches:
            # A global changed on a path that may not be taken keeps its old value too.
            value = join(home.names.get(target.value, value), value)
        scope.bind(target.value, value)
    elif isinstance(target, (cst.Tuple, cst.List)):
        _unpack(interpreter, target, value, scope)
    elif isinstance(target, cst.Attribute):
        attributes.put(interpreter, evaluate(interpreter, target.value, scope), target.attr.value, value, target)
    elif isinstance(target, cst.Subscript):
        owner = evaluate(interpreter, target.value, scope)
        index = [_index(interpreter, element.slice, scope) for element in target.slice]
        statement = interpreter.statement
        node = statement.value if isinstance(statement, cst.Assign) else None
        if node is not None:
            interpreter.mark(node)
        indexing.store(owner, index, value, node, uncertain=interpreter.branches > 0)
    elif isinstance(target, cst.StarredElement):
        assign(interpreter, target.value, value, scope)


def _unpack(interpreter: Interpreter, target: cst.Tuple | cst.List, value: Value, scope: Scope) -> None:
    elements = target.elements
    star = next((at for at, element in enumerate(elements) if type(element) is cst.StarredElement), None)
    parts = unpack(interpreter, value, len(elements), star)
    step = interpreter.frame.step
    if step is not None and star is None and (value is step.data or _has_weights(parts)):
        certain = not interpreter.conditions
        interpreter.record(Unpacking(target, *interpreter.place(), value=value, certain=certain))
    for element, part in zip(elements, parts):
        assign(interpreter, element.value, part, scope)


def _has_weights(parts: list[Value]) -> bool:
    return len(parts) == 3 and sources_of(parts[2]) == {Role.WEIGHT}


EXPRESSIONS: dict[type[cst.CSTNode], Callable[[Interpreter, Any, Scope], Value]] = {
    cst.Name: _name,
    cst.Attribute: _attribute,
    cst.Call: _call,
    cst.Ellipsis: _ellipsis,
    cst.Integer: _integer,
    cst.Float: _float,
    cst.SimpleString: _string,
    cst.FormattedString: _formatted,
    cst.ConcatenatedString: _concatenated,
    cst.Set: _set,
    cst.Yield: _yield,
    cst.Tuple: _tuple,
    cst.List: _tuple,
    cst.Dict: _dict,
    cst.ListComp: _comprehension,
    cst.SetComp: _comprehension,
    cst.GeneratorExp: _comprehension,
    cst.DictComp: _dict_comprehension,
    cst.Lambda: _lambda,
    cst.IfExp: _conditional,
    cst.NamedExpr: _named,
    cst.Await: _await,
    cst.BooleanOperation: _boolean,
    cst.UnaryOperation: _unary,
    cst.BinaryOperation: _binary,
    cst.Comparison: _comparison,
    cst.Subscript: _subscript,
}

"""Methods of lists and tuples, and what they leave in a list."""

from __future__ import annotations

from collections.abc import Callable

from tfloss_lint.reading.library.table import Call
from tfloss_lint.reading.values import MOST_ITEMS, NONE, UNKNOWN, Sequence, Value, admitted, integer


def _append(owner: Sequence, args: list[Value]) -> Value | None:
    owner.items += [admitted(value, owner) for value in args[:1]]
    return NONE


def _extend(owner: Sequence, args: list[Value]) -> Value | None:
    other = args[0] if args else UNKNOWN
    if not isinstance(other, Sequence) or other.open or not other.ordered:
        return None
    if len(owner.items) + len(other.items) > MOST_ITEMS:
        return None
    owner.items += [admitted(value, owner) for value in other.items]
    return NONE


def _insert(owner: Sequence, args: list[Value]) -> Value | None:
    at = integer(args[0]) if len(args) == 2 else None
    if at is None:
        return None
    owner.items.insert(at, admitted(args[1], owner))
    return NONE


def _pop(owner: Sequence, args: list[Value]) -> Value | None:
    at = integer(args[0]) if args else -1
    return owner.items.pop(at) if at is not None and -len(owner.items) <= at < len(owner.items) else None


def _clear(owner: Sequence, args: list[Value]) -> Value | None:
    owner.items.clear()
    return NONE


def _unordered(owner: Sequence, args: list[Value]) -> Value | None:
    return None


LIST_CHANGES: dict[str, Callable[[Sequence, list[Value]], Value | None]] = {
    # What a method does to a list that is wholly known; ``None`` where that does not tell.
    "append": _append,
    "extend": _extend,
    "insert": _insert,
    "pop": _pop,
    "clear": _clear,
    "remove": _unordered,
    "reverse": _unordered,
    "sort": _unordered,
}


def sequence_method(call: Call, owner: Sequence, name: str) -> Value:
    """A method of a list, a tuple or a shape."""
    if name in ("copy", "as_list"):
        return owner.copy()
    change = LIST_CHANGES.get(name)
    if change is None:
        return UNKNOWN
    certain = owner.ordered and not owner.open and not call.interpreter.frame.loops and not call.interpreter.branches
    result = change(owner, call.args) if certain else None
    if result is not None:
        return result
    element = owner.element()
    added = call.args[-1:] if name in ("append", "extend", "insert") else []
    owner.include(
        item
        for value in added
        for item in (value.items if name == "extend" and isinstance(value, Sequence) else [value])
    )
    return element if name == "pop" else NONE

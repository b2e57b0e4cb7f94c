"""Methods of dictionaries, and what they leave in them."""

from __future__ import annotations

from tfloss_lint.reading.library.table import Call
from tfloss_lint.reading.values import MORE, NONE, UNKNOWN, Const, Mapping, Sequence, Value, admitted, constant, join


def mapping_method(call: Call, owner: Mapping, name: str) -> Value:
    """A method of a dictionary."""
    if name in ("get", "pop", "setdefault"):
        return _entry(call, owner, name)
    if name == "update":
        _update(call, owner)
        return NONE
    if name == "copy":
        return Mapping(dict(owner.items), dict(owner.nodes), owner.open, owner.others)
    if name == "keys":
        return Sequence([Const(key) for key in owner.items], True, owner.open, ordered=False)
    if name == "values":
        return Sequence(list(owner.items.values()), True, owner.open)
    if name == "items":
        pairs: list[Value] = [Sequence([Const(key), value]) for key, value in owner.items.items()]
        return Sequence(pairs, True, owner.open)
    return UNKNOWN


def _entry(call: Call, owner: Mapping, name: str) -> Value:
    """``get``, ``pop`` and ``setdefault``: an entry, or the default where there is none."""
    key = constant(call.argument(0))
    default = call.argument(1) if call.given(1) else NONE
    if not isinstance(key, (str, int)):
        return UNKNOWN
    found = owner.items.get(key, UNKNOWN if owner.open else default)
    if name == "setdefault":
        owner.items.setdefault(key, admitted(found, owner))
    elif name == "pop" and not call.interpreter.branches:
        owner.items.pop(key, None)
        owner.nodes.pop(key, None)
    return found


def _update(call: Call, owner: Mapping) -> None:
    other = call.argument(0)
    if isinstance(other, Mapping):
        given = dict(other.items)
        owner.nodes.update(other.nodes)
        owner.open |= other.open
    else:
        given = {}
        if call.args:
            owner.forget()
    if MORE in call.kwargs:
        owner.forget()
    for keyword, value in call.kwargs.items():
        if keyword == MORE:
            continue
        given[keyword] = value
        if keyword in call.nodes:
            owner.nodes[keyword] = call.nodes[keyword]
            call.interpreter.mark(call.nodes[keyword])
    for key, value in given.items():
        uncertain = call.interpreter.branches > 0 and key in owner.items
        owner.put(key, join(owner.items[key], value) if uncertain else value)

"""Python's builtins, and what hands values on as they do: progress bars, partial functions, wrappers of functions."""

from __future__ import annotations

from tfloss_lint.reading import attributes, calls
from tfloss_lint.reading.iteration import iterate
from tfloss_lint.reading.library.table import Call, Handler, as_tensor, opaque
from tfloss_lint.reading.values import (
    MORE,
    NONE,
    UNKNOWN,
    Const,
    Dataset,
    Function,
    Mapping,
    Method,
    Object,
    Ref,
    Role,
    Sequence,
    Tensor,
    Value,
    constant,
    options,
)


def _enumerate(call: Call) -> Value:
    return Object("enumerate", args=call.args[:1] or [UNKNOWN])


def _zip(call: Call) -> Value:
    return Object("zip", args=call.args)


def _super(call: Call) -> Value:
    frame = call.interpreter.frame
    receiver = frame.receiver
    if receiver is None and call.args[1:]:
        receiver = call.args[1]
    if not isinstance(receiver, Object):
        return UNKNOWN
    return Object("super", frame.owner, [receiver])


def _iterated(call: Call) -> Value:
    return call.argument(0)


def _print(call: Call) -> Value:
    for value in call.args:
        call.interpreter.show(value, call.node)
    return UNKNOWN


def _next(call: Call) -> Value:
    return iterate(call.interpreter, call.argument(0), call.node)


def _list(call: Call) -> Value:
    value = call.argument(0)
    if isinstance(value, Sequence):
        return Sequence(list(value.items), True, value.open, value.ordered)
    if not call.args:
        return Sequence([], True)
    if isinstance(value, (Dataset, Object)):
        return Sequence([iterate(call.interpreter, value, call.node)], True, open=True)
    return UNKNOWN


def _sorted(call: Call) -> Value:
    """A list of the same items: in which order, the file does not show."""
    value = _list(call)
    if isinstance(value, Sequence) and len(value.items) > 1:
        value.ordered = False
    return value


def _reversed(call: Call) -> Value:
    value = _list(call)
    if isinstance(value, Sequence):
        value.items.reverse()
        value.ordered &= not value.open
    return value


def _dict(call: Call) -> Value:
    value = call.argument(0)
    items = dict(value.items) if isinstance(value, Mapping) else {}
    nodes = dict(value.nodes) if isinstance(value, Mapping) else {}
    is_open = bool(call.args) and not (isinstance(value, Mapping) and not value.open)
    for keyword, item in call.kwargs.items():
        if keyword == MORE:
            continue
        items[keyword] = item
        if keyword in call.nodes:
            nodes[keyword] = call.nodes[keyword]
            call.interpreter.mark(call.nodes[keyword])
    return Mapping(items, nodes, is_open or MORE in call.kwargs)


def _isinstance(call: Call) -> Value:
    value, kind = call.argument(0), call.argument(1)
    kinds = kind.items if isinstance(kind, Sequence) and not kind.open else [kind]
    names = {option.name for option in kinds if isinstance(option, Ref)}
    if len(names) < len(kinds) or not names <= {"tuple", "list", "dict"}:
        return UNKNOWN
    if isinstance(value, Sequence):
        return Const(("list" if value.is_list else "tuple") in names)
    if isinstance(value, Mapping):
        return Const("dict" in names)
    return Const(False) if isinstance(value, Tensor) and value.op not in ("step data", "opaque") else UNKNOWN


def _getattr(call: Call) -> Value:
    name = constant(call.argument(1))
    return attributes.get(call.interpreter, call.argument(0), name, call.node) if isinstance(name, str) else UNKNOWN


def _setattr(call: Call) -> Value:
    name = constant(call.argument(1))
    if isinstance(name, str):
        attributes.put(call.interpreter, call.argument(0), name, call.argument(2))
    return NONE


def _map(call: Call) -> Value:
    """``map(f, xs, ...)``, item by item where the items are known."""
    function, *iterables = [*call.args, UNKNOWN]
    if len(call.args) == 2 and isinstance(iterables[0], Sequence) and not iterables[0].open:
        items = iterables[0].items
        results = [calls.call_value(call.interpreter, function, [item], {}, call.node) for item in items]
        return Sequence(results, True, ordered=iterables[0].ordered)
    elements = [iterate(call.interpreter, iterable, call.node) for iterable in call.args[1:]]
    return Sequence(
        [calls.call_value(call.interpreter, function, elements, {}, call.node)], True, open=True, ordered=False
    )


def _unpack_data(call: Call) -> Value:
    """``keras.utils.unpack_x_y_sample_weight(data)`` and its Keras 2 home ``data_adapter``: always three parts."""
    value = call.argument(0, "data")
    if isinstance(value, Sequence) and not value.open:
        return Sequence([*value.items, NONE, NONE, NONE][:3])
    if isinstance(value, Tensor) and value.op != "step data":
        return Sequence([value, NONE, NONE])
    return Sequence([Tensor(None, frozenset({role}), "input") for role in (Role.FEATURES, Role.LABEL, Role.WEIGHT)])


def _expand_1d(call: Call) -> Value:
    """``data_adapter.expand_1d(data)``: every tensor of rank 1 gets a second axis."""
    return _expanded(call, call.argument(0, "data"))


def _expanded(call: Call, value: Value) -> Value:
    if isinstance(value, Sequence):
        return Sequence([_expanded(call, item) for item in value.items], value.is_list, value.open, value.ordered)
    if isinstance(value, Mapping):
        return Mapping({key: _expanded(call, item) for key, item in value.items.items()}, {}, value.open)
    tensor = as_tensor(value)
    if tensor is None or isinstance(value, Const) or tensor.op == "step data":
        return value
    shape = None if tensor.rank == 0 else tensor.shape if tensor.rank != 1 else (*(tensor.shape or ()), 1)
    return Tensor(shape, tensor.sources, "input", (), tensor.node)


def _decorator(call: Call) -> Value:
    """``tf.function(f)`` is ``f``; ``tf.function(...)`` without one decorates."""
    value = call.argument(0, "func", "fn")
    return value if isinstance(value, (Function, Object, Method)) else Ref("decorator")


def _py_function(call: Call) -> Value:
    """``tf.py_function(f, inp, Tout)``: Python's own code inside of a graph."""
    given = call.argument(1, "inp")
    args: list[Value] = list(given.items) if isinstance(given, Sequence) and not given.open else [UNKNOWN]
    value = calls.call_value(call.interpreter, call.argument(0, "func"), args, {}, call.node)
    known = [option for option in options(value) if isinstance(option, Tensor) and option.op != "opaque"]
    return call.tensor(None, "py_function", *known) if known else opaque(call, *call.args)


def _partial(call: Call) -> Value:
    return Object("functools.partial", args=call.args, kwargs=call.kwargs)


BUILTINS: dict[str, Handler] = {
    "enumerate": _enumerate,
    "tqdm.tqdm": _iterated,
    "tqdm.auto.tqdm": _iterated,
    "tqdm.notebook.tqdm": _iterated,
    "tqdm.autonotebook.tqdm": _iterated,
    "itertools.islice": _iterated,
    "itertools.cycle": _iterated,
    "tqdm": _iterated,
    "zip": _zip,
    "super": _super,
    "iter": _iterated,
    "print": _print,
    "tf.print": _print,
    "next": _next,
    "list": _list,
    "tuple": _list,
    "sorted": _sorted,
    "reversed": _reversed,
    "dict": _dict,
    "isinstance": _isinstance,
    "getattr": _getattr,
    "map": _map,
    "setattr": _setattr,
    "functools.partial": _partial,
    "tf.function": _decorator,
    "tf.py_function": _py_function,
    "tf.numpy_function": _py_function,
    "keras.utils.unpack_x_y_sample_weight": _unpack_data,
    "keras.utils.expand_1d": _expand_1d,
}

"""Calling things: library functions by table, functions of the file by execution, objects by their kind."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from tfloss_lint.reading import attributes
from tfloss_lint.reading.library import (
    arrays,
    data,
    datasets,
    elementwise,
    forward,
    frames,
    layers,
    losses,
    models,
    reducing,
    scores,
    training,
)
from tfloss_lint.reading.library.table import FUNCTIONS, TENSOR_METHODS, Call, as_tensor, opaque
from tfloss_lint.reading.values import (
    MORE,
    MOST_ITEMS,
    NONE,
    UNKNOWN,
    Choice,
    Class,
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
    admitted,
    constant,
    integer,
    join,
    join_all,
    options,
    sources_of,
)

if TYPE_CHECKING:
    from tfloss_lint.reading.interpreter import Interpreter

OPTIMIZERS = ("keras.optimizers.", "keras.mixed_precision.LossScaleOptimizer")
METRICS = ("keras.metrics.", "compiled metrics", models.ANY_METRIC, models.LOSS_TRACKER)
OBJECT_HOMES = ("keras.layers.", "keras.losses.", "keras.metrics.", "keras.callbacks.", *OPTIMIZERS)
MODEL_WORDS = ("model", "net", "network", "generator", "discriminator", "encoder", "decoder", "classifier", "critic")
"""Endings of names that people give to models, for models that the file does not show being built."""

# The tables are filled when these modules are imported.
_TABLES = (arrays, data, elementwise, losses, reducing, scores, training)


def is_known(name: str) -> bool:
    """Whether a canonical name means something to the reader."""
    home, _, last = name.rpartition(".")
    known_object = (home == "keras.layers" and last in layers.KNOWN) or (
        home == "keras.losses" and last in losses.CLASSES
    )
    return known_object or name in FUNCTIONS or name in models.MODELS or name in _namespaces()


def is_object(name: str) -> bool:
    """Whether it can be the name of a layer, loss, metric, callback or optimizer."""
    return name.startswith(OBJECT_HOMES) and name.rpartition(".")[2][:1].isupper()


@functools.cache
def _namespaces() -> frozenset[str]:
    """The modules that hold what the reader knows."""
    names = [*FUNCTIONS, *OBJECT_HOMES]
    return frozenset(name[:at] for name in names for at, letter in enumerate(name) if letter == ".")


def bound(function: Function, receiver: Value) -> Function:
    """The function as a method of ``receiver``."""
    return replace(function, bound=receiver)


def call_value(
    interpreter: Interpreter, callee: Value, args: list[Value], kwargs: dict[str, Value], node: cst.CSTNode
) -> Value:
    """Call a value from within the reader itself, with arguments that have no expressions of their own."""
    return apply(Call(interpreter, node, interpreter.module, args, kwargs, {}), callee)


def apply(call: Call, callee: Value) -> Value:
    """The result of a call."""
    if isinstance(callee, Function):
        result = call.interpreter.call_function(callee, call.args, call.kwargs, call=call.node)
        if isinstance(result, Tensor):
            call.interpreter.mark(call.node)
            call.interpreter.made_by[result] = call.node
            call.interpreter.returned_by.setdefault(result, []).append(callee)
        return result
    if isinstance(callee, Ref):
        return _library(call, callee)
    if isinstance(callee, Method):
        return _method(call, callee)
    if isinstance(callee, Object):
        return _object(call, callee)
    if isinstance(callee, Class):
        return _instantiate(call, callee)
    if isinstance(callee, Choice):
        return _any_of(call, [option for option in callee.options if constant(option) is not None])
    return _unknown(call)


def _any_of(call: Call, callees: list[Value]) -> Value:
    """The result of a call of one thing or another."""
    if len(callees) == 1:
        return apply(call, callees[0])
    call.interpreter.branches += 1
    try:
        return join_all(apply(call, callee) for callee in callees)
    finally:
        call.interpreter.branches -= 1


def _unknown(call: Call) -> Value:
    """A call of something the file does not show. A model by its name still predicts."""
    name = ""
    func = call.node.func if isinstance(call.node, cst.Call) else None
    if isinstance(func, cst.Name):
        name = func.value
    elif isinstance(func, cst.Attribute):
        name = func.attr.value
    if name.lower().rstrip("_0123456789").endswith(MODEL_WORDS) and call.args:
        call.interpreter.mark(call.node)
        return Tensor(None, frozenset({Role.PREDICTION}), "predict", (call.args[0],), call.node)
    return opaque(call, *call.args, *call.kwargs.values())


def _library(call: Call, callee: Ref) -> Value:
    name = callee.name
    handler = FUNCTIONS.get(name) or BUILTIN.get(name)
    if handler is not None:
        return handler(call)
    last = name.rsplit(".", 1)[-1]
    if name in models.MODELS:
        model = Object(
            "keras.Sequential" if name.endswith("Sequential") else "keras.Model",
            args=call.args,
            kwargs=call.kwargs,
            node=call.node,
        )
        _place_under_strategy(call, model)
        call.interpreter.objects.append(model)
        return model
    if name in ("keras.Input", "keras.layers.Input"):
        declared = layers.input_shape(Object("keras.layers.Input", args=call.args, kwargs=call.kwargs))
        return Tensor(declared, frozenset({Role.FEATURES}), "input", (), call.node)
    if name.startswith(OBJECT_HOMES) and last[:1].isupper():
        if name.startswith(("keras.losses.", "keras.metrics.", "keras.layers.")):
            call.interpreter.mark(call.node)
        if name.startswith(OPTIMIZERS):
            attributes.arguments_used(call, name)
        return _made(call, Object(name, args=call.args, kwargs=call.kwargs, node=call.node))
    if name.startswith("keras.applications.") and last[:1].isupper():
        return Object("keras.Model", kwargs={"outputs": UNKNOWN}, node=call.node)
    return opaque(call, *call.args, *call.kwargs.values())


def _made(call: Call, made: Object) -> Object:
    """An object that knows where it was made."""
    interpreter = call.interpreter
    made.loops, made.step = interpreter.frame.loops, interpreter.frame.step
    made.per_batch = bool(interpreter.loops_over) and data.is_over_batches(interpreter.loops_over[-1])
    return made


def _instantiate(call: Call, cls: Class) -> Value:
    made = _made(call, Object(cls.library or "", cls, list(call.args), dict(call.kwargs), node=call.node))
    _place_under_strategy(call, made)
    call.interpreter.objects.append(made)
    initializer = cls.member("__init__")
    if isinstance(initializer, Function):
        made.args, made.kwargs = [], {}
        call.interpreter.call_function(bound(initializer, made), call.args, call.kwargs)
    build(call.interpreter, made)
    return made


def _place_under_strategy(call: Call, made: Object) -> None:
    """Remember the strategy in whose scope a model is made: ``fit`` trains it on the replicas."""
    if call.interpreter.scopes:
        made.attrs["made under"] = call.interpreter.scopes[-1]


def loss_method(loss: Value) -> Function | None:
    """The ``call`` method of a loss object of one of the file's own ``Loss`` subclasses."""
    if not isinstance(loss, Object) or loss.cls is None or not loss.kind.startswith("keras.losses."):
        return None
    member = loss.cls.member("call")
    return bound(member, loss) if isinstance(member, Function) else None


def build(interpreter: Interpreter, made: Object) -> None:
    """Keras builds a layer or model before its first call; what ``build`` sets is there from then on."""
    builder = made.cls.member("build") if made.cls is not None and made.kind.startswith("keras.") else None
    if isinstance(builder, Function):
        interpreter.call_function(bound(builder, made), [UNKNOWN], {})


def _object(call: Call, owner: Object) -> Value:
    if owner.kind == "super":
        return UNKNOWN
    if owner.kind == "functools.partial" and owner.args:
        return _with_more(call, owner)
    if models.is_model(owner):
        return models.predict(call, owner)
    if owner.cls is not None:
        for name in ("__call__", "call"):
            member = owner.cls.member(name)
            if isinstance(member, Function):
                return _wrapped(call, owner, _own_call(call, owner, bound(member, owner)))
    if owner.kind.startswith("keras.losses."):
        return losses.call_object(call, owner)
    if owner.kind.startswith("keras.metrics."):
        return training.call_metric(call, owner)
    if owner.kind.startswith("keras.layers."):
        return models.apply_layer(call, owner)
    return _unknown(call)


def _own_call(call: Call, owner: Object, function: Function) -> Value:
    """What the file's own ``call`` of a layer, loss or metric returns."""
    if not owner.kind.startswith("keras.layers."):
        return call.interpreter.call_function(function, call.args, call.kwargs)
    flag = forward.flag_of(call, function)
    with forward.passing(call.interpreter, flag):
        return call.interpreter.call_function(function, call.args, forward.with_flag(call, function, flag))


def _with_more(call: Call, partial: Object) -> Value:
    """A call of ``functools.partial(f, ...)``."""
    function, *args = partial.args
    nodes = {key if isinstance(key, str) else key + len(args): node for key, node in call.nodes.items()}
    kwargs = {**partial.kwargs, **call.kwargs}
    return apply(replace(call, args=[*args, *call.args], kwargs=kwargs, nodes=nodes), function)


def _wrapped(call: Call, owner: Object, inner: Value) -> Value:
    """What Keras's ``__call__`` makes of the result of the file's own ``call``."""
    if owner.kind.startswith("keras.losses."):
        tensor = as_tensor(inner)
        reduction = losses.reduction_of(owner)
        if tensor is None or reduction == "none":
            return inner
        return call.tensor((), "sum" if reduction == "sum" else "mean", tensor)
    if owner.kind.startswith("keras.layers."):
        tensor = as_tensor(inner)
        if tensor is not None:
            return Tensor(tensor.shape, frozenset({Role.PREDICTION}), "layer", (tensor,), call.node)
    return inner


def _method(call: Call, callee: Method) -> Value:
    owner, name = callee.owner, callee.name
    if isinstance(owner, Tensor):
        handler = TENSOR_METHODS.get(name)
        return handler(call, owner) if handler is not None else opaque(call, owner, *call.args)
    if isinstance(owner, Dataset):
        return data.dataset_method(call, owner, name)
    if isinstance(owner, Sequence):
        return _sequence_method(call, owner, name)
    if isinstance(owner, Mapping):
        return _mapping_method(call, owner, name)
    if isinstance(owner, Object):
        return _object_method(call, owner, name)
    if isinstance(owner, Const) and name == "format":
        for value in (*call.args, *call.kwargs.values()):
            call.interpreter.show(value, call.node)
    return opaque(call, *call.args, *call.kwargs.values())


def _object_method(call: Call, owner: Object, name: str) -> Value:
    if owner.kind == "tf.GradientTape":
        return training.tape_method(call, owner, name)
    if models.is_model(owner):
        return models.method(call, owner, name)
    if owner.kind.startswith(METRICS):
        return training.metric_method(call, owner, name)
    if owner.kind.startswith(OPTIMIZERS):
        return training.optimizer_method(call, owner, name)
    if owner.kind == "tf.distribute.Strategy":
        return training.strategy_method(call, owner, name)
    if frames.is_table(owner):
        return frames.table_method(call, owner, name)
    if owner.kind in datasets.SCALERS:
        return datasets.scaler_method(call, owner, name)
    if owner.kind == "numpy.random.Generator":
        return _generator_method(call, name)
    if name == "__init__":
        # super().__init__(...) of a library class: these are the arguments it is configured with.
        owner.args, owner.kwargs = list(call.args), dict(call.kwargs)
        return NONE
    return opaque(call, *call.args, *call.kwargs.values())


def _generator_method(call: Call, name: str) -> Value:
    handler = FUNCTIONS.get("numpy.random." + {"integers": "randint", "standard_normal": "random"}.get(name, name))
    return UNKNOWN if handler is None else handler(call)


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


def _sequence_method(call: Call, owner: Sequence, name: str) -> Value:
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


def _mapping_method(call: Call, owner: Mapping, name: str) -> Value:
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


def update_metric(call: Call, metric: Value, args: list[Value]) -> None:
    """Update a metric with a call's arguments."""
    training.record_update(call, metric, args)


# Iterating and unpacking


def iterate(interpreter: Interpreter, value: Value, node: cst.CSTNode) -> Value:
    """What a loop over the value binds on each round."""
    if isinstance(value, Dataset):
        samples = value.batched or value.element is UNKNOWN or _is_pair(value.element)
        drawn = data.with_roles(value.element) if samples else value.element
        for part in drawn.items if isinstance(drawn, Sequence) else [drawn]:
            if isinstance(part, Tensor):
                interpreter.drawn_from[part] = value
        return drawn
    if isinstance(value, Sequence):
        return value.element() if value.items else UNKNOWN
    if isinstance(value, Object) and value.kind == "enumerate":
        return Sequence([UNKNOWN, iterate(interpreter, value.args[0], node)])
    if isinstance(value, Object) and value.kind == "zip":
        if all(isinstance(part, Dataset) for part in value.args):
            return data.with_roles(Sequence([part.element for part in value.args if isinstance(part, Dataset)]))
        return Sequence([iterate(interpreter, part, node) for part in value.args])
    if isinstance(value, Tensor):
        shape = value.shape[1:] if value.shape else None
        return Tensor(shape, value.sources, "select", (value,), node)
    if isinstance(value, Choice):
        return join_all(iterate(interpreter, option, node) for option in value.options)
    if isinstance(value, Mapping) and not value.open:
        return join_all(Const(key) for key in value.items)
    return UNKNOWN


def _is_pair(element: Value) -> bool:
    return isinstance(element, Sequence) and len(element.items) in (2, 3)


def unpack(interpreter: Interpreter, value: Value, count: int, star: int | None) -> list[Value]:
    """The parts that a pattern of ``count`` targets takes from the value."""
    if isinstance(value, Choice):
        parts = [unpack(interpreter, option, count, star) for option in value.options]
        return [join_all(column) for column in zip(*parts)]
    if isinstance(value, Sequence) and not value.open:
        if star is None and len(value.items) == count:
            return list(value.items)
        if star is not None and len(value.items) >= count - 1:
            after = count - star - 1
            end = len(value.items) - after
            middle = Sequence(value.items[star:end], True)
            return [*value.items[:star], middle, *value.items[end:]]
        return [UNKNOWN] * count
    if isinstance(value, Sequence) and value.items:
        if not value.ordered or star is not None:
            return [value.element() if not value.ordered else UNKNOWN] * count
        return [*value.items, *[UNKNOWN] * count][:count]
    if isinstance(value, Tensor):
        if value.op == "step data" and count in (2, 3):
            roles = (Role.FEATURES, Role.LABEL, Role.WEIGHT)
            known = count if star is None else star
            named = [Tensor(None, frozenset({role}), "input") for role in roles[:known]]
            return [*named, *[UNKNOWN] * (count - known)]
        if value.op == "shape":
            return [Tensor((), frozenset(), "dim", value.inputs, None, (axis,), NONE) for axis in range(count)]
        if value.sources:
            shape = value.shape[1:] if value.shape else None
            return [Tensor(shape, value.sources, "select", (value,), value.node)] * count
    return [UNKNOWN] * count


# Builtins


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
        results = [call_value(call.interpreter, function, [item], {}, call.node) for item in items]
        return Sequence(results, True, ordered=iterables[0].ordered)
    elements = [iterate(call.interpreter, iterable, call.node) for iterable in call.args[1:]]
    return Sequence([call_value(call.interpreter, function, elements, {}, call.node)], True, open=True, ordered=False)


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
    value = call_value(call.interpreter, call.argument(0, "func"), args, {}, call.node)
    known = [option for option in options(value) if isinstance(option, Tensor) and option.op != "opaque"]
    return call.tensor(None, "py_function", *known) if known else opaque(call, *call.args)


def _partial(call: Call) -> Value:
    return Object("functools.partial", args=call.args, kwargs=call.kwargs)


BUILTIN = {
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

__all__ = ["Call", "apply", "bound", "call_value", "is_known", "iterate", "sources_of", "unpack", "update_metric"]

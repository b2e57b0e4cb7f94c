"""What an expression can stand for while training code is read.

Nothing here is computed from data: a value is what the text of the program proves about it. ``UNKNOWN`` is always
a correct answer, and no guess ever replaces it.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from tfloss_lint.names import canonical

if TYPE_CHECKING:
    import libcst as cst

    from tfloss_lint.reading.scope import Scope

Dim: TypeAlias = "int | str | None"
"""An axis's length: a number, a symbol (``"batch"``: the number of samples in a batch) or unknown."""
Shape: TypeAlias = "tuple[Dim, ...] | None"
"""``None`` when not even the rank is known."""

BATCH = "batch"
MOST_OPERATIONS = 1_000
"""Losses take some dozen. What is made of more is not looked into: ``x = x + x`` doubles its operations each time."""
MOST_ITEMS = 10_000
MOST_CONTAINERS = 2_000
"""Lists and dictionaries in one another. Past these bounds a container is not looked into either."""
MORE = "**"
"""The keyword under which a call holds that it has further arguments, which the file does not show."""


class Role(enum.Enum):
    """What a tensor is made from."""

    FEATURES = "features"
    LABEL = "label"
    PREDICTION = "prediction"
    WEIGHT = "sample weight"
    DATA = "data"
    """An array of the program whose part in training is not said yet."""

    # There is one of each. An enumeration's own hash is Python code, and roles are in sets wherever a tensor is made.
    __hash__ = object.__hash__


class Value:
    """Base of everything an expression can evaluate to."""

    __slots__ = ()


class Unknown(Value):
    """Anything at all."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


@dataclass(frozen=True, slots=True)
class Const(Value):
    """A number, string, boolean, ``None``, ``...`` or slice that the file spells out."""

    value: object


NONE = Const(None)


@dataclass(frozen=True, slots=True)
class Ref(Value):
    """Something of a library, by its canonical name: ``keras.losses.mean_squared_error``, ``tf.reduce_mean``.

    ``path`` is the name as the file imports it.
    """

    name: str
    path: str = ""


@functools.lru_cache(maxsize=65536)
def ref(path: str) -> Ref:
    """What a path as the file imports it stands for."""
    return Ref(canonical(path), path)


@dataclass(slots=True, eq=False)
class Tensor(Value):
    """A tensor or array, as the operation that makes it. Nothing changes it later.

    ``inputs`` are the operation's operands, so that a loss can be read back to the labels and predictions it
    compares. ``axes`` are the reduced or moved axes (``None``: all of them). ``sources`` are the roles of everything
    that flows in; a model's output counts as a prediction alone.
    """

    shape: Shape
    sources: frozenset[Role]
    op: str
    inputs: tuple[Value, ...] = ()
    node: cst.CSTNode | None = None
    axes: tuple[int, ...] | None = None
    detail: Value = NONE
    """What else the operation needs to be understood: a library loss's own value, an activation, a depth."""
    weight: int = field(default=1, init=False, repr=False)
    """How many operations it is made of, counted once for every way that leads to them."""

    def __post_init__(self) -> None:
        weight = 1
        for value in self.inputs:
            weight += value.weight if isinstance(value, Tensor) else 1
        if weight > MOST_OPERATIONS:
            self.op, self.inputs, weight = "opaque", (), 1
        self.weight = weight

    @property
    def role(self) -> Role | None:
        """The one role it is made from, if there is just one."""
        return next(iter(self.sources)) if len(self.sources) == 1 else None

    @property
    def rank(self) -> int | None:
        """The number of axes; ``None`` where it is unknown."""
        return None if self.shape is None else len(self.shape)


@dataclass(slots=True, eq=False)
class Sequence(Value):
    """A tuple or list.

    ``open`` means that there may be more items than those known, ``ordered`` that those known are the first ones in
    their order.
    """

    items: list[Value]
    is_list: bool = False
    open: bool = False
    ordered: bool = True
    weight: int = field(default=1, init=False, repr=False)
    """How many containers it is made of, counted once for every way that leads to them."""

    def __post_init__(self) -> None:
        self.weight = 1 + sum(map(weight_of, self.items))
        if len(self.items) > MOST_ITEMS or self.weight > MOST_CONTAINERS:
            self.items, self.open, self.weight = [], True, 1

    def element(self) -> Value:
        """What iterating yields, all items taken together."""
        return join_all(self.items) if self.items else UNKNOWN

    def copy(self) -> Sequence:
        """Another list of the same items."""
        return Sequence(list(self.items), self.is_list, self.open, self.ordered)

    def include(self, values: Iterable[Value]) -> None:
        """Take in items that may be there, nobody knows where."""
        self.open, self.ordered = True, False
        new = [value for value in values if not any(same(value, known) for known in self.items)]
        self.items += [admitted(value, self) for value in new]


@dataclass(slots=True, eq=False)
class Mapping(Value):
    """A dictionary; ``nodes`` are the expressions of its values.

    ``open`` means that there may be more keys; ``others`` is what each of them would have.
    """

    items: dict[object, Value]
    nodes: dict[object, cst.CSTNode] = field(default_factory=dict)
    open: bool = False
    others: Value = UNKNOWN
    weight: int = field(default=1, init=False, repr=False)

    def __post_init__(self) -> None:
        self.weight = 1 + sum(map(weight_of, self.items.values()))
        if self.weight > MOST_CONTAINERS:
            self.forget()

    def put(self, key: object, value: Value) -> None:
        """Set an entry."""
        self.items[key] = admitted(value, self)

    def forget(self) -> None:
        """Any key may have got any value."""
        self.items = dict.fromkeys(self.items, UNKNOWN)
        self.open, self.others, self.weight = True, UNKNOWN, 1


@dataclass(slots=True, eq=False)
class Function(Value):
    """A function or lambda of the file, with the scope it closes over and the object it is bound to."""

    node: cst.FunctionDef | cst.Lambda
    scope: Scope
    owner: Class | None = None
    bound: Value | None = None
    statement: cst.CSTNode | None = None
    """The statement that a lambda stands in; a function is a statement itself."""

    @property
    def name(self) -> str:
        """The name that it is defined by."""
        import libcst as cst

        return self.node.name.value if isinstance(self.node, cst.FunctionDef) else "<lambda>"


@dataclass(slots=True, eq=False)
class Class(Value):
    """A class of the file. ``library`` is the canonical name of the first library class it derives from."""

    name: str
    node: cst.ClassDef
    bases: list[Value]
    members: dict[str, Value]

    def ancestry(self) -> list[Class]:
        """This class and the classes of the file it derives from, in Python's method resolution order."""
        bases = [base for base in self.bases if isinstance(base, Class)]
        if not bases:
            return [self]
        waiting = [*(base.ancestry() for base in bases), bases]
        order = [self]
        while waiting := [line for line in waiting if line]:
            heads = [line[0] for line in waiting]
            # Without a consistent order Python refuses the class; any order does then.
            following = next((cls for cls in heads if not any(cls in line[1:] for line in waiting)), heads[0])
            order.append(following)
            waiting = [[cls for cls in line if cls is not following] for line in waiting]
        return order

    def member(self, name: str, *, after: Class | None = None) -> Value | None:
        """A member by Python's lookup order; with ``after``, as ``super()`` in that class would find it."""
        ancestry = self.ancestry()
        if after is not None:
            ancestry = ancestry[ancestry.index(after) + 1 :] if after in ancestry else []
        return next((settled(cls.members[name]) for cls in ancestry if name in cls.members), None)

    @property
    def library(self) -> str | None:
        """The canonical name of the first library class that it derives from."""
        for cls in self.ancestry():
            for base in cls.bases:
                if isinstance(base, Ref):
                    return base.name
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Module(Value):
    """Another module, or package, of the project. ``member`` gives what a name in it stands for, if it has the name."""

    member: Callable[[str], Value | None]


@dataclass(slots=True, eq=False)
class Pending(Value):
    """What an import brings, or a method of another module: found when it is used for the first time, mostly never."""

    find: Callable[[], Value]
    found: Value | None = None
    is_sought: bool = False
    """Whether it is being looked up just now."""


def settled(value: Value) -> Value:
    """The value itself, or what it is pending for; while that is being looked up, it is unknown."""
    if type(value) is not Pending:
        return value
    if value.is_sought:
        return UNKNOWN
    if value.found is None:
        value.is_sought = True
        try:
            value.found = settled(value.find())
        finally:
            value.is_sought = False
    return value.found


@dataclass(slots=True, eq=False)
class Object(Value):
    """An instance: a layer, model, loss, metric, optimizer, tape, dataset or anything of the file's own classes.

    ``kind`` is the canonical name of the library class (empty when there is none), ``cls`` the class of the file.
    """

    kind: str
    cls: Class | None = None
    args: list[Value] = field(default_factory=list)
    kwargs: dict[str, Value] = field(default_factory=dict)
    attrs: dict[str, Value] = field(default_factory=dict)
    node: cst.CSTNode | None = None
    loops: int = 0
    """How many loops were open when it was made."""
    per_batch: bool = False
    """Whether the innermost of them goes over a data set."""
    step: object = None
    """The execution of a step that it was made in."""

    def config(self, name: str, position: int | None = None) -> Value:
        """A constructor argument, by keyword or position; ``UNKNOWN`` when not given."""
        if name in self.kwargs:
            return self.kwargs[name]
        if position is not None and position < len(self.args):
            return self.args[position]
        return UNKNOWN

    def given(self, name: str, position: int | None = None) -> bool:
        """Whether the constructor got that argument, or may have got it."""
        return name in self.kwargs or MORE in self.kwargs or (position is not None and position < len(self.args))


@dataclass(slots=True, eq=False)
class Method(Value):
    """A library object's method that is not called yet: ``tape.gradient``, ``y.reshape``."""

    owner: Value
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Dataset(Value):
    """A ``tf.data`` pipeline. ``size`` is its number of elements before batching, where the file shows it."""

    element: Value
    batch_size: Value = UNKNOWN
    batched: bool = False
    drops_remainder: bool = False
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Slice(Value):
    """``lower:upper:step`` inside a subscript; a part that is left out is ``None``."""

    lower: Value
    upper: Value
    step: Value


@dataclass(frozen=True, slots=True, eq=False)
class Choice(Value):
    """One of a few values, by a decision that the file does not settle."""

    options: tuple[Value, ...]


MOST_OPTIONS = 16


def weight_of(value: Value) -> int:
    """How many containers a value is made of."""
    if isinstance(value, (Sequence, Mapping)):
        return value.weight
    return sum(map(weight_of, value.options)) if isinstance(value, Choice) else 0


def admitted(value: Value, owner: Sequence | Mapping) -> Value:
    """What is known of a value once it is put into a container that is there already: none may hold itself."""
    weight = weight_of(value)
    if weight and (owner.weight + weight > MOST_CONTAINERS or holds(value, owner)):
        return UNKNOWN
    owner.weight += weight
    return value


def holds(value: Value, wanted: Value) -> bool:
    """Whether a value is, or holds, that very container."""
    waiting, seen = [value], set()
    while waiting:
        current = waiting.pop()
        if current is wanted:
            return True
        if isinstance(current, (Sequence, Mapping, Choice)) and id(current) not in seen:
            seen.add(id(current))
            waiting += contents(current)
    return False


def options(value: Value) -> tuple[Value, ...]:
    """All values that this one may be."""
    return value.options if isinstance(value, Choice) else (value,)


def same(a: Value, b: Value) -> bool:
    """Whether two values are known to be the same. Tensors are when one expression made both of one kind."""
    if a is b:
        return True
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        return (
            a.node is not None and a.node is b.node and a.op == b.op and a.shape == b.shape and a.sources == b.sources
        )
    if isinstance(a, Object) and isinstance(b, Object):
        return a.node is not None and a.node is b.node
    if isinstance(a, Function) and isinstance(b, Function):
        return a.node is b.node and a.bound is b.bound
    if isinstance(a, Class) and isinstance(b, Class):
        return a.node is b.node
    if isinstance(a, Sequence) and isinstance(b, Sequence):
        alike = (len(a.items), a.is_list, a.open, a.ordered) == (len(b.items), b.is_list, b.open, b.ordered)
        return alike and all(map(same, a.items, b.items))
    if isinstance(a, Ref) and isinstance(b, Ref):
        return a.name == b.name
    if isinstance(a, Const) and isinstance(b, Const):
        return repr(a.value) == repr(b.value)
    if isinstance(a, Choice) and isinstance(b, Choice):
        return len(a.options) == len(b.options) and all(map(same, a.options, b.options))
    return False


def join_shapes(a: Shape, b: Shape) -> Shape:
    """What holds of both shapes."""
    if a is None or b is None or len(a) != len(b):
        return None
    return tuple(x if x == y else None for x, y in zip(a, b))


def join(a: Value, b: Value) -> Value:
    """What a variable holds after two paths through the program meet."""
    a, b = settled(a), settled(b)
    if same(a, b):
        return a
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        distinct = list(a.inputs if a.op == "either" else (a,))
        for value in b.inputs if b.op == "either" else (b,):
            if not any(same(value, other) for other in distinct):
                distinct.append(value)
        shape = join_shapes(a.shape, b.shape)
        if a.op == "either" and len(distinct) == len(a.inputs) and shape == a.shape:
            return a
        return Tensor(shape, a.sources | b.sources, "either", tuple(distinct), a.node)
    if isinstance(a, Sequence) and isinstance(b, Sequence) and len(a.items) == len(b.items) and not (a.open or b.open):
        return Sequence(list(map(join, a.items, b.items)), a.is_list)
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return UNKNOWN
    distinct = []
    for option in (*options(a), *options(b)):
        if not any(same(option, other) for other in distinct):
            distinct.append(option)
    return Choice(tuple(distinct)) if len(distinct) <= MOST_OPTIONS else UNKNOWN


def join_all(values: Iterable[Value]) -> Value:
    """``join`` over any number of values; ``UNKNOWN`` for none."""
    joined: Value | None = None
    for value in values:
        joined = value if joined is None else join(joined, value)
    return UNKNOWN if joined is None else joined


def sources_of(*values: Value) -> frozenset[Role]:
    """The roles that flow in from any of these values."""
    found: frozenset[Role] = frozenset()
    waiting, seen = list(values), set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, Tensor):
            found |= value.sources
        elif isinstance(value, (Sequence, Mapping, Choice)) and id(value) not in seen:
            # A list may hold itself.
            seen.add(id(value))
            waiting += contents(value)
    return found


def contents(value: Sequence | Mapping | Choice) -> list[Value]:
    """What a container holds."""
    if isinstance(value, Choice):
        return list(value.options)
    return list(value.items.values()) if isinstance(value, Mapping) else value.items


def constant(value: Value) -> object:
    """The constant's value, or ``...`` where it is not a constant."""
    return value.value if isinstance(value, Const) else ...


def integer(value: Value) -> int | None:
    """The constant integer, or ``None``."""
    number = constant(value)
    return number if isinstance(number, int) and not isinstance(number, bool) else None

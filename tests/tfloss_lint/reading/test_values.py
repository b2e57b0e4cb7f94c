"""Values: what is the same, what holds after two paths meet, and what containers know."""

from __future__ import annotations

import libcst as cst
import pytest

from tfloss_lint.reading.values import (
    BATCH,
    MORE,
    MOST_OPTIONS,
    NONE,
    UNKNOWN,
    Choice,
    Class,
    Const,
    Function,
    Mapping,
    Object,
    Ref,
    Role,
    Sequence,
    Tensor,
    Value,
    constant,
    integer,
    join,
    join_all,
    options,
    same,
    sources_of,
)

LABEL, PREDICTION = frozenset({Role.LABEL}), frozenset({Role.PREDICTION})
NODE, OTHER_NODE = cst.Name("a"), cst.Name("b")


def tensor(
    shape: tuple[int | str | None, ...] | None = (3,), node: cst.CSTNode | None = NODE, **more: object
) -> Tensor:
    sources = more.get("sources", LABEL)
    assert isinstance(sources, frozenset)
    return Tensor(shape, sources, str(more.get("op", "input")), node=node)


def test_the_same() -> None:
    pairs: list[tuple[Value, Value, bool]] = [
        (tensor(), tensor(), True),
        (tensor(), tensor(node=OTHER_NODE), False),
        (tensor(), tensor((3, 1)), False),
        (tensor(), tensor(op="add"), False),
        (tensor(), tensor(sources=PREDICTION), False),
        (tensor(node=None), tensor(node=None), False),
        (Const(1), Const(1), True),
        (Const(1), Const(1.0), False),
        (Const(1), Const(True), False),
        (Const("a"), Const("a"), True),
        (Ref("tf.reduce_mean"), Ref("tf.reduce_mean", "tf.math.reduce_mean"), True),
        (Ref("a"), Ref("b"), False),
        (Object("keras.layers.Dense", node=NODE), Object("keras.layers.Dense", node=NODE), True),
        (Object("keras.layers.Dense"), Object("keras.layers.Dense"), False),
        (Sequence([Const(1)]), Sequence([Const(1)]), True),
        (Sequence([Const(1)]), Sequence([Const(1)], True), False),
        (Sequence([Const(1)]), Sequence([Const(1)], open=True), False),
        (Sequence([Const(1)]), Sequence([Const(2)]), False),
        (Sequence([Const(1)]), Sequence([]), False),
        (UNKNOWN, UNKNOWN, True),
        (UNKNOWN, NONE, False),
        (Mapping({}), Mapping({}), False),
    ]
    assert [(a, b) for a, b, expected in pairs if same(a, b) is not expected or same(b, a) is not expected] == []


def test_joining_keeps_what_is_the_same() -> None:
    value = tensor()
    assert join(value, tensor()) is value
    assert join(UNKNOWN, value) is join(value, UNKNOWN) is UNKNOWN


def test_joined_tensors() -> None:
    a, b, c = tensor((BATCH, 1)), tensor((BATCH, 4), OTHER_NODE, sources=PREDICTION), tensor((BATCH,))
    joined = join(a, b)
    assert isinstance(joined, Tensor)
    assert (joined.shape, joined.sources, joined.op, joined.inputs) == (
        (BATCH, None),
        LABEL | PREDICTION,
        "either",
        (a, b),
    )
    assert join(joined, b) is joined
    more = join(joined, c)
    assert isinstance(more, Tensor)
    assert (more.shape, more.inputs) == (None, (a, b, c))
    assert join(more, joined) is more


def test_joined_sequences() -> None:
    joined = join(Sequence([Const(1), Const(2)]), Sequence([Const(1), Const(3)]))
    assert isinstance(joined, Sequence)
    first, second = joined.items
    assert first == Const(1)
    assert isinstance(second, Choice)
    assert isinstance(join(Sequence([Const(1)]), Sequence([])), Choice)
    assert isinstance(join(Sequence([Const(1)], open=True), Sequence([Const(2)])), Choice)


def test_choices() -> None:
    choice = join(join(Const(1), Const(2)), Const(1))
    assert isinstance(choice, Choice)
    assert options(choice) == (Const(1), Const(2))
    assert options(NONE) == (NONE,)
    many = join_all(Const(n) for n in range(MOST_OPTIONS))
    assert len(options(many)) == MOST_OPTIONS
    assert join(many, Const(MOST_OPTIONS)) is UNKNOWN
    assert join(choice, UNKNOWN) is UNKNOWN


def test_joining_many() -> None:
    assert join_all([]) is UNKNOWN
    assert join_all([NONE]) is NONE
    assert join_all([Const(1), Const(1)]) == Const(1)


def test_constants() -> None:
    assert [constant(value) for value in (Const(1), NONE, UNKNOWN, Sequence([]))] == [1, None, ..., ...]
    assert [integer(value) for value in (Const(1), Const(True), Const(1.0), NONE, UNKNOWN)] == [
        1,
        None,
        None,
        None,
        None,
    ]


def test_sources() -> None:
    label, prediction = tensor(), tensor(sources=PREDICTION)
    assert sources_of(label, prediction) == LABEL | PREDICTION
    nested = Sequence([Mapping({"a": label}), Choice((prediction, NONE))])
    assert sources_of(nested) == LABEL | PREDICTION
    assert sources_of(NONE, UNKNOWN, Object("keras.layers.Dense")) == frozenset()


def test_a_role_is_one_role() -> None:
    assert (tensor().role, tensor(sources=LABEL | PREDICTION).role, tensor(sources=frozenset()).role) == (
        Role.LABEL,
        None,
        None,
    )
    assert (tensor().rank, tensor(None).rank, tensor(()).rank) == (1, None, 0)


def test_including_what_may_be_in_a_list() -> None:
    items = Sequence([Const(1)], True)
    items.include([Const(2), Const(1)])
    assert (items.items, items.open, items.ordered, items.is_list) == ([Const(1), Const(2)], True, False, True)
    copy = items.copy()
    copy.items.clear()
    assert (len(items.items), copy.open, copy.ordered) == (2, True, False)
    assert Sequence([]).element() is UNKNOWN


def test_forgetting_a_dictionary() -> None:
    mapping = Mapping({"a": Const(1)}, {"a": NODE})
    mapping.forget()
    assert (mapping.items, mapping.open) == ({"a": UNKNOWN}, True)


def test_arguments_of_objects() -> None:
    layer = Object("keras.layers.Dense", args=[Const(1)], kwargs={"activation": Const("relu")})
    assert (layer.config("units", 0), layer.config("activation", 1), layer.config("name")) == (
        Const(1),
        Const("relu"),
        UNKNOWN,
    )
    assert (layer.given("units", 0), layer.given("activation"), layer.given("name")) == (True, True, False)
    assert Object("keras.layers.Dense", kwargs={MORE: UNKNOWN}).given("name")


def class_of(name: str, *bases: Value, **members: Value) -> Class:
    node = cst.ClassDef(cst.Name(name), cst.IndentedBlock([]))
    return Class(name, node, list(bases), members)


def test_inheritance_follows_python_s_order() -> None:
    base = class_of("Base", Ref("keras.Model"), f=Const("base"), g=Const("base"))
    a, b = class_of("A", base, f=Const("a")), class_of("B", base, f=Const("b"), g=Const("b"))
    both = class_of("Both", a, b)
    assert [cls.name for cls in both.ancestry()] == ["Both", "A", "B", "Base"]
    assert (both.member("f"), both.member("g"), both.member("h")) == (Const("a"), Const("b"), None)
    assert (both.member("f", after=a), both.member("g", after=b)) == (Const("b"), Const("base"))
    assert both.member("f", after=class_of("Stranger")) is None
    assert (both.library, class_of("Plain").library) == ("keras.Model", None)


def test_inheritance_in_no_consistent_order() -> None:
    a = class_of("A")
    b = class_of("B", a)
    assert {cls.name for cls in class_of("C", a, b).ancestry()} == {"A", "B", "C"}


def test_names_of_functions() -> None:
    from tfloss_lint.reading.scope import Frame, Scope

    module = cst.parse_module("def f(): pass\ng = lambda: 0\n")
    definition = module.body[0]
    assert isinstance(definition, cst.FunctionDef)
    scope = Scope(None, Frame())
    assert Function(definition, scope).name == "f"
    assert Function(cst.Lambda(cst.Parameters(), cst.Integer("0")), scope).name == "<lambda>"


@pytest.mark.parametrize("value", [UNKNOWN, NONE, Ref("a"), Sequence([])])
def test_values_can_be_shown(value: Value) -> None:
    assert repr(value)

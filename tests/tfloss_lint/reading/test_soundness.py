"""What the reader says is true: random programs are read and run, and every shape that it names is the real one.

The programs decide branches by ``maybe()``, which the reader cannot see through, and are run several times with other
decisions. Every loop runs at least once, as the reader takes it to.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from readings import agrees, read_program, value_of

from tfloss_lint.reading.library.table import as_tensor
from tfloss_lint.reading.values import Const, Sequence

np = pytest.importorskip("numpy")

NAMES = "abcd"
HEAD = "import numpy as np\na = np.zeros((3,))\nb = np.zeros((3, 1))\nc = np.zeros((2, 3))\nd = np.zeros(())\nn = 1\nbox = [a, b]\nlogs = {'k': a}\n"
MAKES = (
    "{x}",
    "{x} * 2.0",
    "{x} + 1",
    "-{x}",
    "{x}[..., None]",
    "{x}[None]",
    "np.expand_dims({x}, -1)",
    "np.squeeze({x})",
    "{x}.T",
    "{x}.reshape(-1)",
    "{x}.reshape(-1, 1)",
    "{x}.reshape({x}.shape + (1,))",
    "np.ravel({x})",
    "np.zeros({x}.shape)",
    "np.zeros_like({x})",
    "np.zeros((len(box), 2))",
    "np.ones((n % 4, {x}.ndim))",
    "np.stack([{x}, {x}])",
    "np.stack([{x}, {x}], axis=-1)",
    "np.concatenate([{x}.ravel(), {y}.ravel()])",
    "np.vstack([{x}.ravel(), {x}.ravel()])",
    "np.array([1.0, 2.0])",
    "np.mean({x})",
    "{x}.sum(axis=0) if {x}.ndim else {x}",
    "np.sum({x}, axis=-1, keepdims=True) if {x}.ndim > 0 else {y}",
    "{x} if maybe() else {y}",
    "{x} if len({x}.shape) == 2 else {y}",
    "[{x}, {y}][1]",
    "[{x}, {y}][n % 2]",
    "[{x}, {y}, *box][-1]",
    "({x}, {y})[0]",
    "box[0]",
    "box[-1]",
    "(box + [{x}])[len(box)]",
    "[v[..., None] for v in [{x}]][0]",
    "[v for v in box][0]",
    "logs['k']",
    "logs.get('k', {x})",
    "logs.get('none', {x})",
    "{{**logs, 'k': {x}}}['k']",
    "{{'k': {x}, **logs}}['k']",
    "(logs | {{'k': {y}}})['k']",
    "(lambda v: v[None])({x})",
    "(lambda v={y}: v)()",
    "same({x})",
    "either({x}, {y})",
    "wider({x})",
    "keyword(v={y}, w={x})",
    "rest({x}, {y})",
    "spread(*[{x}, {y}])",
    "spread(**{{'v': {x}, 'w': {y}}})",
    "next(generate({x}, {y}))",
    "[v for v in generate({x}, {y})][0]",
    "{x}[:2] if {x}.ndim else {x}",
    "{x}[::-1] if {x}.ndim else {x}",
    "{x}[0] if {x}.ndim and len({x}) else {x}",
    "{x}[{x} == 0.0]",
    "(w := {x}.reshape(1, -1))",
)
FUNCTIONS = """
def same(v):
    return v
def either(v, w):
    if maybe():
        return v
    return w
def wider(v, depth=2):
    while True:
        v = v[..., None]
        if maybe():
            return v
        if v.ndim > 5:
            break
    return v
def keyword(*, v, w):
    return w if v.ndim > 1 else v
def rest(*vs, **ws):
    return vs[-1]
def spread(v, w=None):
    return w if w is not None else v
def generate(v, w):
    for u in (v, w):
        yield u
        if maybe():
            return
def change(v):
    global a
    if maybe():
        a = v
class Keep:
    kept = np.zeros((1,))
    def __init__(self, v):
        self.v = v
    def put(self, v):
        self.v = v
        return self
    @property
    def seen(self):
        return self.v
keep = Keep(a)
"""
SIMPLE = (
    "{t} = {make}",
    "{t} = {make}",
    "{t} = {make}",
    "{t}, {u} = {make}, {make2}",
    "{t} = {u} = {make}",
    "{t} += 0.0",
    "n += 1",
    "n = n * 2 % 7",
    "n = len(box)",
    "box.append({make})",
    "box.insert(0, {make})",
    "box[0] = {make}",
    "box[n % len(box)] = {make}",
    "box.reverse()",
    "box = box[:3] + [{make}]",
    "box += [{make}]",
    "{t} = box.pop() if len(box) > 2 else {t}",
    "logs['k'] = {make}",
    "logs.update(k={make})",
    "logs['k' if maybe() else 'l'] = {make}",
    "change({make})",
    "keep.put({make})",
    "{t} = keep.v",
    "{t} = keep.seen",
    "{t} = Keep({make}).put({make2}).seen",
    "{t} = keep.kept",
    "keep.v = {make}",
    "keep.v = {make}",
    "{t} = keep.v",
    "pass",
)


@st.composite
def expressions(draw: Callable[..., str]) -> str:
    return draw(st.sampled_from(MAKES)).format(x=draw(st.sampled_from(NAMES)), y=draw(st.sampled_from(NAMES)))


@st.composite
def simple(draw: Callable[..., str]) -> list[str]:
    names = {"t": draw(st.sampled_from(NAMES)), "u": draw(st.sampled_from(NAMES))}
    return [draw(st.sampled_from(SIMPLE)).format(make=draw(expressions()), make2=draw(expressions()), **names)]


def indented(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


def compound(inner: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    """Blocks of statements inside branches, loops, handlers and patterns."""
    block = st.lists(inner, min_size=1, max_size=3).map(lambda blocks: [line for lines in blocks for line in lines])
    leave = st.sampled_from([[], ["if maybe():", "    break"], ["if maybe():", "    continue"]])
    return st.one_of(
        block,
        st.tuples(block, block).map(lambda p: ["if maybe():", *indented(p[0]), "else:", *indented(p[1])]),
        block.map(lambda p: ["if maybe():", *indented(p)]),
        st.tuples(block, block).map(lambda p: ["if n % 2 == 0:", *indented(p[0]), "else:", *indented(p[1])]),
        st.tuples(block, leave, block).map(lambda p: [*p[0], "for i in range(3):", *indented([*p[0], *p[1], *p[2]])]),
        st.tuples(block, block).map(
            lambda p: [
                "while True:",
                *indented([*p[0], "if maybe():", "    break", *p[1], "n += 1", "if n > 9:", "    break"]),
            ]
        ),
        st.tuples(block, block).map(
            lambda p: ["for v in list(box)[:4]:", *indented([*p[0], "a = v"]), "else:", *indented(p[1])]
        ),
        st.tuples(block, block).map(
            lambda p: [
                "try:",
                *indented([*p[0], "if maybe():", "    raise KeyError"]),
                "except KeyError:",
                *indented(p[1]),
            ]
        ),
        st.tuples(block, block).map(
            lambda p: [
                "try:",
                *indented([*p[0], "stop()", "a = b"]),
                "except KeyError:",
                "    pass",
                "else:",
                *indented(p[1]),
                "finally:",
                "    d = d * 1",
            ]
        ),
        st.tuples(block, block).map(
            lambda p: [
                "match n % 3:",
                "    case 0:",
                *indented(indented(p[0])),
                "    case k if k == 1:",
                *indented(indented(p[1])),
            ]
        ),
        st.tuples(block, block).map(
            lambda p: [
                "match (a, b):",
                "    case (c, d):",
                *indented(indented(p[0])),
                "    case _:",
                *indented(indented(p[1])),
            ]
        ),
    )


PROGRAMS = st.lists(st.recursive(simple(), compound, max_leaves=8), min_size=1, max_size=5).map(
    lambda blocks: "\n".join(line for lines in blocks for line in lines) + "\n"
)


class Undecidable(Exception):
    """A run that NumPy refuses: too many axes, or too much memory."""


def run(program: str, seed: int) -> dict[str, object]:
    """The variables of a real run."""
    choice = random.Random(seed)

    def stop() -> None:
        if choice.random() < 0.3:
            raise KeyError

    names: dict[str, object] = {"maybe": lambda: choice.random() < 0.4, "stop": stop}
    try:
        exec(compile(program, "program.py", "exec"), names)
    except (ValueError, IndexError, MemoryError, ZeroDivisionError) as error:
        raise Undecidable from error
    return names


@pytest.mark.slow
@settings(max_examples=250, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(PROGRAMS)
def test_shapes_of_random_programs(body: str) -> None:
    program = HEAD + FUNCTIONS + body
    read = read_program(program)
    said = {name: as_tensor(value_of(read, name)) for name in NAMES}
    count, box = value_of(read, "n"), value_of(read, "box")
    for seed in range(6):
        try:
            real = run(program, seed)
        except Undecidable:
            continue
        for name, tensor in said.items():
            shape = np.shape(real[name])
            assert tensor is None or agrees(tensor.shape, shape), f"{name} is {shape}, not {tensor.shape}\n{body}"
        assert not isinstance(count, Const) or count.value == real["n"], f"n is {real['n']}\n{body}"
        items = real["box"]
        assert isinstance(items, list)
        if isinstance(box, Sequence) and not box.open:
            assert len(box.items) == len(items), body
            for known, item in zip(box.items, items):
                tensor = as_tensor(known)
                assert not box.ordered or tensor is None or agrees(tensor.shape, np.shape(item)), body


@pytest.mark.slow
def test_the_programs_are_not_trivial() -> None:
    """Most of what is said is known, and most programs run: otherwise the test above would show little."""
    known = total = ran = runs = 0

    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(PROGRAMS)
    def look(body: str) -> None:
        nonlocal known, total, ran, runs
        program = HEAD + FUNCTIONS + body
        read = read_program(program)
        for name in NAMES:
            tensor = as_tensor(value_of(read, name))
            total += 1
            known += tensor is not None and tensor.shape is not None
        runs += 1
        try:
            run(program, 0)
            ran += 1
        except Undecidable:
            pass

    look()
    assert known > 0.5 * total
    assert ran > 0.8 * runs

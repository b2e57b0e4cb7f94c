"""Rewritten programs: what becomes of their text, and that they still do what they did."""

from __future__ import annotations

import ast
import builtins
import contextlib
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rule_programs import programs_of
from verifying import RULES, rewritten
from verifying import site_of as site

from tfloss_lint.lint import lint_source
from tfloss_lint.settings import Settings
from tfloss_lint.source import Source
from tfloss_lint.verify.instrument import Instrumented, instrument
from tfloss_lint.verify.rewriting import PROBE
from tfloss_lint.verify.site import Site

# --- the text

FUNCTION = """\
import tensorflow as tf

@tf.function
def mse(y_true, y_pred):
    difference = y_true - y_pred
    return tf.reduce_mean(difference ** 2)
"""


def test_a_function_is_decorated_below_its_other_decorators() -> None:
    found = rewritten(FUNCTION, site(FUNCTION, "y_true - y_pred", label="y_true", prediction="y_pred"), first=7)
    lines = found.text.split("\n")
    assert lines[2:5] == ["@tf.function", f"@{PROBE}.function(7)", "def mse(y_true, y_pred):"]
    assert list(found.lines) == [1, 2, 3, 4, 4, 5, 6, 7]
    assert found.carriers == {0: ["function 7", "expression 0"]}
    assert found.next_number == 8


def test_two_sites_of_one_function_share_it() -> None:
    sites = [
        site(FUNCTION, "y_true - y_pred", label="y_true", prediction="y_pred"),
        site(FUNCTION, "difference ** 2", number=1),
    ]
    found = rewritten(FUNCTION, *sites)
    assert found.text.count(f"@{PROBE}.function(") == 1
    assert found.carriers == {0: ["function 1", "expression 0"], 1: ["function 1", "expression 1"]}


def test_epochs_begin_with_the_outermost_loop() -> None:
    text = """\
def train():
    for epoch in range(3):
        for x in data:
            metric.update_state(x)
"""
    found = rewritten(text, site(text, "metric.update_state(x)", "reset", metric="metric"))
    assert found.text.split("\n")[2] == f"        {PROBE}.epoch(0)"


def test_epochs_of_a_function_begin_where_it_is_called() -> None:
    text = """\
def step(x):
    metric.update_state(x)


for epoch in range(3):
    for x in data:
        step(x)
"""
    found = rewritten(text, site(text, "metric.update_state(x)", "reset", metric="metric"))
    lines = found.text.split("\n")
    assert lines[lines.index("for epoch in range(3):") + 1] == f"    {PROBE}.epoch(0)"


def test_a_loss_that_is_compiled_is_asked_of_its_model() -> None:
    text = "model.compile(loss='mse')\n"
    found = rewritten(text, site(text, "'mse'", "logits"))
    assert found.carriers == {0: ["compiled 0"]}
    assert found.text == f"model.compile(loss={PROBE}.tap(0, 'place', ('mse')))\n"


def test_a_loop_tells_what_it_takes_from_the_data() -> None:
    text = """\
for step, (x, y) in enumerate(data):
    losses.append(mean(x, y))
print(np.mean(losses))
"""
    found = rewritten(text, site(text, "np.mean(losses)", "batch means", value="mean(x, y)"))
    assert found.text.split("\n")[1] == f"    {PROBE}.tap(0, 'batch', (step, (x, y)))"
    assert found.carriers == {0: ["expression 0"]}


@pytest.mark.parametrize(
    "text",
    [
        "losses = mean(x, y)\nnp.mean(losses)\n",
        "while True:\n    losses = mean(x, y)\nnp.mean(losses)\n",
        "for x, y in data: losses = mean(x, y)\nnp.mean(losses)\n",
    ],
)
def test_without_a_loop_of_its_own_lines_nothing_is_told_of_the_data(text: str) -> None:
    found = rewritten(text, site(text, "np.mean(losses)", "batch means", value="mean(x, y)"))
    assert "'batch'" not in found.text


def test_the_step_of_a_call_carries_a_claim_about_another_place() -> None:
    text = """\
class Own(keras.Model):
    def train_step(self, data):
        tape.gradient(loss, weights)


Own().compile(loss="mse")
"""
    found = rewritten(text, site(text, '"mse"', "unused loss", call="loss, weights"))
    assert found.carriers[0][0] == "step 1"


def member(text: str, place: str, how: str = "read") -> Instrumented:
    return rewritten(text, site(text, place, "member", facts={"name": "m", "how": how}))


@pytest.mark.parametrize(
    ("text", "place", "how", "expected"),
    [
        ("x = a.m\n", "a.m", "read", f"x = {PROBE}.reading(0, 'm', lambda: ({PROBE}.owner(0, (a)).m))\n"),
        ("a.m(1)\n", "a.m", "read", f"{PROBE}.calling(0, 'm', lambda: ({PROBE}.owner(0, (a)).m))(1)\n"),
        ("f(a.m)\n", "a.m", "read", f"f({PROBE}.reading(0, 'm', lambda: ({PROBE}.owner(0, (a)).m)))\n"),
        ("a.f(m=1)\n", "1", "argument", f"{PROBE}.calling(0, 'm', lambda: (a.f))(m=1)\n"),
        ("if x:\n    a.b.m = 1\n", "a.b.m", "assigned", f"if x:\n    {PROBE}.assigning(0, 'm', a.b)\n    a.b.m = 1\n"),
    ],
)
def test_members_tell_of_their_use(text: str, place: str, how: str, expected: str) -> None:
    found = member(text, place, how)
    assert (found.text, found.carriers) == (expected, {0: ["member 0"]})


@pytest.mark.parametrize(
    ("text", "place", "how"),
    [
        ("class A(B):\n    def f(self):\n        super().m()\n", "super().m", "read"),
        ("f().m = 1\n", "f().m", "assigned"),
        ("if x: a.m = 1\n", "a.m", "assigned"),
    ],
)
def test_members_that_cannot_be_told(text: str, place: str, how: str) -> None:
    found = member(text, place, how)
    assert (found.text, found.carriers) == (text, {0: []})


def test_a_method_that_keras_may_call_is_decorated() -> None:
    text = "class M(B):\n    def f(self):\n        pass\n"
    found = rewritten(text, site(text, "f(self)", "reset override"))
    assert found.carriers == {0: ["override 0"]}
    assert found.text.split("\n")[1] == f"    @{PROBE}.override(0)"
    short = "class M(B): f = lambda self: self.g\n"
    assert rewritten(short, site(short, "g", "reset override")).carriers == {0: []}


def test_what_is_only_watched_is_not_run_again() -> None:
    text = "loss = tf.reduce_mean(tf.square(y - p))\n"
    found = rewritten(text, site(text, "tf.reduce_mean(tf.square(y - p))", "replica mean", label="y", prediction="p"))
    assert found.carriers == {0: ["replicas 0"]}
    assert "lambda" not in found.text


# --- what it does


class Transparent:
    """A probe that changes nothing, and runs blocks once more."""

    def __init__(self) -> None:
        self.taps: list[tuple[int, str, Any]] = []
        self.again: list[Any] = []

    def tap(self, number: int, role: str, value: Any) -> Any:
        self.taps.append((number, role, value))
        return value

    def expression(self, _number: int, evaluate: Callable[[], Any]) -> Any:
        return evaluate()

    def function(self, _number: int) -> Callable[[Any], Any]:
        return lambda function: function

    step = function

    def peek(self, read: Callable[[], Any]) -> Any:
        with contextlib.suppress(NameError):
            return read()

    def enter(self, _number: int) -> None: ...

    def epoch(self, _number: int) -> None: ...

    def leave(self, _number: int, block: Callable[[], Any]) -> None:
        self.again.append(block())


@pytest.fixture
def probe() -> Iterator[Transparent]:
    found = Transparent()
    setattr(builtins, PROBE, found)
    yield found
    delattr(builtins, PROBE)


PROGRAM = """\
class GradientTape:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def gradient(self, target, sources):
        return target


total, seen = 0, []
for x, y in [(1, 5), (2, 8)]:
    with GradientTape() as tape:
        p = 3 * x
        loss = (y - p) ** 2
        total += loss
        squares = [n * n for n in range(p)]
    seen.append((tape.gradient(loss, None), p, len(squares)))
"""


def test_a_block_that_runs_again_touches_no_name_around_it(probe: Transparent) -> None:
    found = rewritten(PROGRAM, site(PROGRAM, "y - p", label="y", prediction="p"))
    plain: dict[str, Any] = {}
    exec(PROGRAM, plain)
    variables: dict[str, Any] = {}
    exec(found.text, variables)
    assert variables["seen"] == plain["seen"] == [(4, 3, 3), (4, 6, 6)]
    assert variables["total"] == plain["total"] == 8
    assert probe.again == [4, 4]
    assert [value for _, role, value in probe.taps if role == "label"] == [5, 5, 8, 8]


def test_errors_name_the_lines_of_the_user(probe: Transparent) -> None:
    from tfloss_lint.runtime_checks.probe.program import compile_rewritten

    text = PROGRAM.replace("seen.append((", "seen.append((1 / 0, ")
    found = rewritten(text, site(text, "y - p", label="y", prediction="p"))
    with pytest.raises(ZeroDivisionError) as raised:
        exec(compile_rewritten(found.text, found.lines, "train.py"), {})
    lines = [frame.lineno for frame in traceback.extract_tb(raised.value.__traceback__) if frame.filename == "train.py"]
    assert lines == [text.split("\n").index(next(line for line in text.split("\n") if "1 / 0" in line)) + 1]


@pytest.mark.parametrize("rule", RULES)
def test_all_programs_of_the_rules_can_be_rewritten(rule: str) -> None:
    for program in programs_of(rule):
        findings = lint_source(Source("train.py", program.text), Settings(pedantic=True), claims=True)
        sites = [Site(number, f.code, f.claim) for number, f in enumerate(findings) if f.claim is not None]
        found = instrument(program.text, sites)
        ast.parse(found.text)
        assert len(found.lines) == len(found.text.split("\n"))
        assert all(found.carriers[one.id] for one in sites), program.name

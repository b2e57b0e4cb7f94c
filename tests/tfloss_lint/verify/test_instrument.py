"""Rewritten programs: what becomes of their text, and that they still do what they did."""

from __future__ import annotations

import ast
import builtins
import contextlib
import textwrap
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from rule_programs import programs_of
from verifying import RULES
from verifying import site_of as site

from tfloss_lint.claim import PlacedClaim
from tfloss_lint.lint import lint_source
from tfloss_lint.settings import Settings
from tfloss_lint.source import Source
from tfloss_lint.span import Span
from tfloss_lint.verify.instrument import PROBE, Instrumented, instrument
from tfloss_lint.verify.site import Site


def rewritten(text: str, *sites: Site, first: int = 1) -> Instrumented:
    return instrument(textwrap.dedent(text), sites, first)


# --- the text


def test_an_expression_is_wrapped_as_far_as_it_may_run_again() -> None:
    text = "import tensorflow as tf\nloss = scale(tf.reduce_mean(tf.square(y - p)) + 1)\n"
    found = rewritten(text, site(text, "y - p", label="y", prediction="p"))
    assert found.text.split("\n")[1] == (
        f"loss = scale({PROBE}.expression(0, lambda: (tf.reduce_mean(tf.square({PROBE}.tap(0, 'place', "
        f"({PROBE}.tap(0, 'label', (y)) - {PROBE}.tap(0, 'prediction', (p)))))) + 1)))"
    )
    assert found.carriers == {0: ["expression 0"]}
    assert list(found.lines) == [1, 2, 3]
    assert found.next_number == 1


def test_what_else_an_expression_reads_is_tapped() -> None:
    text = "import tensorflow as tf\nloss = tf.reduce_sum(w[0] * (y(z) - p) + len(s.n) + f(lambda v: v + 1, f'{w}'))\n"
    found = rewritten(text, site(text, "y(z) - p", label="y(z)", prediction="p"))
    line = found.text.split("\n")[1]
    assert f"{PROBE}.tap(0, 'other 0', (w[0])) * (" in line
    assert f" + len({PROBE}.tap(0, 'other 1', (s.n))) + f(lambda v: v + 1, f'{{w}}')" in line
    assert f"{PROBE}.tap(0, 'label', (y(z)))" in line


def test_without_a_site_the_text_stays() -> None:
    text = "x = 1\n\n\ndef f(a):\n    return a\n"
    found = rewritten(text)
    assert found.text == text
    assert list(found.lines) == [1, 2, 3, 4, 5, 6]


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


BLOCK = """\
import tensorflow as tf

for x, y in data:
    with tf.GradientTape() as tape:
        p = model(x)
        # a remark
        error = y - p
        loss = tf.reduce_mean(error ** 2)
    gradients = tape.gradient(loss, weights)
"""


def test_the_block_of_a_tape_becomes_a_function_of_its_names() -> None:
    found = rewritten(BLOCK, site(BLOCK, "y - p", label="y", prediction="p"))
    lines = found.text.split("\n")
    names = ["data", "error", "loss", "model", "p", "tape", "tf", "x", "y"]
    kept = [name for name in names if name != "data"]
    parameters = ", ".join(f"{name}={PROBE}.peek(lambda: {name})" for name in kept)
    assert lines[3] == f"    def __tfloss_block_1__({parameters}):"
    assert lines[4] == "        p = model(x)"
    assert lines[5] == "        # a remark"
    assert lines[8] == "        return (loss)"
    assert lines[9] == "    with tf.GradientTape() as tape:"
    assert lines[10] == f"        {PROBE}.enter(1)"
    assert lines[15] == f"    {PROBE}.leave(1, __tfloss_block_1__)"
    assert list(found.lines) == [1, 2, 3, 4, 5, 6, 7, 8, 4, 4, 5, 5, 6, 7, 8, 8, 9, 10]
    assert found.carriers == {0: ["block 1", "expression 0"]}


@pytest.mark.parametrize(
    ("change", "target"),
    [
        (lambda text: text, "loss"),
        (lambda text: text.replace("gradient(loss, weights)", "gradient(target=loss, sources=weights)"), "loss"),
        (
            lambda text: text.replace("gradient(loss, weights)", "gradient([loss, 2 * loss], weights)"),
            "[loss, 2 * loss]",
        ),
        (lambda text: text.replace("    gradients = tape.gradient(loss, weights)\n", ""), "None"),
        (lambda text: text.replace("tape.gradient(loss", "other.gradient(loss"), "None"),
    ],
)
def test_the_block_returns_what_its_tape_differentiates(change: Callable[[str], str], target: str) -> None:
    text = change(BLOCK)
    found = rewritten(text, site(text, "y - p", label="y", prediction="p"))
    assert f"        return ({target})" in found.text.split("\n")


def test_what_the_tape_is_asked_inside_its_block_is_not_asked_again() -> None:
    text = BLOCK.replace("    gradients = tape", "        gradients = tape") + "        apply(gradients)\n"
    found = rewritten(text, site(text, "y - p", label="y", prediction="p"))
    again, as_it_was = found.text.split("        return (loss)")
    assert "gradient(" not in again
    assert "apply(" not in again
    assert "apply(gradients)" in as_it_was


@pytest.mark.parametrize("line", ["return loss", "yield loss", "global loss", "await loss"])
def test_a_block_that_leaves_its_function_is_no_carrier(line: str) -> None:
    text = f"""\
async def f(x, y):
    with GradientTape() as tape:
        error = y - x
        {line}
"""
    found = rewritten(text, site(text, "y - x", label="y", prediction="x"))
    assert found.carriers == {0: ["expression 0"]}
    ast.parse(found.text)


def test_a_loop_inside_the_block_may_be_left() -> None:
    inside = BLOCK.replace("        # a remark\n", "        for _ in range(3):\n            break\n")
    across = BLOCK.replace("        # a remark\n", "        if x: break\n")
    assert rewritten(inside, site(inside, "y - p", label="y", prediction="p")).carriers[0][0] == "block 1"
    assert rewritten(across, site(across, "y - p", label="y", prediction="p")).carriers[0] == ["expression 0"]


def test_a_method_with_super_keeps_its_first_parameter_first() -> None:
    text = """\
class M(Base):
    def train_step(me, data):
        with GradientTape() as tape:
            loss = super().loss(data) - data
        tape.gradient(loss, [])
"""
    found = rewritten(text, site(text, "super().loss(data) - data", label="data", prediction="super().loss(data)"))
    block = next(line for line in found.text.split("\n") if "def __tfloss_block" in line)
    assert block.split("(")[1].startswith("me=")
    assert f"    @{PROBE}.step(1)" in found.text.split("\n")
    # `super()` would find no arguments in a lambda.
    assert found.carriers == {0: ["step 1", "block 2"]}


@pytest.mark.parametrize(
    "text",
    [
        "loss = (z := y - p)\n",
        "async def f(y, p):\n    return await (y - p)\n",
        "loss = model.fit(y - p)\n",
        "import tensorflow as tf\nloss = tf.keras.metrics.Mean().update_state(y - p)\n",
    ],
)
def test_no_more_is_wrapped_than_may_run_again(text: str) -> None:
    found = rewritten(text, site(text, "y - p", label="y", prediction="p"))
    assert f"expression(0, lambda: ({PROBE}.tap(0, 'place', ({PROBE}.tap(0, 'label', (y))" in found.text


def test_an_expression_that_cannot_be_found_has_no_carrier() -> None:
    text = "loss = y - p\n"
    claim = PlacedClaim("broadcast", Span(1, 1, 1, 4), (("label", Span(1, 10, 1, 11)),))
    found = rewritten(text, Site(0, "TFL201", claim))
    assert found.carriers == {0: []}
    assert found.text == text


def test_places_count_characters_and_not_bytes() -> None:
    text = "größe = 'ÄÖÜ', ((ÿ) - p)\n"
    found = rewritten(text, site(text, "(ÿ) - p", label="ÿ", prediction="p"))
    assert f"{PROBE}.tap(0, 'label', (ÿ))" in found.text
    ast.parse(found.text)


def test_expressions_over_several_lines_keep_their_lines() -> None:
    text = "loss = f(\n    y -\n    p,  # here\n)\nafter = 1\n"
    found = rewritten(text, site(text, "y -\n    p", label="y", prediction="p"))
    assert len(found.text.split("\n")) == len(text.split("\n"))
    assert found.text.split("\n")[4] == "after = 1"
    ast.parse(found.text)


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


ASKED = """\
with tf.GradientTape() as tape:
    loss = f(x)
with tf.GradientTape() as other:
    more = g(x)
a, b = tape.gradient(loss, v), other.gradient(more, v)
"""


@pytest.mark.parametrize(("target", "line"), [("loss, v", 2), ("more, v", 4)])
def test_the_block_whose_tape_is_asked(target: str, line: int) -> None:
    place = site(ASKED, target, "loss scale")
    place = replace(
        place, claim=replace(place.claim, place=replace(place.claim.place, end_column=place.claim.place.end_column - 3))
    )
    found = rewritten(ASKED, place)
    assert found.carriers == {0: ["block 1"]}
    entered = found.text.split("\n").index(f"    {PROBE}.enter(1)")
    assert found.lines[entered] == line


@pytest.mark.parametrize(
    "text", ["a = tape.gradient(loss, v)\n", "a = gradient(loss, v)\n", "a = f().gradient(loss, v)\n"]
)
def test_no_block_is_asked(text: str) -> None:
    assert rewritten(text, site(text, "loss", "loss scale")).carriers == {0: []}


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

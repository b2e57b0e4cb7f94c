"""Programs that nobody would write, and programs that break: a clear answer for each, never a traceback."""

from __future__ import annotations

import ast
import time

import pytest

from tfloss_lint.lint import lint_source
from tfloss_lint.settings import Settings
from tfloss_lint.source import Source

HEAD = "import tensorflow as tf\nfrom tensorflow import keras\n"
WORDS = "def loss(y_true, y_pred):\n    return "
MOST_SECONDS = 60
"""Far more than any of them takes: only what never ends is meant."""


def lint(text: str) -> list[tuple[int, int, str]]:
    start = time.process_time()
    found = lint_source(Source("train.py", text), Settings(pedantic=True))
    assert time.process_time() - start < MOST_SECONDS
    return [(finding.line, finding.column, finding.code) for finding in found]


DEPTH = 500
NESTED = {
    "parentheses": f"{'(' * 90}y_true{')' * 90}",
    "calls": f"{'tf.abs(' * 90}y_true - y_pred{')' * 90}",
    "operators": " + ".join(["(y_true - y_pred)"] * DEPTH),
    "attributes": "y_true" + ".value" * DEPTH,
    "subscripts": "y_true" + "[0]" * DEPTH,
    "lambdas": "lambda: " * 90 + "y_true",
    "lists": f"{'[' * 90}y_true{']' * 90}",
    "conditions": "y_true if y_pred else " * 90 + "y_true",
    "negations": "-" * DEPTH + "y_true",
    "comparisons": " < ".join(["y_true"] * DEPTH),
    "booleans": " and ".join(["y_true"] * DEPTH),
}


@pytest.mark.parametrize("name", sorted(NESTED))
def test_nested_expressions(name: str) -> None:
    assert lint(f"{HEAD}{WORDS}{NESTED[name]}\n") == []


@pytest.mark.parametrize(
    "expression", ["(" * 3000 + "y_true" + ")" * 3000, "-" * 20000 + "y_true", "tf.abs(" * 4000 + "1" + ")" * 4000]
)
def test_too_much_nesting_is_unreadable(expression: str) -> None:
    [(line, _, code)] = lint(f"{HEAD}{WORDS}{expression}\n")
    assert code == "TFL900"
    assert line >= 1


def test_a_file_of_50_000_lines_still_has_its_finding() -> None:
    filler = "".join(f"value_{n} = {n}\n" for n in range(50_000))
    program = WORDS + "tf.sqrt(tf.reduce_mean(tf.square(y_true - y_pred), axis=-1))\n"
    named = program.replace("def loss", "def rmse")
    assert lint(HEAD + filler + named) == [(50_004, 12, "TFL204")]


def test_nested_loops_that_carry_values_around() -> None:
    depth = 12
    lines = ["def train(y_true, y_pred):", "    total = y_pred"]
    for level in range(depth):
        lines.append("    " * (level + 1) + f"for i{level} in range(3):")
        lines.append("    " * (level + 2) + f"total = total + y_true * i{level}")
    assert lint(HEAD + "\n".join(lines) + "\n") == []


def test_branches_that_double_the_paths() -> None:
    lines = ["def train(y_true, y_pred, flag):", "    total = y_pred"]
    for n in range(200):
        lines += [
            f"    if flag > {n}:",
            f"        total = total + {n} * y_true",
            "    else:",
            "        total = [total]",
        ]
    assert lint(HEAD + "\n".join(lines) + "\n    return total\n") == []


def test_a_thousand_functions_that_call_each_other() -> None:
    functions = [
        f"def f{n}(y_true, y_pred):\n    return f{(n * 7 + 1) % 1000}(y_pred, y_true) + f{(n * 3 + 2) % 1000}(y_true, y_pred)\n"
        for n in range(1000)
    ]
    assert lint(HEAD + "".join(functions)) == []


DOUBLING = {
    "sums": ("tf.square(y_true - y_pred)", "x = x + x"),
    "lists in lists": ("[y_true]", "x = [x, x]"),
    "tuples in tuples": ("(y_true,)", "x = (x, x)"),
    "mappings in mappings": ("{'a': y_true}", "x = {'a': x, 'b': x}"),
    "appended lists": ("[y_true]", "z = []; z.append(x); z.append(x); x = z"),
    "stored entries": ("{'a': y_true}", "z = {}; z['a'] = x; z['b'] = x; x = z"),
    "extended lists": ("[y_true]", "x.extend(x)"),
    "added lists": ("[y_true]", "x = x + x"),
    "lists added in place": ("[y_true]", "x += x"),
    "spread lists": ("[y_true]", "x = [*x, *x]"),
    "choices": ("y_true", "x = [x, x] if y_pred else (x,)"),
    "strings": ("'y_true'", "x = x + x"),
    "numbers": ("2", "x = x * x"),
    "data sets": ("tf.data.Dataset.from_tensor_slices(y_true)", "x = tf.data.Dataset.zip((x, x))"),
}


@pytest.mark.parametrize("name", sorted(DOUBLING))
def test_what_doubles_with_every_line(name: str) -> None:
    first, line = DOUBLING[name]
    assert lint(f"{HEAD}def loss(y_true, y_pred):\n    x = {first}\n" + f"    {line}\n" * 60 + "    return x\n") == []


ODDITIES = {
    "a class that inherits from itself": "class A(A):\n    def train_step(self, data):\n        return super().train_step(data)\n",
    "classes that inherit in a ring": "class A: ...\nclass B(A): ...\nclass A(B):\n    def train_step(self, data): ...\nA()(1)\n",
    "stars": "def f(*y_true, **y_pred):\n    return f(*y_true, *y_pred, **y_pred, **{**y_pred}, y_true=y_true)\nf(*f, **f)\n",
    "a list that holds itself": "y_true = []\ny_true.append(y_true)\nfor y_pred in y_true: y_true = [y_true, y_pred]\n",
    "a mapping that holds itself": "y_true = {}\ny_true['a'] = y_true\ny_pred = y_true['a']['a']\nprint({**y_true})\n",
    "a name for itself": "y_true = y_true\ny_pred = y_pred = y_true\n",
    "a function that replaces itself": "def y_true():\n    global y_true\n    y_true = y_true()\n    return y_true\ny_true()()\n",
    "deletions": "y_true = 1\ndel y_true\nprint(y_true)\n",
    "shapes out of range": "y_true = tf.zeros((2, 3))\ny_pred = tf.reshape(tf.reduce_sum(y_true, axis=9)[5, 5, 5], (-1, -1, 0))\n",
    "a zero divisor": "y_true = tf.zeros((4, 4)) / 0\ny_pred = 1 / 0 + 1 % 0 + 2 ** 10 ** 10\n",
    "slices": "y_true = tf.zeros((4, 4))[::0, None, ..., 1:2:3][...]\ny_pred = [1, 2][::0]\n",
    "starred targets": "*y_true, y_pred = 1, 2\n(a, (*b, c)), *d = y_true\n[*e], = y_pred\n",
    "a walrus in a comprehension": "y_true = [y_pred := n for n in range(3) if (y_pred := n)]\n",
    "yields and awaits": "async def f(y_true):\n    async for a in y_true:\n        yield await a\n    async with y_true as y_pred: pass\n",
    "match": "match y_true:\n    case [1, *y_pred] | {'a': y_pred, **rest}: pass\n    case tf.Tensor(shape=()) as y_pred if y_pred: pass\n    case _: pass\n",
    "exception groups": "try:\n    y_true\nexcept* ValueError as y_pred:\n    raise\nfinally:\n    y_pred\n",
    "strings": "y_true = f'{y_pred!r:>{10}}' 'é' rb'' \"\"\"\n\"\"\"\n",
    "a tape of nothing": "with tf.GradientTape() as tape: pass\ntape.gradient()\ntape.gradient(*[], **{})\ntape.gradient\n",
    "a model of nothing": "class M(keras.Model):\n    def train_step(): return {}\n    def test_step(*a): return a\nM().fit()\nM().compile()\n",
    "steps that are no functions": "class M(keras.Model):\n    train_step = 3\n    test_step = lambda self, data: {'loss': data}\nM().fit(1, 2)\n",
    "a metric without arguments": "m = keras.metrics.Mean()\nm.update_state()\nm()\nm.reset_state(1, 2)\nm.result.result()\n",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(ODDITIES))
def test_oddities(name: str) -> None:
    text = HEAD + "# train_step update_state GradientTape\n" + ODDITIES[name]
    try:
        ast.parse(text)
    except SyntaxError:
        # An older Python: then it says so.
        assert [code for _, _, code in lint(text)] in ([], ["TFL900"])
    else:
        assert "TFL900" not in [code for _, _, code in lint(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD + "def train_step(:\n    pass\n", (3, 16, "TFL900")),
        (HEAD + "with tf.GradientTape() as tape\n    pass\n", (3, 31, "TFL900")),
        (HEAD + "y_true = 'unclosed\n", (3, 10, "TFL900")),
        ("\ty_true = 1\nimport keras\n", (1, 1, "TFL900")),
    ],
)
def test_a_broken_program_is_reported_where_it_breaks(text: str, expected: tuple[int, int, str]) -> None:
    assert lint(text) == [expected]


def test_a_broken_file_that_does_not_concern_us_costs_nothing() -> None:
    assert lint("def broken(:\n") == []

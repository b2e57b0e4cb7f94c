"""How a file is cut into units."""

from __future__ import annotations

import ast
import re

import pytest

from tfloss_lint import units
from tfloss_lint.source import split_lines


def cut(text: str) -> list[units.Unit]:
    return units.cut(ast.parse(text).body, split_lines(text))


def test_statements_that_share_a_line_are_one_unit() -> None:
    found = cut("import os; x = 1\ny = (\n  2)\n")
    assert [(unit.first, unit.last, len(unit.statements), unit.imports) for unit in found] == [
        (0, 1, 2, False),
        (1, 3, 1, False),
    ]


def test_decorators_and_backslashes_belong_to_a_unit() -> None:
    found = cut("x = 1\n@f\ndef g(): pass\n\\\ny = 2\n")
    assert [(unit.first, unit.last) for unit in found] == [(0, 1), (1, 3), (3, 5)]


def test_docstrings_and_comments_are_no_code() -> None:
    text = 'def f():\n    """keras"""\n    # tf\n    return 1  # nn\nclass C:\n    """C."""\n    def m(self):\n        """M."""\n'
    code = units.Code(cut(text))
    assert code.text == "def f():\n    return 1  # nn\n\n\0\nclass C:\n    def m(self):\n"
    assert [unit.text for unit in code.units] == ["def f():\n    return 1  # nn\n\n", "\nclass C:\n    def m(self):\n"]


def test_tests_of_a_test_case_are_units_of_their_own() -> None:
    (case,) = cut(
        "class LossTest(TestCase):\n    def setUp(self): pass\n    def test_a(self): pass\n    def test_b(self): pass\n"
    )
    assert [(test.first, test.last, test.case is case) for test in case.tests] == [(2, 3, True), (3, 4, True)]
    assert "test_a" not in case.text


def test_the_first_member_of_a_test_case_stays_in_it() -> None:
    (case,) = cut("class TestLoss:\n    def test_a(self): pass\n    def test_b(self): pass\n")
    assert [test.first for test in case.tests] == [2]


def test_a_match_is_found_in_its_unit() -> None:
    code = units.Code(cut("x = f(1)\ny = 2\nz = f(3) + f(4)\n"))
    assert [(unit.first, match[0]) for unit, match in code.find(re.compile(r"f\(\d"))] == [
        (0, "f(1"),
        (2, "f(3"),
        (2, "f(4"),
    ]


@pytest.mark.parametrize(
    ("text", "binds", "changes"),
    [
        ("import a.b, c as d", ["a", "d"], []),
        ("from a import *", ["*"], []),
        ("x = y.z = w[0] = 1", ["w", "x", "y"], []),
        ("(a, *b), [c] = x", ["a", "b", "c"], []),
        ("for i in x:\n    j += 1", ["i", "j"], []),
        ("with a as b, c as (d, e): f: int = 1", ["b", "d", "e", "f"], []),
        ("try: a = 1\nexcept E as e: b = 2\nelse: c = 3\nfinally: d = 4", ["a", "b", "c", "d"], []),
        ("match x:\n    case [a, *b] | {'k': c, **d}: e = 1", ["a", "b", "c", "d", "e"], []),
        ("def f(x):\n    y = x", ["f"], []),
        ("if (n := 3): print(n)", ["n"], []),
        ("model.compile('sgd')", [], ["model"]),
        ("history = a.model.fit(x)", ["history"], ["model"]),
        ("def f():\n    found = []\n    found.append(1)\n    losses.append(2)", ["f"], ["losses"]),
    ],
)
def test_names(text: str, binds: list[str], changes: list[str]) -> None:
    code = units.Code(cut(text + "\n"))
    code.note_names()
    (unit,) = code.units
    assert (sorted(unit.binds), sorted(unit.changes)) == (binds, changes)


def test_words_are_names_and_keywords() -> None:
    code = units.Code(cut("x = f('a b', y.z)\nw = 1\n"))
    code.note_names()
    assert [sorted(unit.words) for unit in code.units] == [["a", "b", "f", "x", "y", "z"], ["1", "w"]]

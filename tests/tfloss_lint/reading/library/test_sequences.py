"""Methods of lists, and what the lists hold afterwards."""

from __future__ import annotations

import pytest
from readings import read_program, value_of

from tfloss_lint.reading.values import UNKNOWN, Const, Sequence, Value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("[1, 2].copy()[1]", Const(2)),
        ("[1, 2].pop()", Const(2)),
        ("[1, 2].pop(0)", Const(1)),
        ("[1, 2].index(1)", UNKNOWN),
    ],
)
def test_methods_of_lists(expression: str, value: Value) -> None:
    assert value_of(read_program(f"value = {expression}\n"), "value") == value


def test_what_a_list_holds_after_it_was_changed() -> None:
    program = read_program(
        """
        a = [1]
        a.append(2)
        a.extend((3, 4))
        a.insert(1, 5)
        b = a.copy()
        b.clear()
        c = [1, 2]
        c.remove(1)
        d = [1, 2]
        d.sort()
        e = [1]
        e.extend(anything)
        f = [1, 2]
        f.insert(anything, 3)
        """
    )
    found = {name: value_of(program, name) for name in "abcdef"}
    lists = {name: value for name, value in found.items() if isinstance(value, Sequence)}
    assert lists.keys() == found.keys()
    assert list(lists["a"].items) == [Const(1), Const(5), Const(2), Const(3), Const(4)]
    assert (lists["a"].open, lists["b"].items) == (False, [])
    assert {name for name, value in lists.items() if value.open or not value.ordered} == set("cdef")
    assert Const(3) in lists["f"].items

"""Methods of dictionaries."""

from __future__ import annotations

import pytest
from readings import read_program, value_of

from tfloss_lint.reading.values import UNKNOWN, Const, Mapping, Value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("{'a': 1}.get('a')", Const(1)),
        ("{'a': 1}.get('b')", Const(None)),
        ("{'a': 1}.get('b', 2)", Const(2)),
        ("{'a': 1}.get(anything)", UNKNOWN),
        ("{'a': 1, **anything}.get('b', 2)", UNKNOWN),
        ("{'a': 1}.pop('a')", Const(1)),
        ("{'a': 1}.setdefault('a', 2)", Const(1)),
        ("{'a': 1}.setdefault('b', 2)", Const(2)),
        ("{'a': 1}.copy()['a']", Const(1)),
        ("list({'a': 1}.keys())[0]", Const("a")),
        ("list({'a': 1}.values())[0]", Const(1)),
        ("list({'a': 1}.items())[0][1]", Const(1)),
    ],
)
def test_methods_of_dictionaries(expression: str, value: Value) -> None:
    assert value_of(read_program(f"value = {expression}\n"), "value") == value


def test_updates_of_dictionaries() -> None:
    program = read_program(
        """
        logs = {"a": 1}
        logs.update({"b": 2}, c=3)
        logs |= {"d": 4}
        unknown = {"a": 1}
        unknown.update(anything)
        more = {"a": 1}
        more.update(**anything)
        """
    )
    logs, unknown, more = (value_of(program, name) for name in ("logs", "unknown", "more"))
    assert isinstance(logs, Mapping)
    assert isinstance(unknown, Mapping)
    assert isinstance(more, Mapping)
    assert (list(logs.items.values()), logs.open) == ([Const(1), Const(2), Const(3), Const(4)], False)
    assert (unknown.items, unknown.open) == ({"a": UNKNOWN}, True)
    assert (more.items, more.open) == ({"a": UNKNOWN}, True)

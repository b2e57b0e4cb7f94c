from __future__ import annotations

import ast

import libcst as cst
import pytest

from tfloss_lint.source import split_lines
from tfloss_lint.split_class import parse_method, without_methods
from tfloss_lint.units import cut

CLASS = '''\
@wrap
class Model(Base,
            Other):
    """Words."""

    rate = 3

    def __init__(self):
        self.a = 1

    # A comment of what follows.
    @property
    def b(self):
        return """
no indent
"""

    @b.setter
    def b(self, value): self.a = value

    if rate:
        def c(self): ...
'''


def split(text: str) -> tuple[str, dict[str, list[str]]]:
    lines = split_lines(text)
    [unit] = cut(ast.parse(text).body, lines)
    rest, methods = without_methods(unit, lines)
    return rest, {name: list(texts) for name, texts in methods.items()}


def test_a_class_and_its_methods() -> None:
    rest, methods = split(CLASS)
    [cls] = ast.parse(rest).body
    assert isinstance(cls, ast.ClassDef)
    assert [type(member) for member in cls.body] == [ast.Expr, ast.Assign, ast.If]
    assert "A comment" in rest
    assert methods == {
        "__init__": ["    def __init__(self):\n        self.a = 1\n"],
        "b": [
            '    @property\n    def b(self):\n        return """\nno indent\n"""\n',
            "    @b.setter\n    def b(self, value): self.a = value\n",
        ],
    }


@pytest.mark.parametrize("indent", ["  ", "\t", "        "])
def test_a_class_of_nothing_but_methods(indent: str) -> None:
    rest, methods = split(f"class A:\n{indent}def f(self): return 1\n\n{indent}# the end\n")
    assert rest == f"class A:\n{indent}pass\n"
    assert methods == {"f": [f"{indent}def f(self): return 1\n"]}


@pytest.mark.parametrize(
    "text", ["def f():\n    def g(): ...\n", "class A: x = 1\n", "class A: pass; y = 1\n", "class A:\n    async def f(self): ...\n"]
)  # fmt: skip
def test_what_has_no_methods_is_left_as_it_is(text: str) -> None:
    assert split(text) == (text, {})


def test_methods_are_parsed_one_by_one() -> None:
    _, methods = split(CLASS)
    getter, setter = map(parse_method, methods["b"])
    assert getter.name.value == setter.name.value == "b"
    assert isinstance(getter.decorators[0].decorator, cst.Name)
    assert isinstance(setter.decorators[0].decorator, cst.Attribute)
    with pytest.raises(SyntaxError):
        parse_method("    def f(\n")

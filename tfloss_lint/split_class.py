"""A class of another module, and its methods one by one: of a large class a file mostly needs a few.

LibCST's parser is the greatest part of what it costs to read another module.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

import libcst as cst

from tfloss_lint.parsing import parse_module
from tfloss_lint.units import Unit, first_line, last_line, text_of


def without_methods(unit: Unit, lines: Sequence[str]) -> tuple[str, Mapping[str, Sequence[str]]]:
    """The text of a class without its methods, and the text of each; what is no class is left as it is.

    Several methods of one name are a property with its setter, or the last one counts.
    """
    cls = unit.statements[0]
    if not isinstance(cls, ast.ClassDef) or len(unit.statements) > 1:
        return text_of(lines, unit.first, unit.last, ()), {}
    methods: dict[str, list[str]] = {}
    places: list[tuple[int, int]] = []
    line = cls.lineno
    for member in cls.body:
        first, line = first_line(member, lines, line), last_line(member, lines)
        if isinstance(member, ast.FunctionDef):
            methods.setdefault(member.name, []).append(text_of(lines, first, line, ()))
            places.append((first, line))
    rest = text_of(lines, unit.first, unit.last, places)
    if len(places) == len(cls.body):
        # A class needs a body.
        indent = lines[cls.body[0].lineno - 1][: cls.body[0].col_offset]
        rest += f"{indent}pass\n"
    return rest, methods


def parse_method(text: str) -> cst.FunctionDef:
    """A method of ``without_methods`` as LibCST's node. Raises ``SyntaxError``."""
    [around] = parse_module(f"class _:\n{text}").body
    assert isinstance(around, cst.ClassDef)
    [method] = around.body.body
    assert isinstance(method, cst.FunctionDef)
    return method

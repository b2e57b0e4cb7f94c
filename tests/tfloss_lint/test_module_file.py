from __future__ import annotations

import ast

import libcst as cst
import pytest

from tfloss_lint import module_file
from tfloss_lint.source import split_lines


def test_pieces_are_the_whole_file_statement_by_statement() -> None:
    text = '"""Words."""\nimport os, sys\n\n# a comment\n@wrap\ndef f(x):\n    """Docs."""\n    return os\na = 1; b = a\nmodel.fit(f(b))\n'
    found = module_file.pieces(ast.parse(text), split_lines(text))
    assert [piece.text for piece in found] == [
        '"""Words."""\n',
        "import os, sys\n",
        '@wrap\ndef f(x):\n    """Docs."""\n    return os\n',
        "a = 1; b = a\n",
        "model.fit(f(b))\n",
    ]
    assert [sorted(piece.binds) for piece in found] == [[], ["os", "sys"], ["f"], ["a", "b"], []]
    assert [ast.unparse(statement) for piece in found for statement in piece.imports] == ["import os, sys"]
    assert [sorted(piece.changes) for piece in found] == [[], [], [], [], ["model"]]
    assert found[2].words >= {"wrap", "f", "x", "os"}
    assert "Docs" not in found[2].words
    assert [len(piece.statements) for piece in found] == [1, 1, 1, 2, 1]
    assert all(piece.rest == piece.text and not piece.methods for piece in found)


def test_methods_are_parsed_when_they_are_asked_for_and_once() -> None:
    text = "class A:\n    x = 1\n    def f(self): ...\n    def g(self): ...\n"
    lines = split_lines(text)
    whole = module_file.ModuleFile(ast.parse(text), lines)
    split = module_file.ModuleFile(ast.parse(text), lines, split=True)
    for file, code in ((whole, text), (split, "class A:\n    x = 1\n")):
        module = file.parsed(0)
        assert module is not None
        assert module.code == code
        assert file.pieces[0].text == text
    [method] = split.method(0, "f")
    assert method.name.value == "f"
    assert split.method(0, "f")[0] is method


def test_a_method_that_libcst_cannot_parse_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(text: str) -> cst.FunctionDef:
        raise SyntaxError(text)

    monkeypatch.setattr(module_file, "parse_method", refuse)
    text = "class A:\n    def f(self): ...\n"
    assert module_file.ModuleFile(ast.parse(text), split_lines(text), split=True).method(0, "f") == []

from __future__ import annotations

import ast

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

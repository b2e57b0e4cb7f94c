from __future__ import annotations

import ast
import json
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfloss_lint.notebook import python_of_cell, without_broken_cells
from tfloss_lint.source import CellSpan, Source, UnreadableSource, source_from_bytes


def code(source: str | list[str], **more: Any) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source, **more}


def markdown(source: str = "# Title") -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def notebook(*cells: Any, **more: Any) -> bytes:
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}).encode()


def read(data: bytes) -> Source:
    return source_from_bytes("n.ipynb", data)


def refusal(data: bytes) -> tuple[str, int, int, int | None]:
    with pytest.raises(UnreadableSource) as caught:
        read(data)
    return caught.value.message, caught.value.line, caught.value.column, caught.value.cell


class TestCells:
    def test_code_cells_are_joined_and_counted_among_all_cells(self) -> None:
        data = notebook(markdown(), code("a = 1"), markdown(), code(["b = 2\n", "c = 3\n"]), code("d"))
        assert read(data) == Source(
            "n.ipynb", "a = 1\nb = 2\nc = 3\nd\n", (CellSpan(2, 1, 1), CellSpan(4, 2, 2), CellSpan(5, 4, 1))
        )

    def test_line_ends_and_strange_letters(self) -> None:
        assert read(notebook(code("a\r\nb\rc\x0c"))).text == "a\nb\nc\x0c\n"
        assert read(notebook(code("x = '\ud800'"))).text == "x = '\ufffd'\n"
        assert read(b"\xef\xbb\xbf" + notebook(code("größe"))).text == "größe\n"

    def test_no_cells(self) -> None:
        assert read(notebook()) == Source("n.ipynb", "", ())
        assert read(notebook(markdown(), {"cell_type": "raw", "source": "x"})) == Source("n.ipynb", "", ())

    def test_empty_cells_keep_their_place(self) -> None:
        source = read(notebook(code(""), code([]), code("x"), code("  \n\n")))
        assert source.text == "\n\nx\n\n\n"
        assert source.place(3) == (3, 1)
        assert source.place(5) == (4, 2)

    def test_what_nbformat_writes(self) -> None:
        made = nbformat.v4.new_notebook()
        made.cells = [nbformat.v4.new_markdown_cell("hello"), nbformat.v4.new_code_cell("x = 1\ny = 2")]
        source = read(nbformat.writes(made).encode())
        assert (source.text, source.place(2)) == ("x = 1\ny = 2\n", (2, 2))

    def test_format_3(self) -> None:
        made = nbformat.v3.new_notebook()
        cells = [nbformat.v3.new_text_cell("markdown", "hello"), nbformat.v3.new_code_cell("x = 1\ny = 2")]
        made.worksheets = [nbformat.v3.new_worksheet(cells=cells), nbformat.v3.new_worksheet(cells=cells)]
        source = read(nbformat.writes(made, version=3).encode())
        assert source.text == "x = 1\ny = 2\nx = 1\ny = 2\n"
        assert source.place(4) == (4, 2)

    @pytest.mark.parametrize(
        "metadata",
        [{"kernelspec": {"language": "julia"}}, {"language_info": {"name": "R"}, "kernelspec": {"language": "python"}}],
    )
    def test_another_language(self, metadata: dict[str, Any]) -> None:
        assert read(notebook(code("x <- 1"), metadata=metadata)) == Source("n.ipynb", "", ())

    @pytest.mark.parametrize("metadata", [{}, None, [], {"kernelspec": None}, {"language_info": {"name": "IPython"}}])
    def test_python_or_silence(self, metadata: Any) -> None:
        assert read(notebook(code("x"), metadata=metadata)).text == "x\n"

    def test_another_language_in_one_cell(self) -> None:
        data = notebook(
            code("select\n*", metadata={"vscode": {"languageId": "sql"}}), code("a <- 1", language="R"), code("x")
        )
        assert read(data).text == "\n\n\nx\n"


class TestRefusals:
    @pytest.mark.parametrize("data", [b"", b" \n\t", b"\xef\xbb\xbf"])
    def test_empty(self, data: bytes) -> None:
        assert refusal(data) == ("the notebook is empty: there is not even a JSON object in it", 1, 1, None)

    def test_broken_json_says_where(self) -> None:
        data = notebook(code("x")).replace(b'"metadata"', b'\n<<<<<<< HEAD\n"metadata"', 1)
        message, line, column, cell = refusal(data)
        assert message.startswith("the notebook is broken: not valid JSON (")
        assert (line, column, cell) == (2, 1, None)

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"[]", "its JSON is not an object"),
            (b"3", "its JSON is not an object"),
            (b"{}", "it has neither cells nor worksheets"),
            (b'{"cells": 3}', "its cells are not a list"),
            (b'{"cells": null}', "its cells are not a list"),
            (b'{"worksheets": 3}', "it has neither cells nor worksheets"),
            (b'{"worksheets": [3]}', "it has neither cells nor worksheets"),
            (b'{"worksheets": [{"cells": 3}]}', "its cells are not a list"),
            (b"[" * 100_000, "its JSON is too deeply nested"),
        ],
    )
    def test_other_json(self, data: bytes, message: str) -> None:
        assert refusal(data) == (f"the notebook is broken: {message}", 1, 1, None)

    def test_huge_number(self) -> None:
        message, *place = refusal(b'{"cells": ' + b"1" * 10_000 + b"}")
        assert message.startswith("the notebook is broken: ")
        assert place == [1, 1, None]

    @pytest.mark.parametrize(
        ("cell", "message"),
        [
            (3, "this cell is not an object"),
            (code(3), "this cell's source is not text"),  # type: ignore[arg-type]
            (code(["a", 3]), "this cell's source is not text"),  # type: ignore[list-item]
        ],
    )
    def test_broken_cell(self, cell: Any, message: str) -> None:
        assert refusal(notebook(markdown(), cell)) == (f"the notebook is broken: {message}", 1, 1, 2)

    def test_nul(self) -> None:
        data = notebook(markdown(), code("x\nyy\0"))
        assert refusal(data) == ("the cell contains a NUL character; Python refuses it", 2, 3, 2)

    def test_not_utf8(self) -> None:
        assert refusal(b'{"cells": "\xff"}') == ("the file is not UTF-8: byte 0xff cannot be decoded", 1, 12, None)

    def test_utf16(self) -> None:
        message, *_ = refusal('{"cells": []}'.encode("utf-16"))
        assert message == "the file is not UTF-8: byte 0xff cannot be decoded"


ONE_LINE = [
    ("%matplotlib inline", "pass"),
    ("%load_ext tensorboard  # (", "pass"),
    ("!pip install 'x", "pass"),
    ("!!ls", "pass"),
    ("    !ls", "    pass"),
    ("\t%cd x", "\tpass"),
    ("model.fit?", "pass"),
    ("model.fit??  ", "pass"),
    ("d[0].fit?", "pass"),
    ("?model", "pass"),
    ("??model", "pass"),
    ("/print 1", "pass"),
    (",print a b", "pass"),
    (";print a b", "pass"),
    ("files = !ls *.py", "files = None"),
    ("files=!ls", "files=None"),
    ("a, b = !ls", "a, b = None"),
    ("self.x = %pwd", "self.x = None"),
    ("d['é'] = !ls", "d['é'] = None"),
    ("files: list[str] = !ls", "files: list[str] = None"),
    ("  out = %sql select", "  out = None"),
    ("%time h = model.fit(x)", "pass; h = model.fit(x)"),
    ("  %time model.fit(x)", "  pass; model.fit(x)"),
    ("%time for x in y: pass", "pass"),
    ("%time", "pass"),
    ("%timeit -n 3 f()", "pass"),
    ("pip install -q tensorflow", "pass"),
    ("cd ..", "pass"),
    ("ls -l", "ls -l"),
    ("x = 3 % 2", "x = 3 % 2"),
    ("x %= 2", "x %= 2"),
    ("x = y != z", "x = y != z"),
    ("x = 'a?'", "x = 'a?'"),
    ("x = 1  # why?", "x = 1  # why?"),
    ("print('a = !b')", "print('a = !b')"),
    ("x = '%d' % 3", "x = '%d' % 3"),
    ("run = 3", "run = 3"),
    ("cat -n file", "pass"),
    ("rm *.h5 && mkdir logs", "pass"),
    ("", ""),
]


class TestIPython:
    @pytest.mark.parametrize(("line", "expected"), ONE_LINE)
    def test_one_line(self, line: str, expected: str) -> None:
        assert python_of_cell(f"{line}\n") == f"{expected}\n"

    @pytest.mark.parametrize(
        "cell",
        [
            "x = ('a %s'\n% y)\n",
            "x = '''\n!ls\n%cd\nwhat?\n'''\n",
            'x = """\n\\"""\n!ls\n"""\n',
            "x = y \\\n% z\n",
            "x = 'a\\\n!ls'\n",
            "x = [\n    1\n    % 2\n]\n",
            "f(  # )\n% y)\n",
            "x = 'it''s ( # \\' '; y = (1\n% 2)\n",
            "x = f'{a}('\ny = (\n3\n% 2)\n",
        ],
    )
    def test_what_goes_on_from_the_line_before_is_python(self, cell: str) -> None:
        # The escape at the end makes sure that the cell is looked at.
        assert python_of_cell(cell + "!ls\n") == cell + "pass\n"

    @pytest.mark.parametrize(
        "line", ["run = read(", "cd = f(a,", "conda += [", "cat (", "cp, mv = (", "ls[", "pwd: int = ("]
    )
    def test_a_name_that_a_statement_over_lines_begins_with_is_no_command(self, line: str) -> None:
        cell = f"{line}\n1\n"
        assert python_of_cell(cell + "!ls\n").startswith(cell)

    def test_a_command_over_lines(self) -> None:
        cell = "if x:\n    !pip install \\\n        a \\\n        'b\ny = 1\n%magic \\\n  more\nz = 2\n"
        assert python_of_cell(cell) == "if x:\n    pass\n\n\ny = 1\npass\n\nz = 2\n"

    def test_a_quote_in_a_command_opens_nothing(self) -> None:
        assert python_of_cell("!echo it's ((\n!echo '''\nx = 1\n!ls\n") == "pass\npass\nx = 1\npass\n"

    def test_a_broken_string_ends_with_its_line(self) -> None:
        assert python_of_cell("x = 'abc\n!ls\n") == "x = 'abc\npass\n"

    @pytest.mark.parametrize("magic", ["%%bash", "%%javascript", "%%writefile train.py", "%%html", "%%unknown", "%%!"])
    def test_cells_that_hold_something_else_are_blank(self, magic: str) -> None:
        assert python_of_cell(f"{magic}\necho (\nx = 1\n") == "\n\n\n"
        assert python_of_cell(f"\n# note\n{magic}\necho (\n") == "\n\n\n\n"

    @pytest.mark.parametrize("magic", ["%%time", "%%timeit -n 3", "%%capture out", "%%prun"])
    def test_cells_that_are_measured_stay(self, magic: str) -> None:
        assert python_of_cell(f"{magic}\nx = 1\n!ls\n") == "\nx = 1\npass\n"

    def test_cell_magics_pile_up(self) -> None:
        assert python_of_cell("%%capture\n%%time\nx = 1\n") == "\n\nx = 1\n"
        assert python_of_cell("%%capture\n%%bash\nls (\n") == "\n\n\n"

    def test_a_cell_magic_further_down_is_a_line(self) -> None:
        assert python_of_cell("x = 1\n%%time\ny = 2\n") == "x = 1\npass\ny = 2\n"

    def test_a_cell_without_ipython_is_given_back(self) -> None:
        cell = "x = 1\n# it's (\n"
        assert python_of_cell(cell) is cell


LINES = st.sampled_from(
    [line for line, _ in ONE_LINE]
    + ["x = (", ")", "x = '''", "'''", "x = 1 + \\", "%%time", "%%bash", "'", '"', "\\", "if x:", "    y", "# '''"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, max_size=12))
def test_lines_never_move(lines: list[str]) -> None:
    cell = "".join(f"{line}\n" for line in lines)
    made = python_of_cell(cell)
    assert made.count("\n") == len(lines)
    for before, after in zip(lines, made.split("\n")):
        assert after in (before, "") or after.lstrip().startswith("pass") or after.endswith("None")
        if after:
            indents = [len(text) - len(text.lstrip()) for text in (before, after)]
            assert indents[0] == indents[1]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([line for line, _ in ONE_LINE if line[:1] not in ("\t", " ")]), max_size=12))
def test_what_ipython_takes_becomes_python(lines: list[str]) -> None:
    ast.parse(python_of_cell("".join(f"{line}\n" for line in lines)))


def test_a_cell_that_is_indented_as_a_whole_keeps_its_columns() -> None:
    source = read(
        notebook(*map(code, ["x = 1\n", "\n   # settings\n   y = {\n 'a': 2}\n   z = y\nlast = z\n", "w = z"]))
    )
    tree = ast.parse(source.text)
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    places = {node.id: (*source.place(node.lineno), node.col_offset + 1) for node in names}
    assert places == {"x": (1, 1, 1), "y": (2, 3, 4), "z": (2, 5, 4), "last": (2, 6, 1), "w": (3, 1, 1)}


def test_cells_that_do_not_parse_are_blank_and_counted() -> None:
    source = read(notebook(code("a = (1"), code("b = '\x0c'\nc = 2"), code("  d = 3\n  e ="), code("f = 4")))
    rest, broken = without_broken_cells(source, ast.parse)
    assert rest.text == "\nb = '\x0c'\nc = 2\n\n\n\nf = 4\n"
    assert rest.cells == source.cells
    assert broken == 2


def test_an_indented_comment_is_no_indented_cell() -> None:
    source = read(notebook(*map(code, ["  # only a comment\nx = 1\n"])))
    assert ast.dump(ast.parse(source.text)) == ast.dump(ast.parse("x = 1"))

from __future__ import annotations

import argparse
import linecache
import tokenize
from pathlib import Path

import pytest
from flake8.processor import FileProcessor
from flake8.violation import Violation
from hypothesis import given, settings
from hypothesis import strategies as st

from tfloss_lint.source import normal_line_ends, source_from_bytes
from tfloss_lint.suppression import Suppressions

CODES = ("TFL201", "TFL900", "TFL2010")
OPTIONS = argparse.Namespace(
    hang_closing=False, indent_size=4, max_line_length=79, max_doc_length=None, verbose=0, disable_noqa=False
)


def hidden(text: str) -> list[tuple[int, str]]:
    """What our reading hides, over all lines and some beyond."""
    suppressions = Suppressions(text)
    return [(line, code) for line in range(1, text.count("\n") + 3) for code in CODES if suppressions.hides(line, code)]


def hidden_by_flake8(file: Path, line_count: int) -> list[tuple[int, str]]:
    """What flake8's own classes hide in a file."""
    linecache.checkcache(str(file))
    processor = FileProcessor(str(file), OPTIONS)
    whole = processor.should_ignore_file()
    return [
        (line, code)
        for line in range(1, line_count + 3)
        for code in CODES
        if whole or Violation(code, str(file), line, 1, "text", processor.noqa_line_for(line)).is_inline_ignored(False)
    ]


CASES = {
    "nothing": "x = 1\n",
    "empty": "",
    "blanket": "x = 1  # noqa\ny = 2\n",
    "case": "x = 1  # NoQA\ny = 1  # NOQA:TFL201\nz = 1  # noqa: tfl201\n",
    "codes": "x = 1  # noqa: TFL201\ny = 2  # noqa: TFL1\nz = 3  # noqa:E501,TFL2\n",
    "separators": "a  # noqa: E501 TFL201\nb  # noqa : TFL201\nc  # noqa:  TFL201\nd  # noqa: E5,,TFL201\n",
    "words behind codes": "x = 1  # noqa: TFL900 because\ny  # noqa: because\nz  # noqa because\n",
    "no blank": "x = 1  #noqa\ny = 1  #  noqa\nz = 1  # see # noqa\nw = 1  # noqabla\n",
    "in a string": 'x = "# noqa"\n',
    "call over lines": "f(\n    1,  # noqa\n    2,\n)\ng(\n    1,\n)  # noqa\n",
    "string over lines": 'x = """\na\nb\n"""  # noqa: TFL201\ny = 1\n',
    "string in a call": 'f("""\na\n""",  # noqa\n  2)\n',
    "backslash": "x = 1 + \\\n    2 + \\\n    3  # noqa\ny = 1\n",
    "decorator": "@f  # noqa\ndef g(): pass\n",
    "form feed": "x = 1\n\x0cy = 2  # noqa\nz = 3\x0c  # noqa\nw = 4\n",
    "separators of other kinds": "x = '\x1c\x1d\u2028'\ny = 2  # noqa\nz = 3\n",
    "tabs and wide letters": "if x:\n\tgröße = '字'\t# noqa\n\ty = 1\n",
    "no end of line": "x = 1\ny = 2  # noqa",
    "blank lines": "\n\n# noqa\n\nx = 1\n",
    "file": "x = 1\n# flake8: noqa\n",
    "file with equals": "# flake8=NoQA: E501\nx = 1\n",
    "file behind code": "x = 1  # flake8: noqa\ny = 2\n",
    "file indented": "if x:\n    # flake8: noqa\n    y = 1\n",
    "file in a docstring": '"""\n# flake8: noqa\n"""\nx = 1\n',
    "half a program": "x = (  # noqa\ny = 1  # noqa: TFL201\n",
    "half a string": "x = '''  # noqa\ny = 1\n",
    "bad indentation": "if x:\n        y\n    z  # noqa\n",
    "nested f-strings": "x = f'''{\n1}\n{2}'''  # noqa\ny = 1\n",
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_same_as_flake8(name: str, ends: str, mark: str, tmp_path: Path) -> None:
    data = (mark + CASES[name].replace("\n", ends)).encode()
    file = tmp_path / "a.py"
    file.write_bytes(data)
    text = source_from_bytes("a.py", data).text
    assert text == CASES[name]
    assert hidden(text) == hidden_by_flake8(file, text.count("\n"))


def test_the_comparison_sees_differences() -> None:
    assert hidden(CASES["codes"]) == [(1, "TFL201"), (1, "TFL2010"), (3, "TFL201"), (3, "TFL2010")]
    assert hidden(CASES["string over lines"]) == [(line, code) for line in (1, 2, 3, 4) for code in CODES[::2]]
    assert {line for line, _ in hidden(CASES["call over lines"])} == {2, 7}
    assert {line for line, _ in hidden(CASES["backslash"])} == {1, 2, 3}
    assert len(hidden(CASES["file"])) == 4 * len(CODES)


PIECES = st.sampled_from(
    [
        "x",
        " ",
        "\n",
        "\n",
        "\t",
        "\\\n",
        '"""',
        "'''",
        "'",
        '"',
        "(",
        ")",
        "[",
        "]",
        ",",
        "\x0c",
        "\x1c",
        "é",
        "字",
        "\r",
        "# noqa",
        "# noqa: TFL201",
        "# NOQA:TFL2,E1",
        "# flake8: noqa",
        "if x:\n    ",
        "f'{",
        "}'",
        "#",
        "\u2028",
        "\n\n",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_same_as_flake8_on_anything(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "anything.py"
    file.write_bytes(text.encode())
    text = normal_line_ends(text)
    assert hidden(text) == hidden_by_flake8(file, text.count("\n"))


def test_a_file_without_the_word_is_not_tokenized(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("tokenized")

    monkeypatch.setattr(tokenize, "generate_tokens", refuse)
    assert not Suppressions("x = 1  # a comment\n").hides(1, "TFL201")
    assert Suppressions("x = 1\n# flake8: noqa\n").hides(1, "TFL201")
    with pytest.raises(AssertionError, match="tokenized"):
        Suppressions("x = 1  # noqa\n").hides(1, "TFL201")

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tfloss_lint.source import CellSpan, Source, UnreadableSource, read_source, source_from_bytes, split_lines


def refusal(data: bytes) -> tuple[str, int, int]:
    with pytest.raises(UnreadableSource) as caught:
        source_from_bytes("a.py", data)
    error = caught.value
    assert error.path == "a.py"
    assert error.cell is None
    assert str(error) == f"a.py: {error.message}"
    return error.message, error.line, error.column


class TestText:
    @pytest.mark.parametrize(
        ("data", "text"),
        [
            (b"", ""),
            (b"x = 1", "x = 1"),
            ("größe = 'é字'\n".encode(), "größe = 'é字'\n"),
            (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
            (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
            (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n'\x80'\n", None),
            (b"\xef\xbb\xbf# coding: utf-8\n", "# coding: utf-8\n"),
            (b"a\r\nb\rc\nd\r\r\n", "a\nb\nc\nd\n\n"),
            (b"a\x0cb\n", "a\x0cb\n"),
            ("a\u2028b\x85c\n".encode(), "a\u2028b\x85c\n"),
        ],
    )
    def test_is_what_python_reads(self, data: bytes, text: str | None) -> None:
        expected = text if text is not None else "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n'€'\n"
        assert source_from_bytes("a.py", data) == Source("a.py", expected, None)


class TestRefusals:
    def test_not_utf8_names_the_byte_and_its_place(self) -> None:
        assert refusal(b"x = 1\ny = '\xc3\xa9\xff'\n") == ("the file is not UTF-8: byte 0xff cannot be decoded", 2, 7)

    def test_not_utf8_on_the_first_line(self) -> None:
        assert refusal(b"# \xe9\nx = 1\n") == ("the file is not UTF-8: byte 0xe9 cannot be decoded", 1, 3)

    def test_columns_do_not_count_the_byte_order_mark(self) -> None:
        assert refusal(b"\xef\xbb\xbfab\xff")[1:] == (1, 3)

    def test_lines_end_as_in_python(self) -> None:
        assert refusal(b"a\r\nb\rc\nd\x0c\xff")[1:] == (4, 3)

    def test_cut_off_in_the_middle_of_a_character(self) -> None:
        assert refusal(b"x\n\xe5\xad") == ("the file is not UTF-8: byte 0xe5 cannot be decoded", 2, 1)

    def test_wrong_for_its_cookie(self) -> None:
        assert refusal(b"# coding: ascii\nx = '\xe9'\n") == ("the file is not ascii: byte 0xe9 cannot be decoded", 2, 6)

    def test_nul_byte(self) -> None:
        message = "the file contains a NUL byte; Python refuses such files"
        assert refusal(b"x = 1\ny\xc3\xa9 = \0\n") == (message, 2, 6)
        assert refusal(b"\0") == (message, 1, 1)

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
    def test_utf16(self, encoding: str) -> None:
        data = "x = 1\n".encode(encoding)
        if encoding == "utf-16":
            assert refusal(data) == ("the file is encoded in UTF-16; Python reads UTF-8", 1, 1)
        else:
            assert refusal(data)[0] == "the file contains a NUL byte; Python refuses such files"

    def test_unknown_cookie(self) -> None:
        assert refusal(b"# coding: klingon\n") == ("unknown encoding: klingon", 1, 1)

    def test_cookie_against_byte_order_mark(self) -> None:
        message, line, column = refusal(b"\xef\xbb\xbf# coding: latin-1\n")
        assert message.startswith("the coding cookie is wrong: ")
        assert (line, column) == (1, 1)

    @pytest.mark.parametrize("codec", ["hex", "rot13", "undefined", "zlib", "idna", "punycode", "utf-7"])
    def test_a_strange_codec_never_escapes(self, codec: str) -> None:
        with pytest.raises(UnreadableSource, match=f"{codec}|encod"):
            source_from_bytes("a.py", f"# coding: {codec}\nx = 'a..b'\xff\n".encode("latin-1"))

    def test_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableSource, match="the file does not exist"):
            read_source(str(tmp_path / "no.py"))

    def test_dangling_link(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").symlink_to("gone.py")
        with pytest.raises(UnreadableSource) as caught:
            read_source(str(tmp_path / "a.py"))
        assert caught.value.message == "the link points to 'gone.py', which does not exist"

    def test_loop_of_links(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").symlink_to("a.py")
        with pytest.raises(UnreadableSource, match="the file cannot be read: too many levels of symbolic links"):
            read_source(str(tmp_path / "a.py"))

    def test_directory(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableSource, match="this is a directory, not a file"):
            read_source(str(tmp_path))

    def test_path_with_nul(self) -> None:
        with pytest.raises(UnreadableSource, match="the file cannot be opened"):
            read_source("a\0.py")

    @pytest.mark.skipif(os.name == "posix" and os.getuid() == 0, reason="root may read everything; see test_cli.py")
    def test_no_permission(self, tmp_path: Path) -> None:
        file = tmp_path / "a.py"
        file.touch(mode=stat.S_IWUSR)
        with pytest.raises(UnreadableSource, match="no permission to read the file"):
            read_source(str(file))


class TestPlaces:
    SOURCE = Source("n.ipynb", "a\nb\nc\nd\n", (CellSpan(2, 1, 1), CellSpan(5, 2, 3)))

    @pytest.mark.parametrize(("line", "place"), [(1, (2, 1)), (2, (5, 1)), (3, (5, 2)), (4, (5, 3))])
    def test_in_a_notebook_and_back(self, line: int, place: tuple[int, int]) -> None:
        assert self.SOURCE.place(line) == place
        assert self.SOURCE.text_line(*place) == line

    def test_behind_the_end_is_the_last_line(self) -> None:
        assert self.SOURCE.place(9) == (5, 3)

    def test_elsewhere(self) -> None:
        source = Source("a.py", "a\nb\n")
        assert source.place(2) == (None, 2)
        assert source.text_line(None, 2) == 2

    def test_a_notebook_without_code_has_no_cells(self) -> None:
        assert Source("n.ipynb", "", ()).place(1) == (None, 1)


def test_file_is_read_with_its_shown_path(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"x = 1\r\n")
    assert read_source(str(file)) == Source(str(file), "x = 1\n")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("a", ["a"]),
        ("a\nb\n", ["a\n", "b\n"]),
        ("a\n\nb", ["a\n", "\n", "b"]),
        ("a\x0cb\u2028c\x0bd\n", ["a\x0cb\u2028c\x0bd\n"]),
    ],
)
def test_lines_are_pythons(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tfloss_lint.discovery import DEFAULT_EXCLUDES, ENDINGS, MissingPathError, Selection, discover, shown
from tfloss_lint.path_patterns import PathPatterns


def make(folder: Path, *paths: str, **contents: str) -> None:
    for path in paths:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def write(folder: Path, path: str, text: str) -> None:
    make(folder, path)
    (folder / path).write_text(text)


def selection(*excludes: str, root: str = ".", **more: bool) -> Selection:
    return Selection(excludes=(PathPatterns(root, excludes),), **more)


def files(*paths: str, where: Selection | None = None) -> list[str]:
    found = discover(paths or ["."], where or Selection())
    assert found.unreadable == []
    return found.files


class TestSearch:
    def test_python_files_and_notebooks_sorted(self, here: Path) -> None:
        make(
            here, "b.py", "a.ipynb", "sub/c.py", "sub.py", "x.txt", "x.pyc", "x.pyi", "script", ".hidden.py", ".d/e.py"
        )
        assert files() == [".d/e.py", ".hidden.py", "a.ipynb", "b.py", "sub.py", "sub/c.py"]
        assert files("sub") == ["sub/c.py"]
        assert files("./sub/../sub") == ["sub/c.py"]

    def test_named_files_are_taken_whatever_their_name(self, here: Path) -> None:
        make(here, "script", "x.txt")
        assert files("x.txt", "script") == ["script", "x.txt"]

    def test_each_file_once(self, here: Path) -> None:
        make(here, "a.py", "sub/b.py")
        assert files("a.py", ".", "./a.py", "sub", str(here / "a.py")) == ["a.py", "sub/b.py"]

    def test_outside_of_the_working_directory(self, here: Path) -> None:
        make(here.parent, "other/a.py", "here/b.py")
        assert files("../other") == ["../other/a.py"]
        assert files(str(here.parent / "other")) == [str(here.parent / "other/a.py")]
        assert files(str(here)) == ["b.py"]
        assert files("../here") == ["b.py"]

    def test_missing(self, here: Path) -> None:
        make(here, "a.py")
        for path in ("nope.py", "a.py/b.py", "a\0b", "x" * 5000):
            with pytest.raises(MissingPathError):
                discover(["a.py", path], Selection())

    def test_links(self, here: Path) -> None:
        make(here, "real/a.py", "real/sub/b.py")
        (here / "real/loop").symlink_to("..")
        (here / "linked").symlink_to("real")
        (here / "link.py").symlink_to("real/a.py")
        (here / "folder.py").symlink_to("real")
        (here / "gone.py").symlink_to("nowhere")
        (here / "self.py").symlink_to("self.py")
        (here / "gone.txt").symlink_to("nowhere")
        assert files() == ["gone.py", "link.py", "real/a.py", "real/sub/b.py", "self.py"]
        assert files("linked", "gone.txt") == ["gone.txt", "linked/a.py", "linked/sub/b.py"]

    def test_a_directory_named_like_a_file(self, here: Path) -> None:
        make(here, "package.py/a.py")
        assert files() == ["package.py/a.py"]

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
    def test_pipes_are_left_alone(self, here: Path) -> None:
        os.mkfifo(here / "pipe.py")
        assert files() == []

    def test_more_levels_than_python_calls(self, here: Path) -> None:
        levels = 1_200
        make(here, "a.py")
        handle = os.open(here, os.O_RDONLY)
        for _ in range(levels):
            os.mkdir("d", dir_fd=handle)
            inner = os.open("d", os.O_RDONLY, dir_fd=handle)
            os.close(handle)
            handle = inner
        os.close(os.open("z.py", os.O_CREAT, dir_fd=handle))
        os.close(handle)
        try:
            assert files() == ["a.py", "d/" * levels + "z.py"]
        finally:  # Python's own removal of trees is recursive.
            subprocess.run(["rm", "-rf", str(here / "d")], check=True)

    def test_a_vanished_folder_is_reported(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        make(here, "sub/a.py")

        def refuse(path: str) -> None:
            raise OSError(5, "Input/output error")

        monkeypatch.setattr(os, "scandir", refuse)
        found = discover(["sub"], Selection())
        assert found.files == []
        assert [(e.path, e.message) for e in found.unreadable] == [
            ("sub", "the directory cannot be searched: input/output error")
        ]


class TestExcludes:
    def test_defaults(self, here: Path) -> None:
        for name in DEFAULT_EXCLUDES:
            make(here, f"{name}/a.py", f"sub/{name}/deep/a.py")
        make(here, "a.py", "site-packages/b.py", "builder/c.py")
        assert files(where=selection(*DEFAULT_EXCLUDES)) == ["a.py", "builder/c.py", "site-packages/b.py"]

    def test_a_folder_that_is_named_is_searched(self, here: Path) -> None:
        make(here, "venv/a.py", "venv/sub/b.py", "venv/__pycache__/c.py", "d.py")
        chosen = selection("venv", "__pycache__", "d.py")
        assert files(where=chosen) == []
        assert files("venv", "d.py", where=chosen) == ["d.py", "venv/a.py", "venv/sub/b.py"]
        assert files("venv/sub", where=chosen) == ["venv/sub/b.py"]

    def test_force_exclude(self, here: Path) -> None:
        make(here, "venv/a.py", "d.py", "e.py")
        chosen = selection("venv/", "d.py", force_exclude=True)
        assert files("venv", "venv/a.py", "d.py", "e.py", where=chosen) == ["e.py"]

    def test_patterns_count_from_their_root(self, here: Path) -> None:
        make(here, "sub/a.py", "sub/docs/b.py", "docs/c.py")
        assert files("sub", where=selection("/docs", root="sub")) == ["sub/a.py"]
        assert files(".", where=selection("/docs", root="sub")) == ["docs/c.py", "sub/a.py"]


class TestGitignore:
    def test_nested_and_negated(self, here: Path) -> None:
        (here / ".git").mkdir()
        make(here, "a.py", "gen/b.py", "gen/keep.py", "sub/c.py", "sub/gen/d.py", "sub/e.py", "data/f.py")
        write(here, ".gitignore", "# generated\n\ngen/*\n!keep.py\n/data/\n*.tmp.py\n")
        write(here, "sub/.gitignore", "c.py\n!gen/d.py\n")
        make(here, "x.tmp.py")
        assert files() == ["a.py", "gen/keep.py", "sub/e.py", "sub/gen/d.py"]
        assert len(files(where=Selection(respect_gitignore=False))) == 8

    def test_from_the_root_of_the_repository(self, here: Path) -> None:
        (here / ".git").mkdir()
        write(here, ".gitignore", "/sub/b.py\nc.py\n")
        write(here, "sub/.gitignore", "!c.py\n")
        make(here, "sub/a.py", "sub/b.py", "sub/c.py", "sub/deep/b.py")
        assert files("sub") == ["sub/a.py", "sub/c.py", "sub/deep/b.py"]
        assert files("sub/deep") == ["sub/deep/b.py"]

    def test_nothing_above_the_repository_counts(self, here: Path) -> None:
        write(here.parent, ".gitignore", "*.py\n")
        make(here, "a.py")
        assert files() == ["a.py"]
        (here / ".git").mkdir()
        assert files() == ["a.py"]
        (here / ".git").rmdir()
        (here.parent / ".git").write_text("gitdir: elsewhere\n")
        assert files() == []

    def test_info_exclude(self, here: Path) -> None:
        write(here, ".git/info/exclude", "b.py\n")
        make(here, "a.py", "b.py")
        assert files(where=selection(".git")) == ["a.py"]

    def test_what_is_named_is_taken(self, here: Path) -> None:
        (here / ".git").mkdir()
        write(here, ".gitignore", "a.py\nsub/\n")
        write(here, "sub/.gitignore", "c.py\n")
        make(here, "a.py", "sub/b.py", "sub/c.py")
        assert files() == []
        assert files("a.py", "sub") == ["a.py", "sub/b.py"]

    def test_an_unreadable_gitignore_is_none(self, here: Path) -> None:
        (here / ".gitignore").mkdir()
        make(here, "a.py")
        assert files() == ["a.py"]

    def test_odd_lines(self, here: Path) -> None:
        (here / ".gitignore").write_bytes(b"!\n\xff\xfe\na.py\r\n\\#b.py\nb c.py\n")
        make(here, "a.py", "#b.py", "b c.py", "d.py")
        assert files() == ["d.py"]

    def test_same_as_git(self, here: Path) -> None:
        subprocess.run(["git", "init", "-q"], check=True)
        write(here, ".gitignore", "*.gen.py\n/top.py\nlogs/\n!logs/keep.py\ndoc/**/x.py\nq?.py\n[ab].py\nw/*/v.py\n")
        write(here, "in/.gitignore", "!*.gen.py\n/logs\nz/\n")
        for folder in ("", "in/", "in/z/", "logs/", "in/logs/", "doc/", "doc/1/2/", "w/1/", "w/1/2/"):
            for name in ("k.gen.py", "top.py", "keep.py", "x.py", "q1.py", "q12.py", "a.py", "c.py", "v.py"):
                make(here, folder + name)
        listed = subprocess.run(
            ["git", "ls-files", "--others", "--exclude-standard"], check=True, capture_output=True, text=True
        ).stdout.split()
        assert files(where=selection(".git")) == sorted(path for path in listed if path.endswith(ENDINGS))


def test_shown(here: Path) -> None:
    assert shown("./a/../b.py") == "b.py"
    assert shown(str(here / "b.py")) == "b.py"
    assert shown("../b.py") == "../b.py"
    assert shown("/b.py") == "/b.py"
    assert shown(str(here) + "er/b.py") == str(here) + "er/b.py"

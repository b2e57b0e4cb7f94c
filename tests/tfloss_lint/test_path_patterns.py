from __future__ import annotations

from pathlib import Path

import pytest

from tfloss_lint.path_patterns import PathPatterns


@pytest.mark.parametrize(
    ("pattern", "path", "covered"),
    [
        ("build", "build/a.py", True),
        ("build", "src/build/deep/a.py", True),
        ("build/", "build", False),
        ("/build", "src/build/a.py", False),
        ("tests/*.py", "tests/a.py", True),
        ("tests/*.py", "tests/deep/a.py", False),
        ("tests/**/*.py", "tests/deep/er/a.py", True),
        ("*_pb2.py", "deep/x_pb2.py", True),
        ("a.py", "b.py", False),
        ("build", "../other/build/a.py", True),
    ],
)
def test_meaning_of_gitignore(tmp_path: Path, pattern: str, path: str, covered: bool) -> None:
    assert PathPatterns(str(tmp_path), (pattern,)).cover(str(tmp_path / path)) is covered


def test_the_last_pattern_decides(tmp_path: Path) -> None:
    patterns = PathPatterns(str(tmp_path), ("*.py", "!keep.py"))
    verdicts = [patterns.verdict(str(tmp_path / name)) for name in ("a.py", "keep.py", "a.txt")]
    assert verdicts == [True, False, None]


def test_directories(tmp_path: Path) -> None:
    patterns = PathPatterns(str(tmp_path), ("build/",))
    assert patterns.cover(str(tmp_path / "build"), is_directory=True)
    assert not patterns.cover(str(tmp_path / "build"))


def test_paths_count_from_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    patterns = PathPatterns("..", ("/sub/a.py",))
    assert patterns.cover("a.py")
    assert not patterns.cover("../a.py")


def test_moved(tmp_path: Path) -> None:
    patterns = PathPatterns(str(tmp_path), ("/a.py",)).moved_to(str(tmp_path / "sub"))
    assert patterns.cover(str(tmp_path / "sub" / "a.py"))
    assert not patterns.cover(str(tmp_path / "a.py"))

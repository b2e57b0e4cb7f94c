from __future__ import annotations

from pathlib import Path

import pytest

from tfloss_lint.settings import Settings


@pytest.mark.parametrize(
    ("select", "ignore", "code", "expected"),
    [
        (("TFL",), (), "TFL201", True),
        (("TFL2",), (), "TFL101", False),
        (("TFL",), ("TFL2",), "TFL201", False),
        (("TFL201",), ("TFL2",), "TFL201", True),
        (("TFL2",), ("TFL201",), "TFL201", False),
        (("TFL2",), ("TFL201",), "TFL202", True),
        (("TFL201",), ("TFL201",), "TFL201", False),
        ((), (), "TFL201", False),
    ],
)
def test_the_longer_prefix_wins(select: tuple[str, ...], ignore: tuple[str, ...], code: str, expected: bool) -> None:
    assert Settings(select=select, ignore=ignore).wants(code) is expected


@pytest.mark.parametrize(
    ("path", "off"),
    [
        ("tests/a.py", ("TFL1", "TFL2")),
        ("tests/deep/a.py", ("TFL1", "TFL2")),
        ("demo.py", ("TFL",)),
        ("sub/demo.py", ("TFL",)),
        ("src/a.py", ()),
    ],
)
def test_per_file_ignores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, off: tuple[str, ...]) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings(per_file_ignores=(("tests/", ("TFL1", "TFL2")), ("demo.py", ("TFL",))))
    assert settings.off_in(path) == off
    assert settings.off_in(str(tmp_path / path)) == off


def test_per_file_ignores_count_from_their_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    settings = Settings(per_file_ignores=(("/sub/*.py", ("TFL1",)),), root=str(tmp_path))
    assert settings.off_in("a.py") == ("TFL1",)
    assert settings.off_in("../a.py") == ()

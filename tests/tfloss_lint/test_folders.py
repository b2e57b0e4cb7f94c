"""Where modules are looked up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tfloss_lint import folders


def make(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/p/train.py", False),
        ("/p/testing/train.py", False),
        ("/p/contest.py", False),
        ("/p/test/train.py", True),
        ("/p/a/tests/train.py", True),
        ("/p/test_train.py", True),
        ("/p/train_test.py", True),
        ("/p/conftest.py", True),
    ],
)
def test_tests_are_told_by_their_place_and_name(path: str, expected: bool) -> None:
    assert folders.is_test(path, "/p") is expected


def test_a_project_that_lies_among_tests_is_none() -> None:
    assert not folders.is_test("/tests/p/train.py", "/tests/p")


def test_a_package_wins_over_a_module(tmp_path: Path) -> None:
    make(tmp_path, "a/__init__.py", "a.py", "b.py", "c/d.py")
    found = {name: folders.below(str(tmp_path), [name]) for name in "abce"}
    assert found == {
        "a": str(tmp_path / "a" / "__init__.py"),
        "b": str(tmp_path / "b.py"),
        "c": str(tmp_path / "c"),
        "e": None,
    }


def test_folders_end_at_the_project(tmp_path: Path) -> None:
    make(tmp_path, "p/pyproject.toml", "p/a/b/train.py", "q/c/train.py", "q/__init__.py")
    found = folders.folders_of(str(tmp_path / "p/a/b/train.py"))
    assert found == tuple(str(tmp_path / name) for name in ("p/a/b", "p/a", "p"))
    assert folders.folders_of(str(tmp_path / "q/c/train.py"))[0] == str(tmp_path / "q/c")


def test_roots_begin_above_the_packages(tmp_path: Path) -> None:
    make(tmp_path, "setup.py", "a/b/__init__.py", "a/b/train.py")
    found = folders.folders_of(str(tmp_path / "a/b/train.py"))
    assert folders.roots_of(found) == tuple(str(tmp_path / name) for name in ("a", "a/b", "", "src"))


def test_installed_packages_are_projects_of_their_own(tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    make(site, "a/__init__.py", "a/train.py", "b/__init__.py")
    importer = str(site / "a" / "train.py")
    assert folders.module_in([str(site)], ["a"], importer) == str(site / "a" / "__init__.py")
    assert folders.module_in([str(site)], ["b"], importer) is None
    assert folders.module_in([str(site), str(site / "a")], ["train"], importer) == importer

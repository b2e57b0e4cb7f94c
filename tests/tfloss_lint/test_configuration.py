from __future__ import annotations

from pathlib import Path

import pytest

from tfloss_lint.configuration import (
    KEYS,
    ConfigurationError,
    FileConfiguration,
    find_configuration,
    read_configuration,
    suggestion,
    target_keras,
)
from tfloss_lint.generation import AUTO, BOTH, Generation

FULL = """\
[tool.tfloss-lint]
select = ["TFL1", "TFL2"]
ignore = ["TFL101"]
extend-ignore = ["TFL102"]
pedantic = true
target-keras = 3
exclude = ["a"]
extend-exclude = ["b/"]
force-exclude = true
respect-gitignore = false
output-format = "concise"
jobs = 2
per-file-ignores = { "tests/" = ["TFL2"], "demo.py" = [] }
"""


def write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "pyproject.toml"
    file.write_text(text)
    return file


def complaint(folder: Path, body: str) -> str:
    file = write(folder, f"[tool.tfloss-lint]\n{body}\n")
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(file)
    prefix = f"{file}: [tool.tfloss-lint] "
    assert str(caught.value).startswith(prefix)
    return str(caught.value).removeprefix(prefix)


def test_every_key(tmp_path: Path) -> None:
    file = write(tmp_path, FULL)
    assert read_configuration(file) == FileConfiguration(
        path=file,
        select=("TFL1", "TFL2"),
        ignore=("TFL101",),
        extend_ignore=("TFL102",),
        pedantic=True,
        target_keras=frozenset({Generation.KERAS3}),
        per_file_ignores=(("tests/", ("TFL2",)), ("demo.py", ())),
        exclude=("a",),
        extend_exclude=("b/",),
        force_exclude=True,
        respect_gitignore=False,
        output_format="concise",
        jobs=2,
    )
    assert all(f"\n{key} = " in FULL for key in KEYS)
    assert read_configuration(file).root == str(tmp_path)


def test_an_empty_table_says_nothing(tmp_path: Path) -> None:
    file = write(tmp_path, "[tool.tfloss-lint]\n")
    assert read_configuration(file) == FileConfiguration(path=file)
    assert FileConfiguration().root == "."


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("pedantik = true", 'has no key "pedantik"; did you mean "pedantic"?'),
        ("extend_ignore = []", 'has no key "extend_ignore"; did you mean "extend-ignore" or "ignore"?'),
        ("zzz = 1", 'has no key "zzz"'),
        ('select = "TFL1"', "key \"select\" must be a list of strings, not 'TFL1'"),
        ("ignore = [1]", 'key "ignore" must be a list of strings, not a list of other things'),
        ("exclude = {}", 'key "exclude" must be a list of strings, not a table'),
        ('pedantic = "yes"', "key \"pedantic\" must be true or false, not 'yes'"),
        ("pedantic = 1", 'key "pedantic" must be true or false, not 1'),
        ("pedantic = []", 'key "pedantic" must be true or false, not an empty list'),
        ("jobs = 0", 'key "jobs" must be a whole number from 1 on, not 0'),
        ("jobs = true", 'key "jobs" must be a whole number from 1 on, not true'),
        ("jobs = 2.5", 'key "jobs" must be a whole number from 1 on, not 2.5'),
        ("target-keras = 4", 'key "target-keras" must be one of 2, keras2, 3, keras3, both, auto, not 4'),
        ("target-keras = false", 'key "target-keras" must be one of 2, keras2, 3, keras3, both, auto, not false'),
        ("target-keras = 2024-01-01", 'key "target-keras" must be one of 2, keras2, 3, keras3, both, auto, not a date'),
        ('output-format = "xml"', "key \"output-format\" must be one of text, concise, json, not 'xml'"),
        ("output-format = []", 'key "output-format" must be one of text, concise, json, not an empty list'),
        ('per-file-ignores = ["a"]', 'key "per-file-ignores" must be a table of path patterns and lists of codes, not a list of other things'),
        ('per-file-ignores = { a = "TFL" }', 'key "per-file-ignores" must have a list of codes at "a", not \'TFL\''),
    ],
)  # fmt: skip
def test_mistakes_are_named(tmp_path: Path, body: str, message: str) -> None:
    assert complaint(tmp_path, body) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tool.tfloss-lint = 3\n", "tool.tfloss-lint must be a table, not 3"),
        ("[tool.ruff]\n", "there is no table [tool.tfloss-lint]"),
        ("tool = 3\n", "there is no table [tool.tfloss-lint]"),
    ],
)
def test_no_table(tmp_path: Path, text: str, message: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(file)
    assert str(caught.value) == f"{file}: {message}"


@pytest.mark.parametrize("data", [b"[tool", b"\xff", b"a = 1\na = 2\n", b"a = " + b"[" * 10_000])
def test_not_toml(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_bytes(data)
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(file)
    assert str(caught.value).startswith(f"{file}: not valid TOML: ")


def test_unreadable(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no\.toml: cannot be read: No such file or directory"):
        read_configuration(tmp_path / "no.toml")
    with pytest.raises(ConfigurationError, match="cannot be read: Is a directory"):
        read_configuration(tmp_path)


class TestSearch:
    def found(self, *paths: str) -> Path | None:
        return find_configuration(paths).path

    def test_the_nearest_file_with_a_table(self, here: Path) -> None:
        outer = write(here.parent, FULL)
        assert self.found(".") == outer
        write(here, "[tool.other]\n")
        assert self.found(".") == outer
        inner = write(here / "a" / "b", FULL)
        assert self.found("a/b") == inner
        assert self.found("a/b/c.py") == inner
        assert self.found("a") == outer
        assert self.found() == outer

    def test_paths_share_the_file_above_all_of_them(self, here: Path) -> None:
        outer = write(here, FULL)
        inner = write(here / "a", FULL)
        (here / "b").mkdir()
        assert self.found("a", "b") == outer
        assert self.found("a/x.py", "a/../a/y.py") == inner
        assert self.found("a/../b") == outer
        assert self.found(str(here / "a"), "a") == inner

    def test_a_broken_file_on_the_way_is_an_error(self, here: Path) -> None:
        write(here, "[tool")
        with pytest.raises(ConfigurationError, match="not valid TOML"):
            find_configuration(["."])


def test_target_words() -> None:
    assert target_keras(2) == target_keras("2") == target_keras("keras2") == {Generation.KERAS2}
    assert target_keras("3") == target_keras("keras3") == {Generation.KERAS3}
    assert target_keras("both") == BOTH
    assert target_keras("auto") == AUTO
    with pytest.raises(ValueError, match="must be one of 2, keras2, 3, keras3, both, auto, not 'Keras3'"):
        target_keras("Keras3")


def test_suggestion() -> None:
    assert suggestion("TFL202", ["TFL201", "XYZ"]) == '; did you mean "TFL201"?'
    assert suggestion("abcde", ["abcdf", "abcdg"]) == '; did you mean "abcdg" or "abcdf"?'
    assert suggestion("q", ["TFL201"]) == ""

from __future__ import annotations

import argparse
import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import toy_rules
from flake8.exceptions import ExecutionError
from toy_programs import CLEAN, GRADIENT, HEAD, PLAIN, UNUSUAL

from tfloss_lint.flake8_plugin import Plugin
from tfloss_lint.generation import AUTO, BOTH, Generation
from tfloss_lint.settings import Settings

Run = Callable[..., tuple[int, str, str]]
Place = tuple[str, int, int, str]
ROW = "%(path)s|%(row)d|%(col)d|%(code)s"


def flake8(folder: Path, *arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
    """Run the real flake8 in the working directory, with no rules on but ours."""
    done = subprocess.run(
        [sys.executable, "-m", "flake8", *arguments],
        input=stdin,
        capture_output=True,
        env=toy_rules.environment(folder),
        timeout=300,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def places(output: str) -> list[Place]:
    rows = [line.split("|") for line in output.splitlines()]
    return sorted((path.removeprefix("./"), int(row), int(column), code) for path, row, column, code in rows)


def by_flake8(folder: Path, *arguments: str, stdin: bytes = b"") -> list[Place]:
    _, out, err = flake8(folder, "--isolated", "--select=TFL", "--format", ROW, *arguments, stdin=stdin)
    assert err == ""
    return places(out)


def by_cli(run_cli: Run, *arguments: str) -> list[Place]:
    _, out, _ = run_cli("--isolated", "-q", "--output-format=json", *arguments)
    return sorted((f["path"], f["line"], f["column"], f["code"]) for f in json.loads(out)["findings"])


class TestSameAsTheCommand:
    def test_on_every_unusual_program(self, run_cli: Run, toy_pack: Path) -> None:
        for name, text in UNUSUAL.items():
            Path(f"{name}.py").write_bytes(text.encode())
        ours = by_cli(run_cli, ".")
        assert by_flake8(toy_pack, ".") == ours
        found = {path for path, *_ in ours}
        assert {f"{name}.py" for name in UNUSUAL} - found == {"noqa for the file.py"}

        pedantic = by_cli(run_cli, "--pedantic", ".")
        assert by_flake8(toy_pack, "--tfloss-pedantic", "-j1", ".") == pedantic
        assert len(pedantic) > len(ours)

    def test_the_comparison_knows_where_things_are(self, run_cli: Run, toy_pack: Path) -> None:
        """Places worked out by hand, so that both sides cannot be wrong in the same way."""
        expected = {
            "tabs": [(6, 2), (7, 9)],
            "letters": [(5, 17), (5, 50)],
            "decorators": [(8, 5)],
            "lines": [(5, 1)],
            "backslashes": [(6, 8)],
            "strings": [(7, 6), (9, 8)],
            "form feeds": [(6, 1), (7, 2), (9, 6)],
            "crlf": [(5, 1)],
            "cr": [(5, 1)],
            "bom": [(5, 1)],
            "bom and finding on the first line": [(1, 46)],
            "no end of line": [(5, 1)],
            "cookie": [(6, 6)],
            "separators": [(5, 15), (7, 1)],
            "nested": [(10, 8), (12, 8), (14, 8), (15, 12)],
            "semicolons": [(5, 1), (5, 25), (5, 49)],
            "noqa": [(7, 1), (9, 1), (10, 1)],
            "noqa behind code": [(5, 1), (6, 1)],
        }
        for name in expected:
            Path(f"{name}.py").write_bytes(UNUSUAL[name].encode())
        found: dict[str, list[tuple[int, int]]] = {name: [] for name in expected}
        for path, line, column, code in by_flake8(toy_pack, "."):
            if code == "TFL990":
                found[path.removesuffix(".py")].append((line, column))
        found["decorators"] = [place for place in found["decorators"] if place[0] == 8]
        assert found == expected

    def test_on_files_that_are_not_utf8(self, run_cli: Run, toy_pack: Path) -> None:
        body = HEAD + "metric.update_state('\xe9')\n"
        Path("declared.py").write_bytes(b"# coding: latin-1\n" + body.encode("latin-1"))
        Path("undeclared.py").write_bytes(body.encode("latin-1"))
        Path("crlf.py").write_bytes(body.replace("\n", "\r\n").encode("latin-1"))
        Path("right.py").write_bytes(body.encode())
        expected = [
            ("crlf.py", 5, 22, "TFL900"),
            ("declared.py", 6, 1, "TFL990"),
            ("right.py", 5, 1, "TFL990"),
            ("undeclared.py", 5, 22, "TFL900"),
        ]
        assert by_cli(run_cli, "--select=TFL99,TFL900", ".") == expected
        assert [place for place in by_flake8(toy_pack, ".") if place[3] >= "TFL900"] == expected

    def test_files_that_do_not_parse_are_flake8s_own_affair(self, here: Path, toy_pack: Path) -> None:
        Path("a.py").write_text(PLAIN + "x = = 1\n")
        assert by_flake8(toy_pack, ".") == []
        assert "E999 SyntaxError" in flake8(toy_pack, "--isolated", "a.py")[1]

    def test_by_standard_input(self, here: Path, toy_pack: Path) -> None:
        select = "--select=TFL99"
        assert by_flake8(toy_pack, "-", select, stdin=PLAIN.encode()) == [("stdin", 5, 1, "TFL990")]
        crlf = UNUSUAL["crlf"].encode()
        assert by_flake8(toy_pack, "-", select, stdin=crlf) == [("stdin", 5, 1, "TFL990")]
        Path("a.py").write_bytes(b"\xff")
        data = (PLAIN + "'é'").encode()
        named = by_flake8(toy_pack, "-", "--stdin-display-name", "a.py", select, stdin=data)
        assert named == [("a.py", 5, 1, "TFL990")]
        noqa = PLAIN.replace("1.0)", "1.0)  # noqa").encode()
        assert by_flake8(toy_pack, "-", select, stdin=noqa) == []


class TestFlake8:
    def test_text(self, here: Path, toy_pack: Path) -> None:
        Path("a.py").write_text(GRADIENT)
        assert flake8(toy_pack, "--isolated", "--select=TFL991", "a.py") == (
            1,
            "a.py:10:26: TFL991 a gradient of loss on keras2 keras3 (take it elsewhere)\n",
            "",
        )

    def test_on_by_default(self, here: Path, toy_pack: Path) -> None:
        Path("a.py").write_text(PLAIN)
        assert "TFL990" in flake8(toy_pack, "--isolated", "a.py")[1]

    def test_named_in_the_version(self, here: Path, toy_pack: Path) -> None:
        assert "tfloss-lint" in " ".join(flake8(toy_pack, "--version")[1].split())

    def test_its_own_ways_to_hide(self, here: Path, toy_pack: Path) -> None:
        Path("a.py").write_text(PLAIN.replace("1.0)", "1.0)  # noqa: TFL9"))
        arguments = ("--select=TFL990", "--format", ROW, "a.py")
        assert flake8(toy_pack, "--isolated", *arguments) == (0, "", "")
        assert flake8(toy_pack, "--isolated", "--disable-noqa", *arguments)[0] == 1
        assert flake8(toy_pack, "--isolated", "--disable-noqa", "--per-file-ignores=a.py:TFL990", *arguments)[0] == 0
        assert (
            flake8(toy_pack, "--isolated", "--disable-noqa", "--extend-ignore=TFL990", "a.py", "--select=TFL")[0] == 0
        )

    @pytest.mark.parametrize(
        ("file", "section"), [("setup.cfg", "flake8"), (".flake8", "flake8"), ("tox.ini", "flake8")]
    )
    def test_options_in_files(self, here: Path, toy_pack: Path, file: str, section: str) -> None:
        Path("a.py").write_text(GRADIENT)
        Path(file).write_text(
            f"[{section}]\nselect = TFL98,TFL99\ntfloss-pedantic = true\ntfloss_target_keras = keras2\n"
        )
        assert flake8(toy_pack, "a.py")[:2] == (
            1,
            (
                "a.py:10:12: TFL980 who knows (look twice)\n"
                "a.py:10:26: TFL991 a gradient of loss on keras2 (take it elsewhere)\n"
            ),
        )

    def test_pyproject_is_not_read(self, here: Path, toy_pack: Path) -> None:
        Path("a.py").write_text(PLAIN)
        Path("pyproject.toml").write_text('[tool.tfloss-lint]\nignore = ["TFL"]\n')
        assert flake8(toy_pack, "--select=TFL990", "a.py")[0] == 1

    def test_a_wrong_option(self, here: Path, toy_pack: Path) -> None:
        status, out, _ = flake8(toy_pack, "--isolated", "--tfloss-target-keras=4", "a.py")
        assert status == 1
        assert "tfloss-target-keras must be one of 2, keras2, 3, keras3, both, auto, not '4'" in out

    def test_neither_tensorflow_nor_libcst_without_need(self, here: Path, toy_pack: Path) -> None:
        Path("a.py").write_text(CLEAN)
        Path("b.py").write_text(GRADIENT)
        program = (
            "import sys\nfrom flake8.main.cli import main\n"
            "for path in ('a.py', 'b.py'):\n"
            "    main(['-j1', '--isolated', '--exit-zero', path])\n"
            "    print([name in sys.modules for name in ('libcst', 'pathspec', 'tensorflow', 'keras')])\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, env=toy_rules.environment(toy_pack)
        )
        lines = [line for line in done.stdout.splitlines() if line.startswith("[")]
        assert lines == ["[False, False, False, False]", "[True, False, False, False]"]

    def test_importing_the_plugin_imports_nothing_of_weight(self) -> None:
        program = (
            "import sys; import flake8.main.cli, flake8.plugins.finder; before = set(sys.modules)\n"
            "from tfloss_lint.flake8_plugin import Plugin\n"
            "assert not list(Plugin(None, 'a.py', ['import os\\n', 'print(os)\\n']).run())\n"
            "print(*sorted(set(sys.modules) - before))\n"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert done.stdout.split() == [
            "tfloss_lint",
            "tfloss_lint.flake8_plugin",
            "tfloss_lint.framework",
        ]


class TestPlugin:
    @pytest.fixture(autouse=True)
    def _own_settings(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Plugin, "pedantic", False)
        monkeypatch.setattr(Plugin, "target_keras", "auto")

    def options(self, pedantic: bool = False, target: str = "auto") -> argparse.Namespace:
        return argparse.Namespace(tfloss_pedantic=pedantic, tfloss_target_keras=target)

    def test_settings(self) -> None:
        Plugin.parse_options(self.options(pedantic=True))
        assert Plugin.settings() == Settings(pedantic=True, target_keras=AUTO)
        Plugin.parse_options(self.options(target="2"))
        assert Plugin.settings() == Settings(target_keras=frozenset({Generation.KERAS2}))
        Plugin.parse_options(self.options())
        assert Plugin.settings() == Settings()
        with pytest.raises(ExecutionError):
            Plugin.parse_options(self.options(target="x"))

    @pytest.mark.usefixtures("with_toy_rules")
    def test_flake8s_tree_is_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        tree = ast.parse(PLAIN)

        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("parsed again")

        monkeypatch.setattr(ast, "parse", refuse)
        monkeypatch.setattr(Plugin, "settings", staticmethod(lambda: Settings(select=("TFL990",), target_keras=BOTH)))
        found = list(Plugin(tree, "a.py", PLAIN.splitlines(keepends=True)).run())
        assert found == [(5, 0, "TFL990 an `update` (leave it)", Plugin)]

    def test_a_text_that_is_not_the_file_is_taken_as_it_is(self, here: Path) -> None:
        Path("a.py").write_bytes(b"# \xff\n")
        for name in ("a.py", "missing.py", "a\0.py"):
            assert list(Plugin(ast.parse("# é"), name, ["# é"]).run()) == []
        assert list(Plugin(ast.parse("# 字"), "a.py", ["# 字"]).run()) == []
        ((line, column, text, _),) = Plugin(ast.parse("# ÿ\n"), "a.py", ["# ÿ\n"]).run()
        assert (line, column) == (1, 2)
        assert text.startswith("TFL900 the file is not UTF-8: byte 0xff cannot be decoded (")

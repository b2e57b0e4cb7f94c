from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import toy_rules
from toy_programs import CLEAN, GRADIENT, PLAIN, UNUSUAL, notebook

from tfloss_lint import cli
from tfloss_lint.run import Checked

Run = Callable[..., tuple[int, str, str]]
TOYS = ("--select", "TFL990,TFL991,TFL980")
PLAIN_LINE = "a.py:5:1: TFL990 [toy-update] an `update`\n"
GRADIENT_LINE = "a.py:10:26: TFL991 [toy-gradient] (likely) a gradient of loss on keras2 keras3\n"
COMMAND = [sys.executable, "-m", "tfloss_lint"]


def write(path: str, text: str | bytes) -> None:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())


def process(
    folder: Path, *arguments: str, prefix: tuple[str, ...] = (), stdin: bytes = b"", **changes: str
) -> tuple[int, str, str]:
    """Call the command in a process of its own."""
    done = subprocess.run(
        [*prefix, *COMMAND, *arguments],
        input=stdin,
        capture_output=True,
        env=toy_rules.environment(folder, **changes),
        timeout=120,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class TestOutput:
    def test_text(self, run_cli: Run) -> None:
        write("a.py", GRADIENT)
        assert run_cli("a.py", *TOYS) == (
            1,
            GRADIENT_LINE
            + "   |\n"
            + "10 |     return tape.gradient(loss, model.trainable_variables)\n"
            + "   |                          ^^^^\n"
            + "  help: take it elsewhere\n"
            + "\n",
            "Found 1 problem in 1 file (1 file checked).\n",
        )

    def test_concise_and_quiet(self, run_cli: Run) -> None:
        write("a.py", PLAIN + "metric.update_state(2.0)\n")
        write("b.py", CLEAN)
        second = PLAIN_LINE.replace("5:1", "6:1")
        assert run_cli("--output-format", "concise", *TOYS) == (
            1,
            PLAIN_LINE + second,
            "Found 2 problems in 1 file (2 files checked).\n",
        )
        assert run_cli("--output-format=concise", "-q", *TOYS) == (1, PLAIN_LINE + second, "")

    def test_json(self, run_cli: Run) -> None:
        write("n.ipynb", notebook("# text", "!pip install x\n" + GRADIENT))
        status, out, _ = run_cli("--output-format", "json", *TOYS)
        assert status == 1
        assert out == (
            '{\n  "version": 1,\n  "findings": [\n    {\n      "path": "n.ipynb",\n      "line": 11,\n'
            '      "column": 26,\n      "end_line": 11,\n      "end_column": 30,\n      "cell": 2,\n'
            '      "code": "TFL991",\n      "name": "toy-gradient",\n      "confidence": "likely",\n'
            '      "message": "a gradient of loss on keras2 keras3",\n      "help": "take it elsewhere",\n'
            '      "fix": null,\n      "verdict": null\n    }\n  ]\n}\n'
        )

    def test_notebook_in_text(self, run_cli: Run) -> None:
        write("n.ipynb", notebook("# text", *PLAIN.split("\n\n")))
        assert run_cli(*TOYS)[1] == (
            "n.ipynb:cell 3:2:1: TFL990 [toy-update] an `update`\n"
            "  |\n2 | metric.update_state(1.0)\n  | ^^^^^^^^^^^^^^^^^^^^^^^^\n  help: leave it\n\n"
        )

    def test_clean(self, run_cli: Run) -> None:
        write("a.py", CLEAN)
        assert run_cli("a.py") == (0, "", "Found no problems (1 file checked).\n")
        assert run_cli("a.py", "--output-format", "json", "-q") == (0, '{\n  "version": 1,\n  "findings": []\n}\n', "")

    def test_statistics_are_apart_from_the_findings(self, run_cli: Run) -> None:
        write("a.py", PLAIN * 2)
        write("b.py", GRADIENT)
        status, out, err = run_cli("--statistics", "--output-format", "json", *TOYS)
        assert (status, len(json.loads(out)["findings"])) == (1, 3)
        assert err == (
            "2  TFL990  toy-update\n1  TFL991  toy-gradient\nFound 3 problems in 2 files (2 files checked).\n"
        )

    def test_sorted_by_path_cell_line_and_column(self, run_cli: Run) -> None:
        write("b.py", "metric = 1\n" + PLAIN + "metric.update_state(2); metric.update_state(3)\n")
        write("a/z.py", PLAIN)
        write("a.py", PLAIN)
        write("n.ipynb", notebook(PLAIN, *["metric.update_state(1)"] * 11))
        _, out, _ = run_cli("b.py", "n.ipynb", "a", "a.py", "--output-format", "concise", *TOYS)
        assert [line.partition(": ")[0] for line in out.splitlines()] == [
            "a.py:5:1",
            "a/z.py:5:1",
            "b.py:6:1",
            "b.py:7:1",
            "b.py:7:25",
            "n.ipynb:cell 1:5:1",
            *[f"n.ipynb:cell {cell}:1:1" for cell in range(2, 13)],
        ]

    def test_colour(self, run_cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        write("a.py", PLAIN)
        coloured = PLAIN_LINE.replace("a.py:5:1", "\x1b[1ma.py\x1b[0m\x1b[36m:5:1\x1b[0m")
        coloured = coloured.replace("TFL990", "\x1b[1;31mTFL990\x1b[0m")
        concise = ("--output-format", "concise", *TOYS)
        assert run_cli(*concise)[1] == PLAIN_LINE
        assert run_cli("--color", "always", *concise)[1] == coloured
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert run_cli(*concise)[1] == coloured
        assert run_cli("--color=never", *concise)[1] == PLAIN_LINE
        monkeypatch.setenv("NO_COLOR", "1")
        assert run_cli(*concise)[1] == PLAIN_LINE

    def test_a_shown_path_is_relative_below_the_working_directory(self, run_cli: Run, here: Path) -> None:
        write("a.py", PLAIN)
        assert run_cli(str(here), "--output-format", "concise", *TOYS)[1] == PLAIN_LINE
        write("sub/x.py", CLEAN)
        os.chdir("sub")
        assert run_cli("../a.py", "--output-format", "concise", *TOYS)[1] == "../" + PLAIN_LINE
        assert run_cli(str(here), "--output-format", "concise", *TOYS)[1] == f"{here}/{PLAIN_LINE}"


class TestChoice:
    def codes(self, run_cli: Run, *arguments: str) -> list[str]:
        status, out, _ = run_cli("--output-format", "json", *arguments)
        found = [finding["code"] for finding in json.loads(out)["findings"]]
        assert status == (1 if found else 0)
        return [code for code in found if code >= "TFL95"]

    @pytest.fixture(autouse=True)
    def _files(self, here: Path) -> None:
        write("a.py", GRADIENT)
        write("b.py", PLAIN)

    def test_select_and_ignore(self, run_cli: Run) -> None:
        assert self.codes(run_cli, "--select", "TFL99") == ["TFL991", "TFL990"]
        assert self.codes(run_cli, "--select", "TFL991 , TFL980") == ["TFL991"]
        assert self.codes(run_cli, "--select", "TFL991", "--select", "TFL990") == ["TFL991", "TFL990"]
        assert self.codes(run_cli, "--select", "TFL99", "--ignore", "TFL991") == ["TFL990"]
        assert self.codes(run_cli, "--select", "TFL991", "--ignore", "TFL99") == ["TFL991"]
        assert self.codes(run_cli, "--select", "TFL99", "--ignore", "TFL991", "--extend-ignore", "TFL990") == []

    def test_pedantic(self, run_cli: Run) -> None:
        assert self.codes(run_cli, "--select", "TFL98,TFL99", "--pedantic") == ["TFL980", "TFL991", "TFL990"]

    @pytest.mark.parametrize(
        ("word", "shown"),
        [("2", "keras2"), ("keras3", "keras3"), ("both", "keras2 keras3"), ("auto", "keras2 keras3")],
    )
    def test_target_keras(self, run_cli: Run, word: str, shown: str) -> None:
        _, out, _ = run_cli("a.py", "--target-keras", word, "--output-format=concise", *TOYS)
        assert out == GRADIENT_LINE.replace("keras2 keras3", shown)

    def test_auto_asks_the_project(self, run_cli: Run) -> None:
        write("requirements.txt", "keras>=3\n")
        _, out, _ = run_cli("a.py", "--output-format=concise", *TOYS)
        assert out == GRADIENT_LINE.replace("keras2 keras3", "keras3")
        _, out, _ = run_cli("a.py", "--target-keras=both", "--output-format=concise", *TOYS)
        assert out == GRADIENT_LINE

    def test_per_file_ignores(self, run_cli: Run) -> None:
        write("sub/a.py", GRADIENT)
        assert self.codes(run_cli, *TOYS, "--per-file-ignores", "sub/:TFL991 b.py:TFL9,TFL1") == ["TFL991"]

    def test_noqa(self, run_cli: Run) -> None:
        write("b.py", PLAIN.replace("(1.0)", "(1.0)  # noqa: TFL990"))
        assert self.codes(run_cli, *TOYS) == ["TFL991"]

    def test_exit_zero(self, run_cli: Run) -> None:
        status, out, _ = run_cli("--exit-zero", "--output-format", "concise", "b.py", *TOYS)
        assert (status, out) == (0, PLAIN_LINE.replace("a.py", "b.py"))


class TestConfiguration:
    def configure(self, body: str, path: str = "pyproject.toml") -> None:
        write(path, f"[tool.tfloss-lint]\n{body}\n")

    def lines(self, run_cli: Run, *arguments: str) -> list[str]:
        _, out, _ = run_cli("--output-format=concise", *arguments)
        return [" ".join(line.split(" ")[:2]) for line in out.splitlines()]

    @pytest.fixture(autouse=True)
    def _files(self, here: Path) -> None:
        write("a.py", GRADIENT)
        write("sub/b.py", PLAIN)
        write("gen/c.py", PLAIN)

    def test_the_file_counts_and_the_command_line_wins(self, run_cli: Run) -> None:
        self.configure('select = ["TFL99"]\nignore = ["TFL991"]\nextend-ignore = ["TFL980"]\nexclude = ["gen"]')
        assert self.lines(run_cli) == ["sub/b.py:5:1: TFL990"]
        assert self.lines(run_cli, "--ignore", "TFL990") == ["a.py:10:26: TFL991"]
        assert self.lines(run_cli, "--select", "TFL980,TFL991", "--ignore=", "--pedantic") == ["a.py:10:26: TFL991"]
        assert self.lines(run_cli, "--exclude", "sub") == ["gen/c.py:5:1: TFL990"]
        assert self.lines(run_cli, "--extend-exclude", "sub") == []
        assert len(self.lines(run_cli, "--isolated", *TOYS)) == 3

    def test_each_setting(self, run_cli: Run) -> None:
        self.configure(
            'select = ["TFL99", "TFL98"]\npedantic = true\ntarget-keras = 2\noutput-format = "concise"\njobs = 1\n'
            'extend-exclude = ["gen/"]\nforce-exclude = true\nper-file-ignores = {"sub/*.py" = ["TFL990"]}'
        )
        status, out, _ = run_cli(".", "gen/c.py")
        assert status == 1
        assert out == (
            "a.py:10:12: TFL980 [toy-doubt] (possible) who knows\n" + GRADIENT_LINE.replace("keras2 keras3", "keras2")
        )

    def test_patterns_count_from_the_file(self, run_cli: Run) -> None:
        self.configure('select = ["TFL99"]\nextend-exclude = ["/gen"]\nper-file-ignores = {"/sub/b.py" = ["TFL990"]}')
        write("sub/gen/d.py", PLAIN)
        os.chdir("sub")
        assert self.lines(run_cli) == ["gen/d.py:5:1: TFL990"]
        assert self.lines(run_cli, "--per-file-ignores", "/gen:TFL9") == ["b.py:5:1: TFL990"]

    def test_another_file(self, run_cli: Run) -> None:
        self.configure('select = ["TFL991"]')
        self.configure('select = ["TFL990"]', "other/conf.toml")
        assert self.lines(run_cli, "--config", "other/conf.toml") == ["gen/c.py:5:1: TFL990", "sub/b.py:5:1: TFL990"]

    def test_gitignore(self, run_cli: Run) -> None:
        Path(".git").mkdir()
        write(".gitignore", "gen\n")
        assert self.lines(run_cli, "--select=TFL990") == ["sub/b.py:5:1: TFL990"]
        both = ["gen/c.py:5:1: TFL990", "sub/b.py:5:1: TFL990"]
        assert self.lines(run_cli, "--select=TFL990", "--no-respect-gitignore") == both
        self.configure("respect-gitignore = false")
        assert self.lines(run_cli, "--select=TFL990") == both


class TestUsageErrors:
    """Each mistake in the call gives one line on standard error, nothing on standard output, and status 2."""

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["nope.py"], "there is no file or folder 'nope.py'"),
            (["a.py", "no\npe"], "there is no file or folder 'no\\npe'"),
            (["--select", "TFL17"], 'no rule has a code that begins with "TFL17"'),
            (["--select", "E501"], 'no rule has a code that begins with "E501"'),
            (["--ignore", "tfl990"], 'no rule has a code that begins with "tfl990"; did you mean "TFL990"'),
            (["--extend-ignore", "toy-update"], 'no rule has a code that begins with "toy-update"; did you mean "TFL'),
            (["--per-file-ignores", "a.py:TFL17"], 'no rule has a code that begins with "TFL17"'),
            (["--per-file-ignores", "a.py"], "argument --per-file-ignores: 'a.py' is not PATTERN:CODE"),
            (["--per-file-ignores", "a.py: TFL1"], "argument --per-file-ignores: 'a.py:' is not PATTERN:CODE"),
            (["--select", ","], "argument --select: at least one code is needed"),
            (["--target-keras", "4"], "argument --target-keras: must be one of 2, keras2, 3, keras3"),
            (["--jobs", "0"], "argument --jobs/-j: '0' is not a whole number from 1 on"),
            (["--jobs", "²"], "argument --jobs/-j: '²' is not a whole number from 1 on"),
            (["--output-format", "xml"], "argument --output-format: invalid choice: 'xml'"),
            (["--pedan"], "unrecognized arguments: --pedan"),
            (["--nonsense"], "unrecognized arguments: --nonsense"),
            (["--config", "no.toml"], "no.toml: cannot be read: No such file or directory"),
            (["--config", "x.toml", "--isolated"], "--config and --isolated exclude each other"),
            (["--stdin-filename", "a.py"], "--stdin-filename needs the path - for standard input"),
            (["rule"], "give one rule, or --all"),
            (["rule", "TFL990", "--all"], "give one rule, or --all"),
            (["rule", "TFL99x"], 'there is no rule "TFL99x"; did you mean "TFL99'),
            (["rule", "TOY-UPDATE"], 'there is no rule "TOY-UPDATE"; did you mean "toy-update"'),
            (["rule", "qqq"], 'there is no rule "qqq"'),
        ],
    )  # fmt: skip
    def test_in_the_call(self, run_cli: Run, arguments: list[str], message: str) -> None:
        write("a.py", PLAIN)
        status, out, err = run_cli(*arguments)
        assert (status, out) == (2, "")
        assert err.startswith(f"tfloss-lint: {message}")
        assert err.count("\n") == 1

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("[tool.tfloss-lint]\npedantik = 1\n", 'has no key "pedantik"; did you mean "pedantic"?'),
            ('[tool.tfloss-lint]\nselect = ["X"]\n', 'no rule has a code that begins with "X"'),
            ('[tool.tfloss-lint]\nselect = [""]\n', 'no rule has a code that begins with ""'),
            ("[tool", "not valid TOML"),
        ],
    )
    def test_in_the_configuration(self, run_cli: Run, text: str, message: str) -> None:
        write("pyproject.toml", text)
        status, out, err = run_cli(".")
        assert (status, out) == (2, "")
        assert message in err
        assert err.count("\n") == 1

    def test_a_working_directory_that_is_gone(self, run_cli: Run, here: Path) -> None:
        shutil.rmtree(here)
        status, out, err = run_cli(".")
        assert (status, out) == (2, "")
        assert err.startswith("tfloss-lint: ")
        assert err.count("\n") == 1


class TestFiles:
    def test_show_files(self, run_cli: Run) -> None:
        for path in ("b.py", "a/c.ipynb", "venv/d.py", "x.txt"):
            write(path, "")
        assert run_cli("--show-files") == (0, "a/c.ipynb\nb.py\n", "")
        assert run_cli("--show-files", "-", "--stdin-filename", "z.py", "b.py") == (0, "z.py\nb.py\n", "")

    def test_nothing_to_look_at(self, run_cli: Run, here: Path) -> None:
        assert run_cli() == (
            0,
            "",
            "tfloss-lint: no Python file and no notebook found below .\nFound no problems (0 files checked).\n",
        )
        assert run_cli("-q", ".") == (0, "", "")

    def test_a_path_called_rule_is_reached_with_a_dot(self, run_cli: Run) -> None:
        write("rule", PLAIN)
        assert run_cli("./rule", "--output-format=concise", *TOYS)[1] == PLAIN_LINE.replace("a.py", "rule")


class TestStandardInput:
    def run(self, run_cli: Run, monkeypatch: pytest.MonkeyPatch, data: bytes, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return run_cli("--output-format=concise", *TOYS, *arguments)

    def test_name_and_findings(self, run_cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        data = PLAIN.encode()
        assert self.run(run_cli, monkeypatch, data, "-")[:2] == (1, PLAIN_LINE.replace("a.py", "<stdin>"))
        assert self.run(run_cli, monkeypatch, data, "-", "--stdin-filename", "a.py")[:2] == (1, PLAIN_LINE)
        write("a.py", GRADIENT)
        assert (
            self.run(run_cli, monkeypatch, data, "a.py", "-")[1]
            == PLAIN_LINE.replace("a.py", "<stdin>") + GRADIENT_LINE
        )
        assert self.run(run_cli, monkeypatch, b"", "-")[:2] == (0, "")

    def test_notebook(self, run_cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        data = notebook("# text", PLAIN).encode()
        outcome = self.run(run_cli, monkeypatch, data, "-", "--stdin-filename", "n.ipynb")
        assert outcome[:2] == (1, PLAIN_LINE.replace("a.py:", "n.ipynb:cell 2:"))

    def test_settings_for_its_name(self, run_cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        data = PLAIN.encode()
        named = ("-", "--stdin-filename", "tests/a.py")
        assert self.run(run_cli, monkeypatch, data, *named, "--per-file-ignores", "tests/:TFL990")[:2] == (0, "")
        assert self.run(run_cli, monkeypatch, data, *named, "--exclude", "tests")[0] == 1
        assert self.run(run_cli, monkeypatch, data, *named, "--exclude", "tests", "--force-exclude")[:2] == (0, "")
        write("tests/pyproject.toml", '[tool.tfloss-lint]\nignore = ["TFL99"]\n')
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert "TFL99" not in run_cli("--output-format=concise", *named)[1]

    def test_unreadable(self, run_cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff")))
        assert run_cli("-", "--output-format=concise", "--select=TFL900")[:2] == (
            1,
            "<stdin>:1:1: TFL900 [unreadable] the file is not UTF-8: byte 0xff cannot be decoded\n",
        )

    def test_closed(self, run_cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", None)
        assert run_cli("-") == (2, "", "tfloss-lint: standard input is closed\n")


NESTED = GRADIENT.replace("keras.losses.mse(y, model(x))", "{}")

BAD = {
    "not UTF-8": (b"x = '\xff'\n", "1:6", "the file is not UTF-8: byte 0xff cannot be decoded"),
    "NUL byte": (b"x = 1\n\0\n", "2:1", "the file contains a NUL byte; Python refuses such files"),
    "syntax error": (PLAIN + "x = = 1\n", "6:5", "the code does not parse: invalid syntax"),
    "open bracket": (PLAIN + "x = (\n", "6:5", "the code does not parse: '(' was never closed"),
    "bad indentation": (PLAIN + "  x\n", None, "the code does not parse: unexpected indent"),
    "500 nested brackets": (
        NESTED.format("(" * 500 + "x" + ")" * 500),
        None,
        "the code does not parse: too many nested parentheses",
    ),
    "100,000 signs": (NESTED.format("-" * 100_000 + "x"), None, None),
    "30,000 summands": (NESTED.format("+".join(["x"] * 30_000)), None, None),
    "9,000 summands": (NESTED.format("+".join(["x"] * 9_000)), None, None),
    "5,000 calls": (NESTED.format("x" + ".b()" * 5_000), None, None),
    "5,000 branches": (
        NESTED.format("1\n        if x: pass\n" + "        elif x == 3: tf.abs(x)\n" * 5_000),
        None,
        None,
    ),
    "1,000 indentations": (
        PLAIN + "".join(" " * i + "if x:\n" for i in range(1000)),
        None,
        "the code does not parse: too many levels of indentation",
    ),
}


class TestBadFiles:
    @pytest.mark.parametrize("name", BAD)
    def test_is_a_finding(self, run_cli: Run, name: str) -> None:
        data, place, message = BAD[name]
        write("a.py", data)
        status, out, err = run_cli("a.py", "--output-format=concise")
        assert status == 1
        assert out.startswith(f"a.py:{place}: TFL900 [unreadable] " if place else "a.py:")
        assert message is None or out.endswith(f"TFL900 [unreadable] {message}\n")
        assert (out.count("TFL900"), out.count("\n")) == (1, 1)
        assert err == "Found 1 problem in 1 file (1 file checked).\n"

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "the notebook is empty: there is not even a JSON object in it"),
            ("{", "the notebook is broken: not valid JSON (Expecting property name enclosed in double quotes)"),
            ('{"cells": 1}', "the notebook is broken: its cells are not a list"),
        ],
    )
    def test_notebooks(self, run_cli: Run, text: str, message: str) -> None:
        write("n.ipynb", text)
        status, out, _ = run_cli("--output-format=concise")
        place = "1:2" if text == "{" else "1:1"
        assert (status, out) == (1, f"n.ipynb:{place}: TFL900 [unreadable] {message}\n")

    def test_a_notebook_without_cells_is_clean(self, run_cli: Run) -> None:
        write("n.ipynb", notebook())
        assert run_cli("-q") == (0, "", "")

    def test_a_syntax_error_in_a_notebook_names_the_cell(self, run_cli: Run) -> None:
        write("n.ipynb", notebook("# text", PLAIN, "# text", "y = 1\nx = = 1"))
        assert run_cli("--output-format=concise", "--select=TFL900")[1] == (
            "n.ipynb:cell 4:2:5: TFL900 [unreadable] the code does not parse: invalid syntax\n"
        )

    @pytest.mark.parametrize(
        "nested",
        [
            "-" * 500 + "x",
            "not " * 500 + "x",
            "+".join(["x"] * 500),
            "x" + ".b" * 500,
            "tf.abs(" * 150 + "x" + ")" * 150,
        ],
    )
    def test_500_nested_expressions_are_read(self, run_cli: Run, nested: str) -> None:
        write("a.py", NESTED.format(nested))
        status, out, _ = run_cli("a.py", "--output-format=concise", "--select=TFL991,TFL900")
        assert (status, out) == (1, GRADIENT_LINE)

    def test_50_000_lines(self, run_cli: Run) -> None:
        write("a.py", GRADIENT + "".join(f"x{number} = {number}\n" for number in range(50_000)) + "x = (\n")
        status, out, _ = run_cli("a.py", "--output-format=concise")
        assert (status, out) == (1, "a.py:50011:5: TFL900 [unreadable] the code does not parse: '(' was never closed\n")
        write("a.py", GRADIENT + "".join(f"x{number} = {number}\n" for number in range(50_000)))
        assert run_cli("a.py", "--output-format=concise", *TOYS)[:2] == (1, GRADIENT_LINE)

    def test_links(self, run_cli: Run) -> None:
        Path("gone.py").symlink_to("nowhere.py")
        Path("loop.py").symlink_to("loop.py")
        expected = (
            "gone.py:1:1: TFL900 [unreadable] the link points to 'nowhere.py', which does not exist\n"
            "loop.py:1:1: TFL900 [unreadable] the file cannot be read: too many levels of symbolic links\n"
        )
        assert run_cli("--output-format=concise")[:2] == (1, expected)
        assert run_cli("--output-format=concise", "gone.py", "loop.py")[:2] == (1, expected)

    def test_without_permission(self, here: Path, toy_pack: Path) -> None:
        prefix: tuple[str, ...] = ()
        if os.getuid() == 0:
            if not shutil.which("setpriv"):
                pytest.skip("root may read everything, and there is no setpriv to take that away")
            prefix = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")
        write("closed/a.py", PLAIN)
        write("blind/a.py", PLAIN)
        write("b.py", PLAIN)
        write("c.py", PLAIN)
        Path("b.py").chmod(0o200)
        Path("closed").chmod(0o000)
        Path("blind").chmod(0o400)
        try:
            arguments = ("--output-format=concise", "--select=TFL990,TFL900", "--isolated")
            assert process(toy_pack, *arguments, prefix=prefix) == (
                1,
                "b.py:1:1: TFL900 [unreadable] no permission to read the file\n"
                "blind/a.py:1:1: TFL900 [unreadable] no permission to read the file\n"
                + PLAIN_LINE.replace("a.py", "c.py")
                + "closed:1:1: TFL900 [unreadable] the directory cannot be searched: no permission to list it\n",
                "Found 4 problems in 4 files (4 files checked).\n",
            )
            status, out, _ = process(toy_pack, *arguments, "closed/a.py", prefix=prefix)
            assert (status, out) == (1, "closed/a.py:1:1: TFL900 [unreadable] no permission to read the file\n")
        finally:
            Path("closed").chmod(0o700)
            Path("blind").chmod(0o700)

    def test_can_be_ignored(self, run_cli: Run) -> None:
        write("a.py", b"\xff")
        write("b.py", "def train_step(x:  # noqa\nimport keras\n")
        write("c.py", "def train_step(x:\nimport keras\n# flake8: noqa\n")
        assert run_cli("-q", "--output-format=concise", "--ignore", "TFL900") == (0, "", "")
        assert run_cli("-q", "--output-format=concise", "b.py", "c.py") == (0, "", "")


class TestInternalErrors:
    @pytest.fixture(autouse=True)
    def _files(self, here: Path) -> None:
        write("a.py", PLAIN)
        write("b.py", PLAIN.replace("1.0", "crash"))

    ARGUMENTS = ("--output-format=concise", "--select=TFL97,TFL99")

    def test_costs_no_other_file(self, run_cli: Run) -> None:
        assert run_cli(*self.ARGUMENTS) == (
            2,
            PLAIN_LINE,
            (
                "tfloss-lint: b.py: internal error, please report it: ZeroDivisionError: toy\n"
                "Found 1 problem in 1 file (1 file checked, 1 not because of internal errors).\n"
            ),
        )
        assert run_cli("b.py", "--exit-zero", *self.ARGUMENTS)[0] == 2

    def test_trace_on_demand(self, run_cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TFLOSS_LINT_DEBUG", "1")
        _, _, err = run_cli("-q", *self.ARGUMENTS)
        lines = err.splitlines()
        assert lines[1] == "Traceback (most recent call last):"
        assert lines[-1] == "ZeroDivisionError: toy"

    def test_interrupted(self, run_cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupt(*_: object, **__: object) -> list[Checked]:
            raise KeyboardInterrupt

        monkeypatch.setattr(cli, "check_files", interrupt)
        assert run_cli() == (130, "", "tfloss-lint: interrupted\n")


class TestRule:
    def test_by_code_and_by_name(self, run_cli: Run) -> None:
        page = (
            "# TFL990 toy-update\n\nSince 0.1.0. Applies to Keras 2 and Keras 3.\n\n"
            "Found at every call of ``update_state``.\n\n## What it does\n\nMarks the call.\n"
        )
        assert run_cli("rule", "TFL990") == (0, page, "")
        assert run_cli("rule", "toy-update") == (0, page, "")

    def test_all(self, run_cli: Run) -> None:
        from tfloss_lint.registry import all_rules

        status, out, err = run_cli("rule", "--all")
        assert (status, err) == (0, "")
        heads = [line for line in out.splitlines() if line.startswith("# TFL")]
        assert heads == [f"# {rule.code} {rule.name}" for rule in all_rules()]

    def test_a_long_page_goes_through_the_pager_of_a_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import pydoc

        written: list[str] = []
        paged: list[str] = []
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
        monkeypatch.setattr(os, "get_terminal_size", lambda: os.terminal_size((80, 24)))
        monkeypatch.setattr(pydoc, "pager", paged.append)
        cli._page("x\n" * 24, written.append)
        cli._page("x\n" * 25, written.append)
        assert (written, paged) == (["x\n" * 24], ["x\n" * 25])


class TestProgress:
    def test_on_a_slow_terminal(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        clock = iter([0.0, 0.5, 1.5, 1.55, 1.7])
        monkeypatch.setattr(time, "monotonic", lambda: next(clock))
        outcomes = [Checked("a"), Checked("b"), Checked("c"), Checked("d")]
        assert list(cli._with_progress(iter(outcomes), 4)) == outcomes
        assert capsys.readouterr().err == "\rchecked 2 of 4 files\rchecked 4 of 4 files\r\x1b[K"

    def test_silent_while_quick(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert list(cli._with_progress(iter([Checked("a")]), 1)) == [Checked("a")]
        assert capsys.readouterr().err == ""


class TestProcess:
    """What only a process of its own shows."""

    def test_version_and_help(self, toy_pack: Path) -> None:
        import tfloss_lint

        assert process(toy_pack, "--version") == (0, f"tfloss-lint {tfloss_lint.__version__}\n", "")
        status, out, err = process(toy_pack, "--help")
        assert (status, err) == (0, "")
        assert "Exit status: 0 without findings" in out
        assert process(toy_pack, "rule", "--help")[0] == 0

    def test_installed_command(self, here: Path, toy_pack: Path) -> None:
        write("a.py", PLAIN)
        command = Path(sys.executable).with_name("tfloss-lint")
        done = subprocess.run(
            [command, "--output-format=concise", *TOYS], capture_output=True, env=toy_rules.environment(toy_pack)
        )
        assert (done.returncode, done.stdout.decode()) == (1, PLAIN_LINE)

    def test_deterministic_for_any_hash_seed_and_any_number_of_jobs(self, here: Path, toy_pack: Path) -> None:
        for name, text in UNUSUAL.items():
            write(f"{name}.py", text)
            write(f"nb/{name}.ipynb", notebook(text.lstrip("\ufeff")))
        outcomes = {
            process(toy_pack, "--output-format", "json", "--pedantic", "--jobs", jobs, PYTHONHASHSEED=seed)
            for seed, jobs in [("0", "1"), ("1", "1"), ("2", "3")]
        }
        ((status, out, _),) = outcomes
        assert status == 1
        assert len(json.loads(out)["findings"]) > 60

    def test_neither_tensorflow_nor_libcst_without_need(self, here: Path) -> None:
        write("a.py", CLEAN)
        write("b.py", GRADIENT)
        program = (
            "import sys\nfrom tfloss_lint.cli import main\n"
            "main(['-q', 'a.py']); print([name in sys.modules for name in ('libcst', 'tensorflow', 'keras')])\n"
            "main(['-q', 'b.py', '--output-format=json', '--select=TFL']);"
            "print([name in sys.modules for name in ('libcst', 'tensorflow', 'keras')])\n"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        lines = done.stdout.splitlines()
        assert (lines[0], lines[-1]) == ("[False, False, False]", "[True, False, False]")

    def test_a_reader_that_has_seen_enough(self, here: Path, toy_pack: Path) -> None:
        write("a.py", PLAIN + "metric.update_state(1)\n" * 3000)
        with subprocess.Popen(
            [*COMMAND, "--output-format=concise", "a.py", *TOYS],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=toy_rules.environment(toy_pack),
        ) as running:
            assert running.stdout is not None
            assert running.stderr is not None
            assert running.stdout.readline().decode() == PLAIN_LINE
            running.stdout.close()
            assert running.stderr.read().decode() == "Found 3001 problems in 1 file (1 file checked).\n"
        assert running.returncode == 1

    def test_output_that_cannot_be_written(self, here: Path, toy_pack: Path) -> None:
        write("a.py", PLAIN)
        if not Path("/dev/full").exists():
            pytest.skip("no /dev/full on this system")
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(
                [*COMMAND, "a.py", *TOYS], stdout=full, stderr=subprocess.PIPE, env=toy_rules.environment(toy_pack)
            )
        assert done.returncode == 2
        assert done.stderr.decode() == "tfloss-lint: No space left on device\n"

    def test_closed_streams(self, here: Path, toy_pack: Path) -> None:
        write("a.py", PLAIN)
        command = " ".join([*COMMAND, "a.py", *TOYS])
        done = subprocess.run(["sh", "-c", f"{command} >&- 2>&-"], env=toy_rules.environment(toy_pack))
        assert done.returncode == 1

    def test_strange_names_and_encodings(self, here: Path, toy_pack: Path) -> None:
        name = b"gr\xf6\xdfe\n.py"
        try:
            Path(os.fsdecode(name)).write_text(PLAIN.replace("1.0", "'字'"))
        except OSError:
            pytest.skip("this file system takes no such name")
        for changes in ({}, {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}):
            status, out, _ = process(toy_pack, *TOYS, **changes)
            assert status == 1
            assert "TFL990" in out
            assert "Traceback" not in out
        status, out, _ = process(toy_pack, "--output-format=json", *TOYS)
        assert os.fsencode(json.loads(out)["findings"][0]["path"]) == name

    def test_interrupt(self, here: Path, toy_pack: Path) -> None:
        os.mkfifo("slow.py")
        with subprocess.Popen(
            [*COMMAND, "slow.py", "slow.py"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=toy_rules.environment(toy_pack),
            # Under nohup, or in a shell's background, interrupts are ignored, also by what is started there.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        ) as running:
            writer = os.open("slow.py", os.O_WRONLY)  # Returns once the command opens the pipe to read it.
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=60)
            os.close(writer)
        assert (running.returncode, out, err) == (130, b"", b"tfloss-lint: interrupted\n")

    def test_as_a_module(self, here: Path, toy_pack: Path) -> None:
        assert process(toy_pack, "nope.py")[0] == 2

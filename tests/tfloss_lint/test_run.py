from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from toy_programs import CLEAN, GRADIENT, PLAIN, UNUSUAL, notebook

from tfloss_lint.finding import Confidence
from tfloss_lint.run import Checked, check_file, check_files, check_source, check_unreadable, processes_for
from tfloss_lint.settings import Settings
from tfloss_lint.source import Source, UnreadableSource, source_from_bytes

pytestmark = pytest.mark.usefixtures("with_toy_rules")

TOYS = Settings(select=("TFL99", "TFL900"))
CRASHES = Settings(select=("TFL97", "TFL99"))


def place(checked: Checked) -> list[tuple[str, int, int, str]]:
    return [(f.path, f.line, f.column, f.code) for f in checked.findings]


def test_a_file_with_findings(here: Path) -> None:
    Path("a.py").write_text(GRADIENT)
    checked = check_file("a.py", TOYS)
    assert place(checked) == [("a.py", 10, 26, "TFL991")]
    assert checked.excerpts == [{10: "    return tape.gradient(loss, model.trainable_variables)"}]
    assert checked.crash is None


def test_a_clean_file(here: Path) -> None:
    Path("a.py").write_text(CLEAN)
    assert check_file("a.py", TOYS) == Checked("a.py", [], [])


class TestUnreadable:
    def test_is_a_finding(self, here: Path) -> None:
        Path("a.py").write_bytes(b"x = 1\ny = '\xff'\n")
        (finding,) = check_file("a.py", Settings()).findings
        assert (finding.path, finding.line, finding.column, finding.end_line, finding.end_column) == (
            "a.py",
            2,
            6,
            2,
            6,
        )
        assert (finding.code, finding.name, finding.confidence) == ("TFL900", "unreadable", Confidence.CERTAIN)
        assert finding.message == "the file is not UTF-8: byte 0xff cannot be decoded"

    def test_can_be_switched_off(self, here: Path) -> None:
        error = UnreadableSource("tests/a.py", "is bad")
        assert len(check_unreadable(error, Settings()).findings) == 1
        for settings in (
            Settings(ignore=("TFL900",)),
            Settings(select=("TFL1",)),
            Settings(per_file_ignores=(("tests/", ("TFL9",)),)),
        ):
            assert check_unreadable(error, settings) == Checked("tests/a.py")


def test_excerpts_of_a_notebook_count_in_the_cell(here: Path) -> None:
    Path("n.ipynb").write_text(notebook("# text", *PLAIN.split("\n\n")))
    checked = check_file("n.ipynb", TOYS)
    (finding,) = checked.findings
    assert (finding.cell, finding.line, finding.column) == (3, 2, 1)
    assert checked.excerpts == [{2: "metric.update_state(1.0)"}]


class TestCrash:
    def test_is_reported_with_its_trace(self, here: Path) -> None:
        Path("a.py").write_text(PLAIN.replace("1.0", "crash"))
        checked = check_file("a.py", CRASHES)
        assert checked.findings == ()
        assert checked.crash is not None
        assert (checked.crash.path, checked.crash.summary) == ("a.py", "ZeroDivisionError: toy")
        assert "Traceback" in checked.crash.details

    def test_of_the_reader(self) -> None:
        def read() -> Source:
            raise KeyError("x")

        checked = check_source(read, "a.py", Settings())
        assert checked.crash is not None
        assert checked.crash.summary == "KeyError: 'x'"


def test_how_many_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tfloss_lint.run.available_processors", lambda: 4)
    assert [processes_for(count) for count in (0, 1, 99, 199, 200, 399, 400, 10_000)] == [1, 1, 1, 1, 2, 3, 4, 4]


@pytest.mark.parametrize("missing", [False, True])
def test_available_processors(monkeypatch: pytest.MonkeyPatch, missing: bool) -> None:
    from tfloss_lint.run import available_processors

    if missing:
        monkeypatch.delattr(os, "sched_getaffinity", raising=False)
        monkeypatch.setattr(os, "cpu_count", lambda: None)
        assert available_processors() == 1
    else:
        assert 1 <= available_processors() <= (os.cpu_count() or 1)


class TestProcesses:
    def outcomes(self, paths: list[str], processes: int, settings: Settings = TOYS) -> list[Checked]:
        return list(check_files(paths, settings, processes))

    def test_the_outcome_is_the_same(self, here: Path) -> None:
        paths = []
        for number in range(40):
            paths.append(f"{number:02}.py")
            Path(paths[-1]).write_text([PLAIN, GRADIENT, CLEAN, "x = '\0'"][number % 4])
        alone = self.outcomes(paths, 1)
        assert [checked.path for checked in alone] == paths
        assert sum(len(checked.findings) for checked in alone) == 30
        assert self.outcomes(paths, 2) == alone
        assert self.outcomes(paths, 3) == alone

    def test_no_file_and_one_file(self, here: Path) -> None:
        Path("a.py").write_text(PLAIN)
        assert self.outcomes([], 4) == []
        assert len(self.outcomes(["a.py"], 4)) == 1

    def test_a_file_that_kills_its_process_costs_no_other(self, here: Path) -> None:
        paths = [f"{number}.py" for number in range(6)]
        for path in paths:
            Path(path).write_text(PLAIN.replace("1.0", "die") if path == "2.py" else PLAIN)
        outcomes = self.outcomes(paths, 2, CRASHES)
        assert [checked.path for checked in outcomes] == paths
        crashes = [checked.crash for checked in outcomes if checked.crash]
        assert [(crash.path, crash.summary) for crash in crashes] == [("2.py", "the process that read this file died")]
        assert all(("TFL990" in [f.code for f in c.findings]) is (c.path != "2.py") for c in outcomes)


PROGRAMS = [text.encode() for text in (PLAIN, GRADIENT, *UNUSUAL.values())]
NOTEBOOKS = [notebook(text.lstrip("\ufeff"), "%time x = 1").encode() for text in (PLAIN, GRADIENT, UNUSUAL["noqa"])]
SCRAPS = [
    b"(",
    b")",
    b"'",
    b'"""',
    b"\\",
    b"\n",
    b"\r",
    b"\t",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"# noqa",
    b"{",
    b"}",
    b"if",
]
SCRAPS += [
    b"class ",
    b"def f(",
    b"lambda: ",
    b"*",
    b"=",
    b":",
    b"async ",
    b"match x:",
    b"# coding: hex\n",
    b"[",
    b"]",
    b"1e999",
    b"",
]


@pytest.mark.parametrize("name", ["a.py", "n.ipynb"])
@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_the_bytes_no_crash(name: str, data: st.DataObject) -> None:
    """Programs with scraps put in or parts cut out are read, or are a finding."""
    content = data.draw(st.sampled_from(NOTEBOOKS if name == "n.ipynb" else PROGRAMS))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, min(len(content), start + 12)))
        content = content[:start] + data.draw(st.sampled_from(SCRAPS)) + content[end:]
    checked = check_source(lambda: source_from_bytes(name, content), name, Settings(pedantic=True, ignore=("TFL97",)))
    assert checked.crash is None, checked.crash.details
    assert len(checked.excerpts) == len(checked.findings)
    for finding in checked.findings:
        assert (finding.line, finding.column) >= (1, 1)
        assert (finding.end_line, finding.end_column) >= (finding.line, finding.column)

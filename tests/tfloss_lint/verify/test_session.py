from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sample_findings import finding
from toy_programs import notebook
from verify_programs import RMSE

from tfloss_lint.claim import PlacedClaim
from tfloss_lint.finding import Finding
from tfloss_lint.lint import lint_source
from tfloss_lint.runtime_checks.probe.verdicts import verdict
from tfloss_lint.settings import Settings
from tfloss_lint.source import Source, read_source
from tfloss_lint.span import Span
from tfloss_lint.verify import session
from tfloss_lint.verify.child import Limits, Run
from tfloss_lint.verify.session import MODULE, SCRIPT, Options, Program, Verified

OPTIONS = Options("python3", limits=Limits(10.0, 1000))
UNCLAIMED = finding(code="TFL900")
NOWHERE = finding(claim=PlacedClaim("root", Span(90, 1, 90, 5)))
"""Its place holds no expression."""
Call = dict[str, Any]


def linted(path: str, text: str = RMSE) -> tuple[Source, list[Finding]]:
    source = Source(path, text)
    found = lint_source(source, Settings(), claims=True)
    assert [one.claim is not None for one in found] == [True] * text.count("def rmse")
    return source, found


@pytest.fixture
def calls() -> list[Call]:
    return []


@pytest.fixture
def verify(calls: list[Call], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Verified]:
    """Verifies with a run that comes out as told, and notes how the run was called."""

    def verify(
        files: Sequence[tuple[Source, Sequence[Finding]]],
        done: Run,
        program: Program = Program(SCRIPT, "train.py"),  # noqa: B008 - frozen
        options: Options = OPTIONS,
        environment: Mapping[str, str] | None = None,
    ) -> Verified:
        def run(
            python: str,
            config: Call,
            limits: Limits,
            variables: Mapping[str, str],
            progress: Callable[[Run], None],
        ) -> Run:
            calls.append({**config, "python": python, "limits": limits, "environment": variables})
            progress(done)
            return done

        monkeypatch.setattr(session, "run", run)
        return session.verify(program, files, options, environment or {})

    return verify


def told(status: str = "confirmed", **changes: Any) -> dict[str, Any]:
    return {**verdict(status, "text").as_dict(), **changes}


class TestWhatIsRun:
    def test_the_configuration(self, verify: Callable[..., Verified], calls: list[Call]) -> None:
        program = Program(MODULE, "package.train", ("--fast",))
        options = replace(OPTIONS, batches=5, device="gpu")
        verify([linted("a.py")], Run(), program, options)
        (call,) = calls
        (site,) = call.pop("sites")
        ((path, file),) = call.pop("files").items()
        environment = call.pop("environment")
        assert call == {
            "command": "module",
            "target": "package.train",
            "arguments": ["--fast"],
            "batches": 5,
            "device": "gpu",
            "replicas": 1,
            "python": "python3",
            "limits": Limits(10.0, 1000),
        }
        assert (site["id"], site["code"], site["relation"]) == (0, "TFL204", "root")
        assert path == str(Path("a.py").resolve())
        assert set(file) == {"text", "lines"}
        assert len(file["lines"]) == file["text"].count("\n") + 1
        assert "CUDA_VISIBLE_DEVICES" not in environment

    def test_sites_and_functions_of_several_files_have_numbers_of_their_own(
        self, verify: Callable[..., Verified], calls: list[Call]
    ) -> None:
        verify([linted("a.py"), linted("clean.py", "x = 1\n"), linted("b.py", RMSE + RMSE)], Run())
        sites = calls[0]["sites"]
        assert [site["id"] for site in sites] == [0, 1, 2]
        functions = [carrier for site in sites for carrier in site["carriers"] if carrier.startswith("function")]
        assert len(set(functions)) == 3
        assert [Path(path).name for path in calls[0]["files"]] == ["a.py", "b.py"]

    def test_a_notebook_goes_along_in_any_case(
        self, verify: Callable[..., Verified], calls: list[Call], here: Path
    ) -> None:
        Path("train.ipynb").write_text(notebook("# text", "%pip install x\n", "y = 1\n"))
        verify([linted("a.py")], Run(), Program(SCRIPT, "train.ipynb"))
        verify([linted("a.py"), (read_source("train.ipynb"), [])], Run(), Program(SCRIPT, "./train.ipynb"))
        for call in calls:
            assert [Path(path).name for path in call["files"]] == ["a.py", "train.ipynb"]
            file = call["files"][str(Path("train.ipynb").resolve())]
            assert file["cells"] == [[2, 1], [3, 2]]
            assert file["source"].splitlines()[1] == "y = 1"

    def test_the_environment(self, verify: Callable[..., Verified], calls: list[Call]) -> None:
        verify([linted("a.py")], Run(), options=replace(OPTIONS, device="cpu"), environment={"HOME": "/home"})
        given = {"PYTEST_ADDOPTS": "-x", "TF_CPP_MIN_LOG_LEVEL": "0"}
        verify([linted("a.py")], Run(), environment=given)
        assert [call["environment"] for call in calls] == [
            {
                "HOME": "/home",
                "PYTEST_ADDOPTS": "--assert=plain",
                "TF_CPP_MIN_LOG_LEVEL": "2",
                "CUDA_VISIBLE_DEVICES": "-1",
            },
            {"PYTEST_ADDOPTS": "-x --assert=plain", "TF_CPP_MIN_LOG_LEVEL": "0"},
        ]

    def test_what_cannot_be_measured_does_not_hold_up_the_run(
        self, verify: Callable[..., Verified], calls: list[Call]
    ) -> None:
        source, found = linted("a.py")
        verified = verify([(source, [NOWHERE, *found])], Run({1: told()}, started=True, ended="settled"))
        assert [site["id"] for site in calls[0]["sites"]] == [1]
        verdicts = [one.verdict for one in verified.findings]
        assert [one.status for one in verdicts if one is not None] == ["inconclusive", "confirmed"]

    @pytest.mark.parametrize(
        ("text", "found"),
        [("x = 1\n", []), ("x = 1\n", [UNCLAIMED]), ("x = 1\n", [NOWHERE]), ("future syntax here\n", [NOWHERE])],
    )
    def test_nothing_to_measure_nothing_to_run(
        self, verify: Callable[..., Verified], calls: list[Call], text: str, found: list[Finding]
    ) -> None:
        verified = verify([(Source("a.py", text), found)], Run())
        assert (verified.runs, calls) == ([], [])
        for one in verified.findings:
            assert (one.verdict is None) == (one.claim is None)
            if one.verdict is not None:
                assert (one.verdict.status, one.verdict.text) == (
                    "inconclusive",
                    "the expression cannot be taken out of its code",
                )


class TestReplicas:
    """What needs several replicas gets a run of its own, in which the CPU counts as two devices."""

    @pytest.mark.parametrize(
        ("relations", "device", "runs"),
        [
            (["root"], "auto", [("auto", 1)]),
            (["replica mean"], "auto", [("cpu", 2)]),
            (["replica mean"], "gpu", [("gpu", 2)]),
            (["replica mean", "root", "replica mean"], "auto", [("auto", 1), ("cpu", 2)]),
        ],
    )
    def test_runs(
        self,
        verify: Callable[..., Verified],
        calls: list[Call],
        relations: list[str],
        device: str,
        runs: list[tuple[str, int]],
    ) -> None:
        source, (found,) = linted("a.py")
        assert found.claim is not None
        findings = [replace(found, claim=replace(found.claim, relation=relation)) for relation in relations]
        done = Run({0: told()}, started=True, ended="settled")
        verified = verify([(source, findings)], done, options=replace(OPTIONS, device=device))
        assert [(call["device"], call["replicas"]) for call in calls] == runs
        assert [{site["relation"] for site in call["sites"]} for call in calls] == [
            {relation for relation in relations if (relation == "replica mean") == (replicas > 1)}
            for _, replicas in runs
        ]
        assert [call["environment"].get("CUDA_VISIBLE_DEVICES") for call in calls] == [
            "-1" if name == "cpu" else None for name, _ in runs
        ]
        assert len(verified.runs) == len(runs)
        assert [one.claim for one in verified.findings] == [one.claim for one in findings]
        assert all(one.verdict is not None for one in verified.findings)


class TestVerdicts:
    def test_findings_keep_their_order(self, verify: Callable[..., Verified]) -> None:
        first, second = linted("a.py"), linted("b.py")
        files = [(first[0], [UNCLAIMED, *first[1]]), second]
        done = Run({0: told(), 1: told("refuted", shapes={"y_true": [8, 1]})}, started=True, ended="settled")
        verified = verify(files, done)
        assert verified.runs == [done]
        assert [replace(one, verdict=None) for one in verified.findings] == [UNCLAIMED, *first[1], *second[1]]
        statuses = [one.verdict and one.verdict.status for one in verified.findings]
        assert statuses == [None, "confirmed", "refuted"]
        assert verified.findings[2].verdict is not None
        assert verified.findings[2].verdict.shapes == {"y_true": (8, 1)}

    @pytest.mark.parametrize(
        ("done", "reason"),
        [
            (Run(started=True, ended="settled"), "the run was over before it"),
            (Run(started=True, ended="finished"), "the program never got there, or not eagerly in its main thread"),
            (
                Run(started=True, ended="exited", details={"status": 5}, status=-9),
                "the program ended itself with exit status 5 before it",
            ),
            (
                Run(started=True, ended="raised", details={"error": "E: {x}", "traceback": ""}),
                "the program raised E: {x} before it",
            ),
            (Run(started=True, ended="interrupted"), "the run was interrupted"),
            (Run(started=True, ended="timeout"), "the time limit ended the run before it"),
            (Run(started=True, ended="memory"), "the memory limit ended the run before it"),
            (Run(started=True, ended="died", status=3), "the process ended with exit status 3 before it"),
            (Run(started=True, ended="died", status=-9), "the process ended with SIGKILL before it"),
            (Run(started=True, ended="died", status=-63), "the process ended with signal 63 before it"),
            (Run(status=1), "the program was not run"),
            (Run(started=True, error={"what": "device", "text": ""}), "the program was not run"),
        ],
    )
    def test_not_reached(self, verify: Callable[..., Verified], done: Run, reason: str) -> None:
        (found,) = verify([linted("a.py")], done).findings
        assert found.verdict is not None
        assert (found.verdict.status, found.verdict.text, found.verdict.reason) == ("not-reached", reason, reason)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (Program(SCRIPT, "train.py"), "train.py"),
        (Program(SCRIPT, "train.py", ("--epochs", "1")), "train.py --epochs 1"),
        (Program(MODULE, "pytest", ("tests",)), "-m pytest tests"),
    ],
)
def test_words_for_a_program(program: Program, words: str) -> None:
    assert str(program) == words

"""What the command line makes of a run, piece by piece; whole calls are in ``test_cli_verify.py``."""

from __future__ import annotations

import argparse
from typing import Any

import pytest
from sample_findings import finding

from tfloss_lint.claim import STATUSES, Verdict
from tfloss_lint.finding import Confidence
from tfloss_lint.verify import command
from tfloss_lint.verify.child import Limits, Run
from tfloss_lint.verify.session import SCRIPT, Options, Program

PROGRAM = Program(SCRIPT, "train.py", ("--fast",))
OPTIONS = Options("python3", device="gpu", limits=Limits(2.5, 3 << 20))


@pytest.fixture
def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser()
    command.add_options(made)
    return made


@pytest.mark.parametrize(
    ("text", "size"),
    [("1", 1), ("500k", 500 << 10), ("500M", 500 << 20), ("4G", 4 << 30), ("4g", 4 << 30), ("007", 7)],
)
def test_sizes(parser: argparse.ArgumentParser, text: str, size: int) -> None:
    assert parser.parse_args(["--memory", text]).memory == size


@pytest.mark.parametrize("text", ["", "G", "-1", "1.5G", "4GB", "0G", "4 G", "²"])
def test_no_sizes(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not a size such as 4G"):
        command._bytes(text)


@pytest.mark.parametrize("text", ["", "0", "-1", "inf", "nan", "1 s"])
def test_no_seconds(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not a number of seconds above 0"):
        command._seconds(text)


@pytest.mark.parametrize("text", ["", "1", "0", "-2", "2.5", "many"])
def test_no_batches(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not a whole number from 2 on"):
        command._batches(text)


def test_what_is_shown_and_what_is_a_problem() -> None:
    def told(status: str | None, confidence: Confidence = Confidence.POSSIBLE) -> Any:
        return finding(confidence=confidence, verdict=None if status is None else Verdict(status))

    every = (None, *STATUSES)
    assert [status for status in every if command.shown(told(status), pedantic=False)] == ["confirmed"]
    assert all(command.shown(told(status), pedantic=True) for status in every)
    assert all(command.shown(told(status, Confidence.LIKELY), pedantic=False) for status in every)
    assert [status for status in every if not command.is_problem(told(status))] == ["refuted"]


def test_summary() -> None:
    found = [finding(verdict=Verdict(status)) for status in ("confirmed", "not-reached", "confirmed")]
    assert command.summary([finding(), *found], [object()]) == (
        "Verified by running: 2 confirmed, 0 refuted, 1 not reached, 0 inconclusive."
    )
    assert command.summary([finding()], []) == "Nothing to verify: the program was not run."


@pytest.mark.parametrize(
    ("done", "message"),
    [
        (Run(started=True, ended="settled", status=-9, output="x"), None),
        (Run(started=True, ended="finished"), None),
        (Run(error={"what": "tensorflow"}), "there is no TensorFlow in python3: name another Python with --python"),
        (Run(error={"what": "device", "text": "no GPU"}), "--device gpu: no GPU"),
        (Run(status=2), "python3 did not run train.py --fast: it must be a Python from 3.8 on (exit status 2)"),
        (
            Run(started=True, ended="exited", status=-9, details={"status": 5}),
            "train.py --fast ended itself with exit status 5",
        ),
        (
            Run(started=True, ended="timeout", status=-9),
            "train.py --fast was still running after 2.5 seconds and was killed (--timeout)",
        ),
        (
            Run(started=True, ended="memory", status=-9),
            "train.py --fast took more memory than 3 MiB and was killed (--memory)",
        ),
        (Run(started=True, ended="died", status=-11), "train.py --fast was killed by SIGSEGV"),
        (Run(started=True, ended="died"), "train.py --fast ended abruptly with exit status 0, as os._exit does"),
        (Run(started=True, ended="interrupted", status=130), "train.py --fast was interrupted"),
        (
            Run(started=True, ended="raised", details={"error": "E: {braces}", "traceback": "T\nE"}, output="a\n{b}\n"),
            "train.py --fast raised E: {braces}\nT\nE\n--- the last lines that train.py printed\na\n{b}",
        ),
    ],
)
def test_failure(done: Run, message: str | None) -> None:
    assert command.failure(PROGRAM, done, OPTIONS) == message

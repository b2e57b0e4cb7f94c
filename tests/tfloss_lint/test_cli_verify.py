from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from stacks import Stack
from toy_programs import notebook
from verify_programs import RMSE, RUN_RMSE, install_stand_in, left_over

from tfloss_lint.runtime_checks.probe.verdicts import verdict
from tfloss_lint.verify import child
from tfloss_lint.verify.child import Limits, Run

RunCli = Callable[..., tuple[int, str, str]]
COMMAND = [sys.executable, "-m", "tfloss_lint"]
CONCISE = ("--isolated", "--output-format=concise")
LINE = (
    "TFL204 [rmse-per-sample] (likely) the root is taken per sample and then averaged: not the RMSE, which is the "
    "root of the mean over all samples"
)
POSSIBLE = """\
import tensorflow as tf
from tensorflow import keras


class Steps(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - self(x, training=True)))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {}


inputs = keras.Input((3,))
model = Steps(inputs, keras.layers.Dense(1)(inputs))
"""

ON_ALL_DEVICES = """\
import tensorflow as tf
from tensorflow import keras

strategy = tf.distribute.MirroredStrategy()
with open("replicas.txt", "a") as file:
    print(strategy.num_replicas_in_sync, file=file)
with strategy.scope():
    regularizer = keras.regularizers.L2(0.5)
    head = keras.layers.Dense(1, kernel_initializer="ones", kernel_regularizer=regularizer)
    model = keras.Sequential([keras.Input((1,)), head])
    optimizer = keras.optimizers.SGD(0.1)


def step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(y - model(x, training=True)))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))


x, y = tf.constant([[1.0], [2.0], [3.0], [4.0]] * 3), tf.constant([[1.0], [3.0], [2.0], [1.0]] * 3)
for batch in strategy.experimental_distribute_dataset(tf.data.Dataset.from_tensor_slices((x, y)).batch(4)):
    strategy.run(step, args=batch)
"""


def write(path: str, text: str) -> None:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class FakeRun:
    """Stands for a run: every site gets the same verdict."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.told: Mapping[str, Any] | None = verdict("confirmed", "loss 2 vs 1").as_dict()
        self.done: dict[str, Any] = {"started": True, "ended": "settled"}

    def __call__(
        self,
        python: str,
        config: Mapping[str, Any],
        limits: Limits,
        environment: Mapping[str, str],
        progress: Callable[[Run], None],
    ) -> Run:
        self.calls.append({"python": python, "limits": limits, "environment": environment, **config})
        verdicts = {} if self.told is None else {site["id"]: dict(self.told) for site in config["sites"]}
        done = Run(verdicts=verdicts, **self.done)
        progress(done)
        return done

    @property
    def commands(self) -> list[tuple[str, str, Sequence[str]]]:
        return [(call["command"], call["target"], call["arguments"]) for call in self.calls]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeRun:
    made = FakeRun()
    monkeypatch.setattr("tfloss_lint.verify.session.run", made)
    return made


@pytest.fixture
def environment(here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Programs find a stand-in for TensorFlow."""
    made = install_stand_in(tmp_path / "stand-in")
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONDONTWRITEBYTECODE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("PYTHONPATH", "TEST_RUN"):
        monkeypatch.setenv(name, made[name])
    return made


class TestOutput:
    def test_text(self, run_cli: RunCli, fake: FakeRun) -> None:
        write("a.py", RMSE)
        status, out, err = run_cli("--verify", "--isolated", "a.py")
        assert status == 1
        lines = out.splitlines()
        assert lines[0].startswith(f"a.py:5:12: {LINE}")
        assert lines[4] == "  verdict: confirmed: loss 2 vs 1"
        assert lines[5].startswith("  help: ")
        assert err == (
            "Found 1 problem in 1 file (1 file checked).\n"
            "Verified by running: 1 confirmed, 0 refuted, 0 not reached, 0 inconclusive.\n"
        )

    def test_concise(self, run_cli: RunCli, fake: FakeRun) -> None:
        write("a.py", RMSE)
        status, out, _ = run_cli("--verify", *CONCISE, "a.py")
        assert status == 1
        assert out.startswith(f"a.py:5:12: {LINE}")
        assert out.endswith(" [confirmed: loss 2 vs 1]\n")

    def test_json(self, run_cli: RunCli, fake: FakeRun) -> None:
        write("a.py", RMSE)
        fake.told = verdict(
            "confirmed",
            "text",
            device="GPU:0",
            shapes={"y_true": (8,), "result": (8, 8)},
            numbers={
                "as_written": 2.0,
                "reference": 1.0,
                "ratio": 2.0,
                "gradient_ratio": None,
                "gradient_cosine": 0.5,
            },
        ).as_dict()
        status, out, _ = run_cli("--verify", "--isolated", "--output-format=json", "a.py")
        assert status == 1
        (found,) = json.loads(out)["findings"]
        versions = found["verdict"].pop("versions")
        assert next(iter(versions)) == "python"
        assert found["verdict"] == {
            "status": "confirmed",
            "text": "text",
            "reason": "",
            "device": "GPU:0",
            "shapes": {"y_true": [8], "result": [8, 8]},
            "as_written": 2.0,
            "reference": 1.0,
            "ratio": 2.0,
            "gradient_ratio": None,
            "gradient_cosine": 0.5,
            "synthetic": False,
        }

    def test_synthetic(self, run_cli: RunCli, fake: FakeRun) -> None:
        write("a.py", RMSE)
        fake.told = {**verdict("confirmed", "loss 2 vs 1").as_dict(), "synthetic": True}
        assert run_cli("--verify", *CONCISE, "a.py")[1].endswith(" [confirmed (synthetic): loss 2 vs 1]\n")

    def test_refuted_findings_are_notes(self, run_cli: RunCli, fake: FakeRun) -> None:
        write("a.py", RMSE)
        fake.told = verdict("refuted", "a single row").as_dict()
        status, out, err = run_cli("--verify", "--isolated", "a.py")
        assert status == 0
        assert out.startswith(f"a.py:5:12: note: refuted: {LINE}")
        assert "help:" not in out
        assert err == (
            "Found no problems (1 file checked).\n"
            "Verified by running: 0 confirmed, 1 refuted, 0 not reached, 0 inconclusive.\n"
        )
        assert json.loads(run_cli("--verify", "--isolated", "--output-format=json", "a.py")[1])["findings"] != []

    @pytest.mark.parametrize("status", ["inconclusive", "not-reached"])
    def test_what_is_not_settled_stays_a_problem(self, run_cli: RunCli, fake: FakeRun, status: str) -> None:
        write("a.py", RMSE)
        fake.told = verdict(status, "who knows", "who knows").as_dict()
        code, out, _ = run_cli("--verify", *CONCISE, "a.py")
        assert (code, out.endswith(f" [{status}: who knows]\n")) == (1, True)

    def test_possible_findings_are_shown_once_confirmed(self, run_cli: RunCli, fake: FakeRun) -> None:
        write("a.py", POSSIBLE)
        usual = {line.split()[1] for line in run_cli(*CONCISE, "a.py")[1].splitlines()}
        every = {line.split()[1] for line in run_cli(*CONCISE, "--pedantic", "a.py")[1].splitlines()}
        confirmed = {line.split()[1] for line in run_cli(*CONCISE, "--verify", "a.py")[1].splitlines()}
        claims = {site["code"] for site in fake.calls[0]["sites"]}
        assert every > usual
        assert confirmed == usual | (every & claims) > usual
        for status in ("refuted", "inconclusive", "not-reached"):
            fake.told = verdict(status, "no").as_dict()
            assert {line.split()[1] for line in run_cli(*CONCISE, "--verify", "a.py")[1].splitlines()} <= usual | {
                "note:"
            }
            pedantic = run_cli(*CONCISE, "--verify", "--pedantic", "a.py")[1]
            assert len(pedantic.splitlines()) == len(every)

    def test_quiet(self, run_cli: RunCli, fake: FakeRun) -> None:
        write("a.py", RMSE)
        assert run_cli("--verify", *CONCISE, "-q", "a.py")[2] == ""

    def test_exit_zero(self, run_cli: RunCli, fake: FakeRun) -> None:
        write("a.py", RMSE)
        assert run_cli("--verify", *CONCISE, "--exit-zero", "a.py")[0] == 0
        fake.done = {"started": True, "ended": "raised", "details": {"error": "E", "traceback": ""}}
        assert run_cli("--verify", *CONCISE, "--exit-zero", "a.py")[0] == 2

    def test_a_terminal_is_told_how_far_it_is(
        self, run_cli: RunCli, fake: FakeRun, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("a.py", RMSE)
        monkeypatch.setattr("sys.stderr.isatty", lambda: True)
        err = run_cli("--verify", *CONCISE, "a.py")[2]
        assert "running a.py: 1 of 1 findings settled, 0 s\r\x1b[KFound" in err


class TestWhatIsRun:
    def test_each_file_with_its_own_findings(self, run_cli: RunCli, fake: FakeRun) -> None:
        write("a.py", RMSE)
        write("sub/b.py", RMSE)
        write("clean.py", "x = 1\n")
        status, _, err = run_cli("--verify", *CONCISE, "./a.py", "a.py", "clean.py", str(Path("sub/b.py").resolve()))
        assert status == 1
        assert [target for _, target, _ in fake.commands] == ["./a.py", str(Path("sub/b.py").resolve())]
        assert [[Path(path).name for path in call["files"]] for call in fake.calls] == [["a.py"], ["b.py"]]
        assert "Verified by running: 2 confirmed" in err

    def test_a_command_with_all_findings(self, run_cli: RunCli, fake: FakeRun) -> None:
        write("src/a.py", RMSE)
        write("src/b.py", RMSE)
        write("train.py", "x = 1\n")
        run_cli("--verify", *CONCISE, "src", "--", "train.py", "--epochs", "1", "--", "--verify")
        assert fake.commands == [("script", "train.py", ["--epochs", "1", "--", "--verify"])]
        assert [Path(path).name for path in fake.calls[0]["files"]] == ["a.py", "b.py"]
        run_cli("--verify", *CONCISE, "--", "-m", "src.b", "-x")
        assert fake.commands[1:] == [("module", "src.b", ["-x"])]
        run_cli("--verify", *CONCISE, "--", "-m", "pytest", "tests")
        assert fake.commands[2:] == [("module", "pytest", ["tests"])]

    def test_without_verify_what_stands_behind_two_dashes_are_paths(self, run_cli: RunCli, fake: FakeRun) -> None:
        write("--verify", "x = 1\n")
        write("a.py", RMSE)
        assert run_cli(*CONCISE, "--", "a.py")[0] == 1
        run_cli(*CONCISE, "--", "--verify", "a.py")
        assert fake.calls == []

    @pytest.mark.parametrize("text", ["x = 1\n", "import tensorflow as tf\n"])
    def test_nothing_to_verify(self, run_cli: RunCli, fake: FakeRun, text: str) -> None:
        write("a.py", text)
        assert run_cli("--verify", *CONCISE, "a.py") == (
            0,
            "",
            "Found no problems (1 file checked).\nNothing to verify: the program was not run.\n",
        )
        assert run_cli("--verify", *CONCISE, ".", "--", "a.py")[0] == 0
        assert fake.calls == []

    def test_findings_without_a_claim_start_nothing(self, run_cli: RunCli, fake: FakeRun) -> None:
        write("a.py", RMSE + "x = (\n")
        status, out, err = run_cli("--verify", *CONCISE, "a.py")
        assert (status, out.count("TFL900"), fake.calls) == (1, 1, [])
        assert err.endswith("Nothing to verify: the program was not run.\n")

    def test_noqa_and_select_count(self, run_cli: RunCli, fake: FakeRun) -> None:
        write("a.py", RMSE.replace("axis=-1))", "axis=-1))  # noqa: TFL204"))
        assert run_cli("--verify", *CONCISE, "a.py")[0] == 0
        write("a.py", RMSE)
        assert run_cli("--verify", *CONCISE, "--select=TFL2", "--ignore=TFL204", "a.py")[0] == 0
        assert fake.calls == []

    def test_show_files_starts_nothing(self, run_cli: RunCli, fake: FakeRun) -> None:
        write("a.py", RMSE)
        assert run_cli("--verify", "--isolated", "--show-files", "a.py") == (0, "a.py\n", "")
        assert fake.calls == []

    @pytest.mark.parametrize("setting", ["verify = true", 'verify = "train.py"', 'python = "python"', "timeout = 1"])
    def test_no_configuration_file_starts_a_run(self, run_cli: RunCli, fake: FakeRun, setting: str) -> None:
        write("a.py", RMSE)
        write("pyproject.toml", f"[tool.tfloss-lint]\n{setting}\n")
        status, out, err = run_cli("a.py")
        assert (status, out, fake.calls) == (2, "", [])
        assert setting.split()[0] in err

    def test_options(self, run_cli: RunCli, fake: FakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
        write("a.py", RMSE)
        monkeypatch.delenv("VIRTUAL_ENV", raising=False)
        monkeypatch.delenv("CONDA_PREFIX", raising=False)
        run_cli("--verify", *CONCISE, "a.py")
        call = fake.calls[0]
        assert (call["python"], call["device"], call["batches"]) == (sys.executable, "auto", 2)
        assert call["limits"] == Limits(300, pytest.approx(child.available_memory(), rel=0.2))
        python = Path("python")
        python.write_text("#!/bin/sh\n")
        python.chmod(0o755)
        run_cli(
            *("--verify", *CONCISE, "a.py", "--python", "./python", "--device", "cpu", "--timeout", "1.5"),
            *("--memory", "2G", "--batches", "3"),
        )
        call = fake.calls[1]
        assert (call["python"], call["device"], call["batches"]) == ("./python", "cpu", 3)
        assert call["limits"] == Limits(1.5, 2 << 30)
        assert call["environment"]["CUDA_VISIBLE_DEVICES"] == "-1"


class TestUsageErrors:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["a.py", "--python", "python3"], "--python is for --verify"),
            (["a.py", "--device", "auto"], "--device is for --verify"),
            (["a.py", "--timeout", "300"], "--timeout is for --verify"),
            (["a.py", "--memory", "4G"], "--memory is for --verify"),
            (["a.py", "--batches", "2"], "--batches is for --verify"),
            (["--verify"], "say what to run: tfloss-lint --verify . -- train.py"),
            (["--verify", "src"], "say what to run: tfloss-lint --verify src -- train.py"),
            (["--verify", "notes.txt"], "'notes.txt' cannot be run: --verify takes Python files and notebooks"),
            (["--verify", "absent.py"], "there is no file or folder 'absent.py'"),
            (["--verify", "-"], "--verify runs files, not standard input"),
            (["--verify", "-", "--", "a.py"], "--verify runs files, not standard input"),
            (
                ["--verify", "a.py", "--"],
                "nothing stands behind --: say what to run, as `-- train.py` or `-- -m package.train`",
            ),
            (["--verify", "--", "-m"], "-m needs the name of a module"),
            (
                ["--verify", "--", "python3", "a.py"],
                "leave the interpreter out behind --, as `-- train.py`; --python names it",
            ),
            (
                ["--verify", "--", "--epochs", "1"],
                "behind -- stands a file or -m and a module, then its arguments, and not '--epochs'",
            ),
            (
                ["--verify", "--", "pytest"],
                "there is no file 'pytest' to run; a module is run with -m, as `-- -m pytest`",
            ),
            (["--verify", "a.py", "--python", "absent"], "--python: there is no program 'absent'"),
            (["--verify", "a.py", "--python", "src"], "--python: there is no program 'src'"),
            (["--verify", "a.py", "--timeout", "0"], "argument --timeout: '0' is not a number of seconds above 0"),
            (["--verify", "a.py", "--timeout", "nan"], "argument --timeout: 'nan' is not a number of seconds above 0"),
            (["--verify", "a.py", "--memory", "4X"], "argument --memory: '4X' is not a size such as 4G or 500M"),
            (["--verify", "a.py", "--memory", ""], "argument --memory: '' is not a size such as 4G or 500M"),
            (["--verify", "a.py", "--memory", "0"], "argument --memory: '0' is not a size such as 4G or 500M"),
            (
                ["--verify", "a.py", "--batches", "1"],
                "argument --batches: '1' is not a whole number from 2 on: one batch proves nothing",
            ),
            (["--verify", "a.py", "--device", "tpu"], "argument --device: invalid choice: 'tpu'"),
        ],
    )
    def test_in_the_call(self, run_cli: RunCli, fake: FakeRun, arguments: list[str], message: str) -> None:
        write("a.py", RMSE)
        write("notes.txt", "")
        write("src/b.py", RMSE)
        status, out, err = run_cli("--isolated", *arguments)
        assert (status, out, fake.calls) == (2, "", [])
        assert err.startswith(f"tfloss-lint: {message}")

    def test_memory_cannot_be_limited_everywhere(
        self, run_cli: RunCli, fake: FakeRun, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("a.py", RMSE)
        monkeypatch.setattr(child, "PROC", Path("/absent"))
        monkeypatch.setattr(child, "CGROUP", Path("/absent"))
        status, _, err = run_cli("--verify", "--isolated", "a.py", "--memory", "1G")
        assert (status, err) == (2, "tfloss-lint: --memory needs a system with /proc, such as Linux\n")
        assert run_cli("--verify", "--isolated", "a.py")[0] == 1
        assert fake.calls[0]["limits"].memory is None

    def test_windows(self, run_cli: RunCli, fake: FakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
        write("a.py", RMSE)
        monkeypatch.delattr("os.killpg")
        status, _, err = run_cli("--verify", "--isolated", "a.py")
        assert (status, fake.calls) == (2, [])
        assert err == "tfloss-lint: --verify needs a system with process groups, such as Linux or macOS\n"


@pytest.mark.skipif(not child.sees_processes(), reason="looks for processes in /proc")
class TestFailedRuns:
    """Programs under the stand-in for TensorFlow: the function with the finding is never called."""

    def verify(self, run_cli: RunCli, environment: dict[str, str], text: str, *arguments: str) -> tuple[str, str]:
        write("a.py", RMSE + text)
        before = contents(Path())
        status, out, err = run_cli("--verify", *CONCISE, "a.py", *arguments)
        assert status == 2
        assert out.startswith(f"a.py:5:12: {LINE}")
        assert out.count("\n") == 1
        assert left_over(environment) == []
        after = contents(Path())
        assert {name: after[name] for name in after if name in before} == {
            name: before[name] for name in before if name in after
        }
        summary = "Verified by running: 0 confirmed, 0 refuted, 1 not reached, 0 inconclusive.\n"
        assert summary in err
        return out.removesuffix("]\n").partition(" [not-reached: ")[2], err.partition(summary)[2]

    @pytest.mark.parametrize(
        ("text", "arguments", "reason", "message"),
        [
            ("import sys\nsys.exit(5)\n", (), "the program ended itself with exit status 5 before it", "a.py ended itself with exit status 5"),
            ("import os\nos._exit(0)\n", (), "the process ended with exit status 0 before it", "a.py ended abruptly with exit status 0, as os._exit does"),
            ("import os\nos._exit(3)\n", (), "the process ended with exit status 3 before it", "a.py ended abruptly with exit status 3, as os._exit does"),
            ("import os\nos.kill(os.getpid(), 9)\n", (), "the process ended with SIGKILL before it", "a.py was killed by SIGKILL"),
            ("import os\nos.kill(os.getpid(), 11)\n", (), "the process ended with SIGSEGV before it", "a.py was killed by SIGSEGV"),
            ("while True:\n    pass\n", ("--timeout=1",), "the time limit ended the run before it", "a.py was still running after 1 seconds and was killed (--timeout)"),
            ("x = []\nwhile True:\n    x.append(b'x' * 10**7)\n", ("--memory=200M",), "the memory limit ended the run before it", "a.py took more memory than 200 MiB and was killed (--memory)"),
            ("raise KeyboardInterrupt\n", (), "the run was interrupted", "a.py was interrupted"),
        ],
    )  # fmt: skip
    def test_verdict_and_message(
        self,
        run_cli: RunCli,
        environment: dict[str, str],
        text: str,
        arguments: tuple[str, ...],
        reason: str,
        message: str,
    ) -> None:
        found = self.verify(run_cli, environment, text, *arguments)
        assert found == (reason, f"tfloss-lint: {message}\n")

    def test_raised(self, run_cli: RunCli, environment: dict[str, str]) -> None:
        reason, message = self.verify(run_cli, environment, "print('reading')\nopen('absent.csv')\n")
        error = "FileNotFoundError: [Errno 2] No such file or directory: 'absent.csv'"
        assert reason == f"the program raised {error} before it"
        path = Path("a.py").resolve()
        assert message == (
            f"tfloss-lint: a.py raised {error}\n"
            "  Traceback (most recent call last):\n"
            f'    File "{path}", line 9, in <module>\n'
            "      open('absent.csv')\n"
            f"  {error}\n"
            "  --- the last lines that a.py printed\n"
            "  reading\n"
        )

    def test_reads_standard_input(self, run_cli: RunCli, environment: dict[str, str]) -> None:
        _, message = self.verify(run_cli, environment, "input()\n")
        assert message.startswith(
            "tfloss-lint: a.py raised EOFError: EOF when reading a line "
            "(a program that is verified gets no standard input)\n"
        )

    def test_needs_arguments(self, run_cli: RunCli, environment: dict[str, str]) -> None:
        text = "import argparse\np = argparse.ArgumentParser()\np.add_argument('data')\np.parse_args()\n"
        reason, message = self.verify(run_cli, environment, text)
        assert reason == "the program ended itself with exit status 2 before it"
        assert "error: the following arguments are required: data" in message
        status, out, err = run_cli("--verify", *CONCISE, "a.py", "--", "a.py", "given")
        assert (
            status,
            out.endswith(" [not-reached: the program never got there, or not eagerly in its main thread]\n"),
        ) == (1, True)
        assert "tfloss-lint:" not in err

    def test_only_the_last_lines_are_shown(self, run_cli: RunCli, environment: dict[str, str]) -> None:
        _, message = self.verify(
            run_cli, environment, "for n in range(1000):\n    print(n, 'x' * 5000 if n == 999 else '')\n1 / 0\n"
        )
        lines = message.splitlines()
        assert len(lines) < 60
        assert max(map(len, lines)) <= 1002
        assert lines[-2].split() == ["998"]

    def test_no_gpu(self, run_cli: RunCli, environment: dict[str, str]) -> None:
        found = self.verify(run_cli, environment, "", "--device=gpu")
        assert found == ("the program was not run", "tfloss-lint: --device gpu: TensorFlow sees no GPU\n")

    def test_no_tensorflow(self, run_cli: RunCli, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
        folder = Path(environment["PYTHONPATH"]) / "tensorflow"
        folder.rename(folder.with_name("other"))
        write("a.py", RMSE)
        status, out, err = run_cli("--verify", *CONCISE, "a.py", "--python", sys.executable)
        if "there is no TensorFlow" not in err:
            pytest.skip("this Python has a TensorFlow")
        assert (status, out.endswith(" [not-reached: the program was not run]\n")) == (2, True)
        message = f"there is no TensorFlow in {sys.executable}: name another Python with --python\n"
        assert err.endswith(f"tfloss-lint: {message}")

    def test_no_python(self, run_cli: RunCli, environment: dict[str, str]) -> None:
        reason, message = self.verify(run_cli, environment, "", "--python=/bin/false")
        assert reason == "the program was not run"
        assert message == (
            "tfloss-lint: /bin/false did not run a.py: it must be a Python from 3.8 on (exit status 1)\n"
        )

    def test_no_program_at_all(self, run_cli: RunCli, environment: dict[str, str]) -> None:
        write("a.py", RMSE)
        write("python", "nothing that runs")
        Path("python").chmod(0o755)
        assert run_cli("--verify", *CONCISE, "a.py", "--python", "./python") == (
            2,
            "",
            "tfloss-lint: Exec format error: ./python\n",
        )

    def test_no_module(self, run_cli: RunCli, environment: dict[str, str]) -> None:
        write("a.py", RMSE)
        status, _, err = run_cli("--verify", *CONCISE, "a.py", "--", "-m", "absent")
        assert status == 2
        assert "tfloss-lint: -m absent raised ImportError: No module named absent\n" in err


@pytest.mark.skipif(not child.sees_processes(), reason="looks for processes in /proc")
class TestSignals:
    @pytest.mark.parametrize(
        ("number", "status", "message"),
        [(signal.SIGINT, 130, "tfloss-lint: interrupted\n"), (signal.SIGTERM, -signal.SIGTERM, "")],
    )
    def test_end_the_program_first(self, environment: dict[str, str], number: int, status: int, message: str) -> None:
        write("a.py", RMSE + "import os, time\nos.mkdir('begun')\nwhile True:\n    time.sleep(1)\n")
        process = subprocess.Popen(
            [*COMMAND, "--verify", *CONCISE, "a.py"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        deadline = time.monotonic() + 30
        while not Path("begun").is_dir() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out.decode(), err.decode()) == (status, "", message)
        assert left_over(environment) == []


class TestPrograms:
    """What is run, under the stand-in for TensorFlow: each program asserts that its functions are rewritten."""

    REWRITTEN = "assert hasattr(rmse, '__wrapped__')\n"

    def run(self, run_cli: RunCli, *arguments: str) -> str:
        status, out, err = run_cli("--verify", *CONCISE, *arguments)
        assert (status, err.count("tfloss-lint:")) == (1, 0), err
        return out

    def test_script(self, run_cli: RunCli, environment: dict[str, str]) -> None:
        write("a.py", RMSE + self.REWRITTEN)
        before = contents(Path())
        assert "not-reached: the program never got there, or not eagerly in its main thread" in self.run(
            run_cli, "a.py"
        )
        assert contents(Path()) == before

    def test_package(self, run_cli: RunCli, environment: dict[str, str]) -> None:
        write("package/__init__.py", RMSE)
        write("package/losses.py", RMSE)
        write("package/train.py", f"from . import rmse\n{self.REWRITTEN}from .losses import rmse\n{self.REWRITTEN}")
        write("package/__main__.py", RMSE + self.REWRITTEN + "import sys\nassert sys.argv[1:] == ['--fast']\n")
        write("train.py", "import package.train\nassert __file__.startswith('/')\n")
        assert self.run(run_cli, "package", "--", "train.py").count("not-reached") == 3
        assert self.run(run_cli, "package", "--", "-m", "package.train").count("not-reached") == 3
        assert self.run(run_cli, "package", "--", "-m", "package", "--fast").count("not-reached") == 3
        # Python keeps what it compiles of the files that it reads itself, and nothing of the rewritten texts.
        assert [Path(name).name.split(".")[0] for name in contents(Path()) if name.endswith(".pyc")] == ["train"]

    @pytest.mark.parametrize("mode", ["prepend", "importlib"])
    def test_pytest(self, run_cli: RunCli, environment: dict[str, str], mode: str) -> None:
        write("losses.py", RMSE)
        write(
            "tests/test_losses.py",
            RMSE
            + self.REWRITTEN
            + "from losses import rmse as other\n\n\ndef test_it():\n    assert hasattr(other, '__wrapped__')\n",
        )
        arguments = (".", "--", "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--import-mode={mode}", "tests")
        assert self.run(run_cli, *arguments).count("not-reached") == 2

    def test_notebook(self, run_cli: RunCli, environment: dict[str, str]) -> None:
        cells = ("# text", "%matplotlib inline\n" + RMSE, self.REWRITTEN + "display(rmse)\n")
        write("n.ipynb", notebook(*cells))
        before = contents(Path())
        out = self.run(run_cli, "n.ipynb")
        assert out.startswith("n.ipynb:cell 2:6:12: TFL204")
        assert "not-reached: the program never got there, or not eagerly in its main thread" in out
        assert contents(Path()) == before

    def test_notebook_as_a_command(self, run_cli: RunCli, environment: dict[str, str]) -> None:
        write("losses.py", RMSE)
        write("n.ipynb", notebook("!pip install x", f"from losses import rmse\n{self.REWRITTEN}"))
        self.run(run_cli, "losses.py", "--", "n.ipynb")

    def test_broken_notebook(self, run_cli: RunCli, fake: FakeRun) -> None:
        write("a.py", RMSE)
        write("n.ipynb", "{")
        status, out, err = run_cli("--verify", *CONCISE, "a.py", "--", "n.ipynb")
        assert (status, out, fake.calls) == (2, "", [])
        assert err.startswith("tfloss-lint: n.ipynb: the notebook is broken")

    def test_traceback_of_a_notebook(self, run_cli: RunCli, environment: dict[str, str]) -> None:
        write("n.ipynb", notebook(RMSE + "def load():\n    1 / 0\n", "# text", "x = 1\nload()\n"))
        status, _, err = run_cli("--verify", *CONCISE, "n.ipynb")
        assert status == 2
        path = Path("n.ipynb").resolve()
        assert err.partition("  Traceback")[2].splitlines()[1:] == [
            f'    File "{path}, cell 3", line 2, in <module>',
            "      load()",
            f'    File "{path}, cell 1", line 9, in load',
            "      1 / 0",
            "  ZeroDivisionError: division by zero",
        ]


TRAINING = """\
import numpy as np
import tensorflow as tf
from package.losses import rmse

x = np.random.RandomState(0).normal(size=(32, 3)).astype("float32")
y = x.sum(axis=-1, keepdims=True) * [[1.0, 2.0]]
model = tf.keras.Sequential([tf.keras.layers.Dense(2)])
model.compile("sgd", loss=rmse)
while True:
    try:
        model.fit(x, y, batch_size=8, epochs=1, verbose=0)
    except BaseException:
        pass
"""


class TestTensorFlow:
    """The real thing, once for each kind of program."""

    def verify(self, stack: Stack, *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
        interpreter = stack.locate()
        done = subprocess.run(
            [
                *COMMAND,
                "--verify",
                "--isolated",
                "--output-format=json",
                "--python",
                str(interpreter.python),
                *arguments,
            ],
            env=interpreter.env,
            capture_output=True,
            text=True,
            timeout=300,
        )
        return done.returncode, json.loads(done.stdout)["findings"], done.stderr

    def test_script(self, stack: Stack, here: Path) -> None:
        write("losses.py", RMSE)
        write("train.py", RUN_RMSE)
        status, (found,), err = self.verify(stack, "losses.py", "--", "train.py")
        assert (status, found["verdict"]["status"], found["verdict"]["synthetic"]) == (1, "confirmed", False)
        assert found["verdict"]["as_written"] != pytest.approx(found["verdict"]["reference"], rel=0.01)
        assert set(found["verdict"]["versions"]) >= {"python", "tensorflow"}
        assert "tfloss-lint:" not in err

    def test_function_that_is_never_called(self, stack: Stack, here: Path) -> None:
        write("a.py", RMSE + "1 / 0\n")
        status, (found,), err = self.verify(stack, "a.py")
        assert (status, found["verdict"]["status"], found["verdict"]["synthetic"]) == (2, "confirmed", True)
        assert "tfloss-lint: a.py raised ZeroDivisionError: division by zero\n" in err

    def test_mistakes_of_replicas(self, stack: Stack, here: Path) -> None:
        """One run on a single replica, and one on the two that the mistake of replicas needs."""
        write("a.py", ON_ALL_DEVICES)
        status, found, err = self.verify(stack, "a.py")
        told = {one["code"]: one["verdict"] for one in found}
        assert (status, {code: verdict["status"] for code, verdict in told.items()}) == (
            1,
            {"TFL103": "confirmed", "TFL206": "confirmed"},
        ), err
        assert told["TFL206"]["gradient_ratio"] == pytest.approx(2.0)
        assert Path("replicas.txt").read_text().split() == ["1", "2"]

    def test_package_whose_training_catches_everything(self, stack: Stack, here: Path) -> None:
        write("package/__init__.py", "")
        write("package/losses.py", RMSE)
        write("package/train.py", TRAINING)
        status, (found,), err = self.verify(stack, "package", "--", "-m", "package.train")
        assert (status, found["verdict"]["status"], found["verdict"]["synthetic"]) == (1, "confirmed", False)
        assert err.endswith("Verified by running: 1 confirmed, 0 refuted, 0 not reached, 0 inconclusive.\n")

from __future__ import annotations

import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from verify_programs import install_stand_in, left_over

from tfloss_lint.verify import child
from tfloss_lint.verify.child import Limits, Run

Start = Callable[..., Run]

pytestmark = pytest.mark.skipif(not child.sees_processes(), reason="looks for processes in /proc")

TELL = (
    "import sys\n"
    "verdicts = sys.modules['_tfloss_runtime_checks.probe.verdicts']\n"
    "__tfloss_probe__.sites._tell(0, verdicts.inconclusive('told'))\n"
)
"""Has the only site of a run settled."""
SITE = {"id": 0, "code": "TFL204", "relation": "root", "facts": {}, "carriers": ["function 1"]}


def config(*arguments: str, **changes: Any) -> dict[str, Any]:
    return {
        "sites": [SITE],
        "files": {},
        "command": "script",
        "target": "train.py",
        "arguments": arguments,
        "batches": 2,
        "device": "auto",
        "replicas": 1,
        **changes,
    }


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return install_stand_in(tmp_path / "stand-in")


@pytest.fixture
def start(here: Path, environment: dict[str, str]) -> Start:
    """Runs a program's text; nothing of it is left."""

    def run(
        text: str,
        *arguments: str,
        seconds: float = 30.0,
        memory: int | None = None,
        python: str = sys.executable,
        progress: Callable[[Run], None] = lambda _: None,
        variables: Mapping[str, str] = environment,
    ) -> Run:
        Path("train.py").write_text(text)
        try:
            return child.run(python, config(*arguments), Limits(seconds, memory), variables, progress)
        finally:
            assert left_over(environment) == []

    return run


class TestEnds:
    def test_finished(self, start: Start) -> None:
        done = start("import sys\nprint('out')\nprint('err', file=sys.stderr)\n")
        assert (done.started, done.ended, done.status, done.failed) == (True, "finished", 0, False)
        assert sorted(done.output.split()) == ["err", "out"]

    @pytest.mark.parametrize(
        ("text", "ended", "status", "details"),
        [
            ("import sys\nsys.exit(5)\n", "exited", 5, {"status": 5}),
            ("raise SystemExit(-1)\n", "exited", 255, {"status": 255}),
            ("import sys\nsys.exit()\n", "finished", 0, {"status": 0}),
            ("import os\nos._exit(0)\n", "died", 0, {}),
            ("import os\nos._exit(3)\n", "died", 3, {}),
            ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", "died", -signal.SIGKILL, {}),
            ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n", "died", -signal.SIGSEGV, {}),
            ("raise KeyboardInterrupt\n", "interrupted", 130, {}),
        ],
    )
    def test_by_itself(self, start: Start, text: str, ended: str, status: int, details: dict[str, int]) -> None:
        done = start(text)
        assert (done.ended, done.status, dict(done.details)) == (ended, status, details)
        assert done.failed == (ended != "finished")

    def test_exit_with_words(self, start: Start) -> None:
        done = start("import sys\nsys.exit('no data here')\n")
        assert (done.ended, done.details["status"], done.output) == ("exited", 1, "no data here\n")

    def test_raised(self, start: Start) -> None:
        done = start("def load():\n    return open('absent.csv')\n\n\nload()\n")
        assert (done.ended, done.status) == ("raised", 1)
        assert done.details["error"] == "FileNotFoundError: [Errno 2] No such file or directory: 'absent.csv'"
        # Which parts of a line are underlined depends on the Python.
        lines = [line for line in done.details["traceback"].splitlines() if line.strip(" ^~")]
        path = str(Path("train.py").resolve())
        assert lines[:5] == [
            "Traceback (most recent call last):",
            f'  File "{path}", line 5, in <module>',
            "    load()",
            f'  File "{path}", line 2, in load',
            "    return open('absent.csv')",
        ]
        assert lines[-1] == done.details["error"]
        assert "probe" not in done.details["traceback"]

    def test_raised_something_that_cannot_be_shown(self, start: Start) -> None:
        done = start("class Broken(Exception):\n    def __str__(self):\n        raise ValueError\n\n\nraise Broken\n")
        assert (done.ended, done.details["error"]) == ("raised", "Broken")

    def test_long_tracebacks_are_cut(self, start: Start) -> None:
        done = start("raise ValueError('x' * 100_000 + '\\n' * 1000 + 'end')\n")
        assert len(done.details["traceback"]) < 10_000
        assert done.details["traceback"].endswith("\nend")

    def test_a_file_that_does_not_parse(self, start: Start) -> None:
        done = start("x = (\n")
        assert done.ended == "raised"
        assert done.details["error"].startswith("SyntaxError: ")


class TestSettled:
    def test_the_program_is_let_go(self, start: Start) -> None:
        done = start(TELL + "print('cleaned up')\n")
        assert (done.ended, done.failed, done.output) == ("settled", False, "cleaned up\n")
        assert done.verdicts[0]["text"] == "told"

    @pytest.mark.parametrize("end", ["import sys\nsys.exit(1)\n", "raise ValueError\n", "import os\nos._exit(3)\n"])
    def test_what_comes_after_does_not_count(self, start: Start, end: str) -> None:
        done = start(TELL + end)
        assert (done.ended, done.failed, len(done.verdicts)) == ("settled", False, 1)

    def test_a_program_that_catches_its_end(self, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(child, "PATIENCE", 0.3)
        done = start(TELL + "while True:\n    try:\n        sys.exit()\n    except BaseException:\n        pass\n")
        assert (done.ended, done.failed, done.status) == ("settled", False, -signal.SIGKILL)

    def test_verdicts_outlive_a_failure(self, start: Start, environment: dict[str, str]) -> None:
        two = config(sites=[SITE, {**SITE, "id": 1}])
        Path("train.py").write_text(TELL + "raise ValueError\n")
        done = child.run(sys.executable, two, Limits(30.0), environment)
        assert (done.ended, list(done.verdicts)) == ("raised", [0])


class TestLimits:
    def test_time(self, start: Start) -> None:
        done = start("import time\nprint('begun', flush=True)\ntime.sleep(60)\n", seconds=1.0)
        assert (done.ended, done.status, done.output) == ("timeout", -signal.SIGKILL, "begun\n")
        assert 1.0 < done.seconds < 5.0

    def test_time_of_a_program_that_ignores_signals(self, start: Start) -> None:
        text = "import signal\nfor number in (2, 15, 1):\n    signal.signal(number, signal.SIG_IGN)\nwhile True:\n    pass\n"
        assert start(text, seconds=1.0).ended == "timeout"

    def test_memory(self, start: Start) -> None:
        text = "taken = []\nwhile True:\n    taken.append(b'x' * 10_000_000)\n"
        done = start(text, memory=200 << 20)
        assert (done.ended, done.status) == ("memory", -signal.SIGKILL)

    def test_memory_of_all_processes_together(self, start: Start) -> None:
        text = (
            "import os, time\n"
            "for _ in range(4):\n"
            "    if os.fork() == 0:\n"
            "        taken = b'x' * 60_000_000\n"
            "        time.sleep(60)\n"
            "time.sleep(60)\n"
        )
        assert start(text, memory=200 << 20).ended == "memory"

    def test_memory_within_the_limit(self, start: Start) -> None:
        assert start("taken = b'x' * 50_000_000\n", memory=500 << 20).ended == "finished"

    def test_a_gigabyte_of_output(self, start: Start) -> None:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        text = "import os\nfor _ in range(1024):\n    os.write(1, b'line\\n' * 209_715)\nprint('the end')\n"
        done = start(text, seconds=60.0)
        assert done.ended == "finished"
        assert len(done.output) <= child.KEPT_OUTPUT
        assert done.output.endswith("line\nthe end\n")
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KiB


class TestWhatItStarts:
    @pytest.mark.parametrize(
        "text",
        [
            "import os, time\nif os.fork() == 0:\n    time.sleep(60)\n",
            "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(60)\n",
            "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(60)\n    os._exit(0)\n",
            "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n",
            "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True)\n",
        ],
        ids=["fork", "setsid", "daemon", "subprocess", "session"],
    )
    def test_ends_with_it(self, start: Start, text: str) -> None:
        done = start(text)
        assert done.ended == "finished"
        assert done.seconds < 10

    def test_the_one_that_goes_on_is_the_child(self, start: Start) -> None:
        done = start("import os, time\nif os.fork():\n    os._exit(0)\ntime.sleep(60)\n")
        assert (done.ended, done.status) == ("died", 0)

    def test_a_thread_that_does_not_end(self, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(child, "PATIENCE", 0.5)
        done = start("import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\n")
        assert done.ended == "finished"
        assert done.seconds < 10

    def test_processes_of_multiprocessing(self, start: Start) -> None:
        done = start(
            "import multiprocessing, sys\n\n\ndef double(x):\n    return 2 * x\n\n\n"
            "if __name__ == '__main__':\n"
            "    with multiprocessing.get_context('spawn').Pool(2) as pool:\n"
            "        print(pool.map(double, [1, 2, 3]))\n"
        )
        assert (done.ended, done.output) == ("finished", "[2, 4, 6]\n")

    def test_a_fork_has_nothing_to_say(self, start: Start) -> None:
        done = start("import os\npid = os.fork()\nif pid:\n    os.waitpid(pid, 0)\nelse:\n    raise ValueError\n")
        assert done.ended == "finished"


class TestWhatItFinds:
    def test_arguments_and_name(self, start: Start) -> None:
        text = "import sys\nprint(sys.argv, __name__, __builtins__ is __import__('builtins'))\n"
        assert start(text, "--epochs", "1").output == "['train.py', '--epochs', '1'] __main__ True\n"

    def test_no_standard_input(self, start: Start) -> None:
        done = start("input()\n")
        assert (done.ended, done.details["error"]) == ("raised", "EOFError: EOF when reading a line")

    def test_modules_beside_it_and_nothing_of_the_linter(self, start: Start) -> None:
        Path("beside.py").write_text("x = 1\n")
        done = start(
            "import beside, sys\n"
            "print([p for p in sys.path if 'probe' in p or 'runtime_checks' in p])\n"
            "print([m for m in ('tfloss_lint', 'numpy', 'tensorflow') if m in sys.modules])\n"
        )
        assert done.output == "[]\n[]\n"

    def test_the_path_is_left_alone_where_python_is_told_so(self, start: Start, environment: dict[str, str]) -> None:
        Path("beside.py").write_text("x = 1\n")
        variables = {**environment, "PYTHONSAFEPATH": "1"}
        done = start("import beside\n", variables=variables)
        assert done.ended == ("raised" if sys.version_info >= (3, 11) else "finished")


class TestWhatItBreaks:
    def test_another_working_directory(self, start: Start) -> None:
        done = start("import os\nos.chdir('/')\nassert os.path.isfile(__file__)\nraise ValueError\n")
        assert "    raise ValueError" in done.details["traceback"].splitlines()

    def test_its_own_file(self, start: Start) -> None:
        done = start("import os\nos.remove(__file__)\nraise ValueError('gone')\n")
        assert done.details["error"] == "ValueError: gone"

    def test_its_streams(self, start: Start) -> None:
        done = start("import io, os, sys\nsys.stdout = sys.stderr = io.StringIO()\nos.close(1)\nos.close(2)\n1 / 0\n")
        assert (done.ended, done.details["error"]) == ("raised", "ZeroDivisionError: division by zero")

    def test_its_streams_and_exit_with_words(self, start: Start) -> None:
        done = start("import sys\nsys.stderr.close()\nsys.exit('words')\n")
        assert (done.ended, done.details["status"]) == ("exited", 1)

    def test_all_descriptors(self, start: Start) -> None:
        done = start("import os\nos.closerange(3, 256)\nfiles = [open(f'own{n}.txt', 'w') for n in range(10)]\n" + TELL)
        assert (done.ended, done.status) == ("died", 0)
        assert {Path(f"own{number}.txt").read_text() for number in range(10)} == {""}

    def test_noise_on_all_descriptors(self, start: Start) -> None:
        noise = 'b\'noise\\n{}\\n[1]\\n{"kind": "else"}\\n7\\n\''
        done = start(
            f"import os\nfor number in range(3, 20):\n    try:\n        os.write(number, {noise})\n"
            "    except OSError:\n        pass\n"
        )
        assert done.ended == "finished"

    @pytest.mark.parametrize("noise", ["b'x' * 65_536", "b'[1]\\n' * 16_384"])
    def test_noise_without_end(self, start: Start, noise: str) -> None:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        done = start(
            f"import os\nwhile True:\n    for number in range(3, 20):\n        try:\n            os.write(number, {noise})\n"
            "        except OSError:\n            pass\n",
            seconds=2.0,
        )
        assert done.ended == "timeout"
        assert done.seconds < 10
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KiB


class TestInterpreters:
    def test_none(self, start: Start) -> None:
        with pytest.raises(FileNotFoundError):
            start("", python="/absent/python")

    def test_not_executable_as_a_program(self, start: Start, tmp_path: Path) -> None:
        text = tmp_path / "python"
        text.write_text("no program")
        text.chmod(0o755)
        with pytest.raises(OSError, match="Exec format error"):
            start("", python=str(text))

    def test_no_python(self, start: Start) -> None:
        done = start("", python="/bin/false")
        assert (done.started, done.ended, done.status) == (False, "died", 1)

    def test_without_tensorflow(self, start: Start, environment: dict[str, str]) -> None:
        variables = {key: value for key, value in environment.items() if key != "PYTHONPATH"}
        done = start("", variables=variables)
        if done.error is None:
            pytest.skip("this Python has a TensorFlow")
        assert (done.started, done.failed, done.error["what"]) == (False, True, "tensorflow")

    @pytest.mark.parametrize("caught", ["Exception", "BaseException"])
    def test_without_a_gpu(self, start: Start, environment: dict[str, str], caught: str) -> None:
        Path("train.py").write_text(f"try:\n    import tensorflow\nexcept {caught}:\n    pass\nprint('went on')\n")
        done = child.run(sys.executable, config(device="gpu"), Limits(30.0), environment)
        assert done.error == {"what": "device", "text": "TensorFlow sees no GPU"}
        assert ("went on" in done.output) == (caught == "BaseException")

    def test_the_environment_that_is_active(self, tmp_path: Path) -> None:
        python = tmp_path / "bin" / "python"
        python.parent.mkdir()
        python.touch()
        assert child.default_python({"VIRTUAL_ENV": str(tmp_path)}) == str(python)
        assert child.default_python({"CONDA_PREFIX": str(tmp_path)}) == str(python)
        assert child.default_python({"VIRTUAL_ENV": str(tmp_path / "gone")}) == sys.executable
        assert child.default_python({}) == sys.executable


class TestSignals:
    def test_wait_for_the_child(self, start: Start) -> None:
        parts: list[float] = []

        def interrupt(state: Run) -> None:
            if state.started and not parts:
                parts.append(state.seconds)
                signal.raise_signal(signal.SIGINT)

        with pytest.raises(KeyboardInterrupt):
            start("import time\ntime.sleep(60)\n", progress=interrupt)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler

    def test_that_are_ignored_stay_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            with child._signals_wait():
                assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        finally:
            signal.signal(signal.SIGHUP, before)

    def test_in_another_thread_are_none_of_ours(self, start: Start) -> None:
        found: list[Run] = []
        thread = threading.Thread(target=lambda: found.append(start("print(1)\n")))
        thread.start()
        thread.join(30)
        assert [done.ended for done in found] == ["finished"]


class TestMemoryOfTheSystem:
    @pytest.fixture
    def proc(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setattr(child, "PROC", tmp_path / "proc")
        monkeypatch.setattr(child, "CGROUP", tmp_path / "cgroup")
        (tmp_path / "proc").mkdir()
        (tmp_path / "cgroup").mkdir()
        return tmp_path

    def test_of_the_machine(self, proc: Path) -> None:
        (proc / "proc" / "meminfo").write_text("MemTotal:       9000 kB\nMemAvailable:    1000 kB\n")
        assert child.available_memory() == 921_600

    def test_of_the_container(self, proc: Path) -> None:
        (proc / "proc" / "meminfo").write_text("MemAvailable:    1000 kB\n")
        for name, text in {"max": "1000\n", "current": "700\n", "stat": "anon 5\ninactive_file 100\n"}.items():
            (proc / "cgroup" / f"memory.{name}").write_text(text)
        assert child.available_memory() == 360
        (proc / "cgroup" / "memory.max").write_text("max\n")
        assert child.available_memory() == 921_600

    def test_unknown(self, proc: Path) -> None:
        assert child.available_memory() is None
        assert not child.sees_processes()

    def test_the_program_is_what_the_system_takes_first(self, start: Start) -> None:
        done = start("import time\ntime.sleep(0.5)\nprint(open('/proc/self/oom_score_adj').read())\n")
        assert done.output.strip() == "1000"


def test_nothing_is_left_on_disk(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    start("import time\ntime.sleep(60)\n", seconds=0.5)
    assert list(temporary.iterdir()) == []
    assert [path.name for path in Path().iterdir()] == ["train.py"]


def test_progress_is_told(start: Start) -> None:
    seen: list[float] = []
    start("import time\ntime.sleep(0.7)\n", progress=lambda state: seen.append(state.seconds))
    assert len(seen) >= 3
    assert seen == sorted(seen)
    assert time.monotonic() > seen[-1]

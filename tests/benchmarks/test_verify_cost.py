"""What ``--verify`` costs, as a ratio to the same training steps of the untouched program, run eagerly.

Run it with ``make bench``. Both numbers are CPU seconds of whole processes, TensorFlow's import included.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from stacks import Stack

pytestmark = pytest.mark.bench

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples" / "digits_train_step" / "wrong.py"
MOST = 1.5

EAGERLY = """\
import sys
import tensorflow as tf
tf.config.run_functions_eagerly(True)
text = open(sys.argv[1]).read()
# All nine findings are settled at the end of the first epoch.
assert text.count("EPOCHS = 15\\n") == 1
exec(compile(text.replace("EPOCHS = 15\\n", "EPOCHS = 1\\n"), sys.argv[1], "exec"), {"__name__": "__main__"})
"""


def cpu(command: Sequence[str], environment: Mapping[str, str], rounds: int = 3) -> tuple[float, str]:
    """The least CPU seconds of a process with its children, and what it printed on standard error."""
    best, said = float("inf"), ""
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert done.returncode in (0, 1), done.stderr
        said = done.stderr
        best = min(best, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return best, said


@pytest.mark.parametrize("stack", ["keras3"], indirect=True)
def test_all_findings_of_a_program_in_one_process(stack: Stack) -> None:
    """At most 1.5 times the import of TensorFlow and as many eager steps as the run took."""
    interpreter = stack.locate()
    python = str(interpreter.python)
    verify = [sys.executable, "-m", "tfloss_lint", "--verify", "--isolated", "--python", python, str(EXAMPLE)]
    plain, _ = cpu([python, "-c", EAGERLY, str(EXAMPLE)], interpreter.env)
    verified, said = cpu(verify, interpreter.env)
    print(
        f"\nthe untouched program, one epoch eagerly {plain:.1f} s, --verify with nine findings {verified:.1f} s: "
        f"ratio {verified / plain:.2f} (at most {MOST})"
    )
    assert "9 confirmed, 0 refuted, 0 not reached, 0 inconclusive" in said
    assert verified <= MOST * plain

"""The hook, through the real pre-commit: a scratch repository that uses this one by its commit."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from toy_programs import notebook

ROOT = Path(__file__).parent.parent
NO_NETWORK = re.compile(
    r"No matching distribution found|ConnectionError|Failed to establish|name resolution|ProxyError"
)

TRAINING = """\
import tensorflow as tf
from tensorflow import keras


class Model(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(y - self(x, training=True))) / 32.0
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"loss": loss}


inputs = keras.Input((4,))
model = Model(inputs, keras.layers.Dense(10)(inputs))
model.compile("adam", "mse")
"""


def git(*arguments: str, cwd: Path) -> str:
    identity = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *identity, *arguments], cwd=cwd, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def snapshot(folder: Path) -> str:
    """Put the working tree, as it is now, into a repository of its own, and return the commit."""
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for name in filter(None, listed.split("\0")):
        source, target = ROOT / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    git("init", "-q", cwd=folder)
    git("add", "-A", cwd=folder)
    git("commit", "-q", "-m", "snapshot", cwd=folder)
    return git("rev-parse", "HEAD", cwd=folder)


@pytest.mark.slow
def test_hook(tmp_path: Path) -> None:
    tool, project = tmp_path / "tool", tmp_path / "project"
    tool.mkdir()
    project.mkdir()
    commit = snapshot(tool)
    (project / "train.py").write_text(TRAINING)
    (project / "train.ipynb").write_text(notebook("# text", "%matplotlib inline\n" + TRAINING))
    (project / "clean.py").write_text("x = 1\n")
    (project / "left_out.py").write_text(TRAINING)
    (project / "notes.txt").write_text(TRAINING)
    (project / "pyproject.toml").write_text('[tool.tfloss-lint]\nextend-exclude = ["left_out.py"]\n')
    (project / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {tool}\n  rev: {commit}\n  hooks:\n  - id: tfloss-lint\n    args: [--output-format=concise]\n"
    )
    git("init", "-q", cwd=project)
    git("add", "-A", cwd=project)

    environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home"), "PRE_COMMIT_COLOR": "never"}
    environment.pop("PYTHONPATH", None)

    def pre_commit() -> tuple[int, str]:
        command = [sys.executable, "-m", "pre_commit", "run", "--all-files"]
        done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=900)
        return done.returncode, done.stdout + done.stderr

    status, output = pre_commit()
    if status == 3 and NO_NETWORK.search(output):
        pytest.skip("the package index cannot be reached to install the hook")
    command = [sys.executable, "-m", "tfloss_lint", "--output-format=concise", "."]
    direct = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)
    expected = direct.stdout.splitlines()
    assert {line.partition(":")[0] for line in expected} == {"train.py", "train.ipynb"}
    assert (status, direct.returncode) == (1, 1)
    assert [line for line in output.splitlines() if ": TFL" in line] == expected, output
    assert "tfloss-lint..." in output
    assert "Failed" in output

    (project / "train.py").write_text("x = 1\n")
    git("rm", "-q", "--cached", "train.ipynb", cwd=project)
    git("add", "train.py", cwd=project)
    status, output = pre_commit()
    assert status == 0, output
    assert "Passed" in output

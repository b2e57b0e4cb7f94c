"""One answer everywhere: flake8, the command in all its formats and the function behind them, on every program."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tfloss_lint.lint import lint_source
from tfloss_lint.settings import Settings
from tfloss_lint.source import read_source

ROOT = Path(__file__).parent.parent
FIXTURES = (
    *sorted((ROOT / "tests" / "rules" / "programs").glob("*/*.py")),
    *sorted((ROOT / "tests" / "rules" / "lookalikes").glob("*.py")),
    *sorted((ROOT / "examples").glob("*/*.py")),
)
LINE = re.compile(r"(?P<path>.+?):(?P<line>\d+):(?P<column>\d+): (?P<code>TFL\d+) ")

STRANGE = '''\
# -*- coding: utf-8 -*-
import tensorflow as tf
from tensorflow import keras

größe, 学習率 = "é" * 3, 0.5; batch = 32
Form = keras.Input((4,)); kopf = keras.layers.Dense(10, name="ä")(Form)


class Modell(keras.Model):
\t@tf.function
\tdef train_step(self, data):
\t\tx, y = data
\t\twith tf.GradientTape() as tape: ŷ = self(x, training=True); verlust = "ü" and tf.reduce_sum(
\t\t\ttf.square(y
\t\t\t\t- ŷ)) / \\
\t\t\t32.0  # the size of a batch
\t\tgradienten = tape.gradient(verlust, self.trainable_variables)
\t\tself.optimizer.apply_gradients(zip(gradienten, self.trainable_variables))
\t\tif größe: return {"größe": 1, "loss": verlust}
\t\telif tf.executing_eagerly(): return {"日本": 2, "loss": verlust}
\t\treturn {"""日
本""": 3, "loss": verlust}


modell = Modell(Form, kopf); modell.compile("sgd", loss="mse")
daten = tf.data.Dataset.from_tensor_slices((tf.zeros((50, 4)), tf.zeros((50, 10)))).batch(batch)
modell.fit(daten)
'''


@pytest.fixture(scope="module")
def fixtures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("strange")
    written = []
    for name, text in (
        ("tabs_and_letters.py", STRANGE),
        ("crlf.py", STRANGE.replace("\n", "\r\n")),
        ("mark.py", "\ufeff" + STRANGE),
        ("form_feed.py", STRANGE.replace("\n\n\nclass", "\n\x0c\nclass")),
        ("noqa.py", STRANGE.replace("tf.reduce_sum(\n", "tf.reduce_sum(  # noqa: TFL2, for it is summed\n")),
    ):
        path = folder / name
        path.write_bytes(text.encode("utf-8"))
        written.append(path)
    return [*FIXTURES, *written]


def run(*command: str) -> str:
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 1, done.stderr
    return done.stdout


def test_every_front_end_says_the_same(fixtures: list[Path]) -> None:
    names = [str(path) for path in fixtures]
    flake8 = sorted(
        (match["path"], int(match["line"]), int(match["column"]), match["code"])
        for match in map(LINE.match, run("flake8", "--isolated", "--select=TFL", *names).splitlines())
        if match is not None
    )
    concise = sorted(
        (match["path"], int(match["line"]), int(match["column"]), match["code"])
        for match in map(LINE.match, run("tfloss_lint", "--isolated", "--output-format=concise", *names).splitlines())
        if match is not None
    )
    report = json.loads(run("tfloss_lint", "--isolated", "--output-format=json", *names))
    listed = sorted((f["path"], f["line"], f["column"], f["code"]) for f in report["findings"])
    called = sorted(
        (name, finding.line, finding.column, finding.code)
        for name in names
        for finding in lint_source(read_source(name), Settings())
    )
    absolute = sorted((str(ROOT / path), *rest) for path, *rest in listed)
    assert called == absolute == sorted((str(ROOT / path), *rest) for path, *rest in concise) == flake8
    strange = [place for place in called if place[0].endswith("tabs_and_letters.py")]
    assert [place[1:] for place in strange] == [
        (13, 81, "TFL101"),
        (13, 81, "TFL202"),
        (13, 81, "TFL203"),
        (19, 41, "TFL303"),
        (20, 57, "TFL303"),
        (22, 18, "TFL303"),
    ]
    for name in ("crlf.py", "mark.py"):
        assert [place[1:] for place in called if place[0].endswith(name)] == [place[1:] for place in strange]
    assert [place[3] for place in called if place[0].endswith("noqa.py")] == ["TFL101", "TFL303", "TFL303", "TFL303"]

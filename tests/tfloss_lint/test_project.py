"""Programs of several files: what a file learns of those that it imports, and of those that import it."""

from __future__ import annotations

import io
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest

from tfloss_lint import cli, folders, module_file, project, split_class
from tfloss_lint.lint import lint_source
from tfloss_lint.reading import interpreter
from tfloss_lint.run import check_files
from tfloss_lint.settings import Settings
from tfloss_lint.source import Source, read_source

Found = list[tuple[str, int, str]]

HEAD = """\
import tensorflow as tf
from tensorflow import keras
"""
SUM = """\
def squared_error(y_true, y_pred):
    return tf.reduce_sum(tf.square(y_true - y_pred))
"""
LOOP = """\
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
data = tf.data.Dataset.from_tensor_slices((tf.zeros((50, 4)), tf.zeros((50, 3)))).batch(16)
for x, y in data:
    with tf.GradientTape() as tape:
        loss = {loss}(y, model(x, training=True)) / 16
    gradients = tape.gradient(loss, model.trainable_variables)
"""
"""The sum of a loss that is imported, divided by a number: TFL202 in line 8 of a file with one import."""
LOGITS = 'compile("sgd", loss=keras.losses.SparseCategoricalCrossentropy())\n'
MODEL = """\
class Model(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(3)
    def call(self, inputs):
        return self.head(inputs)
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = keras.losses.MeanSquaredError()(y, self(x, training=True))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {}
"""
RAW = [("model.py", 12, "TFL101")]
COMPILED = 'model.compile("sgd", loss="huber")\nmodel.fit(tf.zeros((50, 4)), tf.zeros((50, 3)))\n'


def write(folder: Path, files: Mapping[str, str]) -> list[str]:
    paths = []
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        paths.append(str(path))
    return sorted(paths)


def found(folder: Path, files: Mapping[str, str]) -> Found:
    """The default findings in all files: file, line and code."""
    checked = list(check_files(write(folder, files), Settings(), 1))
    assert [each.crash for each in checked if each.crash] == []
    return [(str(Path(f.path).relative_to(folder)), f.line, f.code) for each in checked for f in each.findings]


IMPORTS = {
    "beside": ("from losses import squared_error", "squared_error", "losses.py"),
    "renamed": ("from losses import squared_error as se", "se", "losses.py"),
    "module": ("import losses", "losses.squared_error", "losses.py"),
    "module renamed": ("import losses as own", "own.squared_error", "losses.py"),
    "star": ("from losses import *", "squared_error", "losses.py"),
    "package": ("from pkg.losses import squared_error", "squared_error", "pkg/losses.py"),
    "module of a package": ("from pkg import losses", "losses.squared_error", "pkg/losses.py"),
    "dotted": ("import pkg.losses", "pkg.losses.squared_error", "pkg/losses.py"),
    "dotted renamed": ("import pkg.sub.losses as own", "own.squared_error", "pkg/sub/losses.py"),
}


@pytest.mark.parametrize(("line", "name", "file"), IMPORTS.values(), ids=IMPORTS)
def test_an_imported_loss_is_followed(tmp_path: Path, line: str, name: str, file: str) -> None:
    train = HEAD + line + "\n" + LOOP.format(loss=name)
    assert found(tmp_path, {file: HEAD + SUM, "train.py": train}) == [("train.py", 8, "TFL202")]


RELATIVE = {
    "sibling": ("from .losses import squared_error", "squared_error"),
    "module": ("from . import losses", "losses.squared_error"),
    "above": ("from ..other import squared_error", "squared_error"),
    "module above": ("from .. import other", "other.squared_error"),
    "absolute": ("from pkg.sub.losses import squared_error", "squared_error"),
    "through a package": ("from pkg import exported", "exported"),
    "through stars": ("from pkg.stars import squared_error", "squared_error"),
}


@pytest.mark.parametrize(("line", "name"), RELATIVE.values(), ids=RELATIVE)
def test_imports_in_packages(tmp_path: Path, line: str, name: str) -> None:
    files = {
        "pkg/__init__.py": "from .other import squared_error as exported\n",
        "pkg/other.py": HEAD + SUM,
        "pkg/stars.py": "from .between import *\n",
        "pkg/between.py": "from .other import *\n",
        "pkg/sub/__init__.py": "",
        "pkg/sub/losses.py": HEAD + SUM,
        "pkg/sub/train.py": HEAD + line + "\n" + LOOP.format(loss=name),
    }
    assert found(tmp_path, files) == [("pkg/sub/train.py", 8, "TFL202")]


@pytest.mark.parametrize(
    ("init", "line", "name"),
    [
        ("from pkg import losses\n", "import pkg", "pkg.losses.squared_error"),
        ("from . import losses\n", "import pkg", "pkg.losses.squared_error"),
        ("from pkg.inner import *\n", "import pkg", "pkg.losses.squared_error"),
    ],
)
def test_packages_that_import_their_own_modules(tmp_path: Path, init: str, line: str, name: str) -> None:
    files = {
        "pkg/__init__.py": init,
        "pkg/losses.py": HEAD + SUM,
        "pkg/inner/__init__.py": "from pkg.inner import losses\n",
        "pkg/inner/losses.py": HEAD + SUM,
        "train.py": f"{HEAD}{line}\n" + LOOP.format(loss=name),
    }
    assert ("train.py", 8, "TFL202") in found(tmp_path, files)


def test_an_imported_model_is_known_by_its_last_layer(tmp_path: Path) -> None:
    model = HEAD + "RATE = 3\ndef build(width=RATE):\n    return keras.Sequential([keras.layers.Dense(width)])\n"
    train = HEAD + "from model import build\nmodel = build()\nmodel." + LOGITS
    assert found(tmp_path, {"model.py": model, "train.py": train}) == [("train.py", 5, "TFL401")]
    softmax = model.replace("(width)", "(width, activation='softmax')")
    assert found(tmp_path, {"model.py": softmax, "train.py": train}) == []


def test_a_compile_elsewhere_applies_to_the_model(tmp_path: Path) -> None:
    files = {"model.py": HEAD + MODEL, "train.py": HEAD + "from model import Model\nmodel = Model()\n" + COMPILED}
    assert found(tmp_path, files) == RAW
    files["train.py"] = files["train.py"].replace("Model", "Other")
    assert found(tmp_path, files) == []
    assert [f.code for f in lint_source(Source("model.py", files["model.py"]), Settings())] == []


@pytest.mark.parametrize(
    ("line", "made"),
    [
        ("import model as m", "m.Model()"),
        ("from model import *", "Model()"),
        ("from . import (\n    losses,\n    model,\n)", "model.Model()"),
        ("def main():\n    from model import Model", "Model()"),
    ],
)
def test_other_ways_to_use_a_model(tmp_path: Path, line: str, made: str) -> None:
    indent = "    " if line.startswith("def") else ""
    body = textwrap.indent(f"model = {made}\n" + COMPILED, indent)
    assert found(tmp_path, {"model.py": HEAD + MODEL, "train.py": f"{HEAD}{line}\n{body}"}) == RAW


def test_what_runs_as_a_script_and_what_is_imported(tmp_path: Path) -> None:
    use = "model = Model()\n" + COMPILED
    guarded = "if __name__ == '__main__':\n" + textwrap.indent(use, "    ")
    train = HEAD + "from model import Model\n" + guarded
    assert found(tmp_path, {"model.py": HEAD + MODEL, "train.py": train}) == RAW


def test_what_runs_in_scripts_only_does_not_run_when_imported(tmp_path: Path) -> None:
    losses = HEAD + "reduce = tf.reduce_mean\nif __name__ == '__main__':\n    reduce = tf.reduce_sum\n"
    losses += SUM.replace("tf.reduce_sum", "reduce")
    train = HEAD + "from losses import squared_error\n" + LOOP.format(loss="squared_error")
    assert ("train.py", 8, "TFL202") not in found(tmp_path, {"losses.py": losses, "train.py": train})
    losses = losses.replace("'__main__'", "'losses'")
    assert ("train.py", 8, "TFL202") in found(tmp_path, {"losses.py": losses, "train.py": train})


def test_a_user_can_need_more_of_the_file_than_the_file_itself(tmp_path: Path) -> None:
    losses = (
        HEAD
        + "def half(y_true, y_pred):\n    return y_true\n\ndef mean(values):\n    return tf.reduce_sum(values) / 16\n"
    )
    train = HEAD + "from losses import mean\n" + LOOP.format(loss="mean(tf.square").replace("True))", "True) - y))")
    assert ("losses.py", 7, "TFL202") in found(
        tmp_path, {"losses.py": losses, "train.py": train.replace("(y, model", "(model").replace(" / 16", "")}
    )


def test_a_script_above_a_package_uses_its_model(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": "",
        "train.py": HEAD + "from pkg.zoo import model\nmodel = model.Model()\n" + COMPILED,
        "pkg/__init__.py": "",
        "pkg/zoo/model.py": HEAD + MODEL,
    }
    assert found(tmp_path / "a", files) == [("pkg/zoo/model.py", 12, "TFL101")]
    # Without this file nothing says that the two folders belong together.
    del files["pyproject.toml"]
    assert found(tmp_path / "b", files) == []


def test_a_script_in_another_folder_of_the_project_uses_its_model(tmp_path: Path) -> None:
    files = {
        "setup.py": "",
        "pkg/zoo/model.py": HEAD + MODEL,
        "scripts/train.py": HEAD + "from pkg.zoo.model import Model\nmodel = Model()\n" + COMPILED,
    }
    assert found(tmp_path, files) == [("pkg/zoo/model.py", 12, "TFL101")]
    # What the folders above the project are called, does not matter.
    inner = {f"tests/inner/{name}": text for name, text in files.items()}
    assert found(tmp_path, inner) == [("tests/inner/pkg/zoo/model.py", 12, "TFL101")]


@pytest.mark.parametrize("name", ["test_model.py", "model_test.py", "conftest.py", "tests/helpers.py"])
def test_what_a_test_does_with_a_model_says_nothing(tmp_path: Path, name: str) -> None:
    use = HEAD + "from model import Model\nmodel = Model()\n" + COMPILED
    assert found(tmp_path, {"setup.py": "", "model.py": HEAD + MODEL, name: use}) == []


def test_functions_that_others_call_with_unknown_things_are_still_read_alone(tmp_path: Path) -> None:
    loss = HEAD + "def rmse(y_true, y_pred):\n    return tf.sqrt(tf.reduce_mean(tf.square(y_true - y_pred), axis=-1))\n"
    alone = [("metrics.py", 4, "TFL204")]
    assert found(tmp_path, {"metrics.py": loss}) == alone
    assert found(tmp_path, {"train.py": HEAD + "from metrics import rmse\nprint(rmse(load(), load()))\n"}) == []
    assert found(tmp_path, {"metrics.py": loss}) == alone


def test_a_strategy_elsewhere_counts(tmp_path: Path) -> None:
    train = HEAD + "from losses import squared_error\n" + LOOP.format(loss="squared_error")
    losses = HEAD + SUM.replace(
        "    return", "    print(tf.distribute.get_strategy().num_replicas_in_sync)\n    return"
    )
    single = found(tmp_path, {"losses.py": HEAD + SUM, "train.py": train})
    assert found(tmp_path, {"losses.py": losses, "train.py": train}) != single


def test_cycles_end(tmp_path: Path) -> None:
    files = {
        "losses.py": HEAD
        + "from train import scale\nimport losses, train\n"
        + SUM.replace("return ", "return scale * "),
        "train.py": HEAD + "import losses\nscale = 1.0\n" + LOOP.format(loss="losses.squared_error"),
        "a.py": HEAD + "from b import *\nfrom a import nothing\n" + SUM,
        "b.py": HEAD + "from a import *\n" + LOOP.format(loss="missing"),
    }
    assert ("train.py", 9, "TFL202") in found(tmp_path, files)


def test_what_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    train = HEAD + "from losses import squared_error\n" + LOOP.format(loss="squared_error")
    for text in (
        "def squared_error(:\n",
        "x = 'é'\n",
        SUM + "\0",
        "(" * 2_000 + ")" * 2_000,
        "x = " + "-" * 5_000 + "1\n",
    ):
        write(tmp_path, {"train.py": train})
        (tmp_path / "losses.py").write_bytes(text.encode("latin-1"))
        assert lint_source(read_source(str(tmp_path / "train.py")), Settings()) == []


def test_libraries_are_never_looked_up(tmp_path: Path) -> None:
    wrong = "def reduce_sum(x): return 0\ndef square(x): return 0\n"
    files = {"tensorflow.py": wrong, "numpy.py": wrong, "random.py": wrong}
    train = HEAD + SUM + LOOP.format(loss="squared_error")
    assert found(tmp_path, {**files, "train.py": train}) == [("train.py", 9, "TFL202")]


def test_only_what_is_asked_for_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    losses = HEAD + "explode(" * 3 + ")" * 3 + "\nclass Unused(keras.Model):\n    pass\n" + SUM
    write(
        tmp_path,
        {
            "losses.py": losses,
            "train.py": HEAD + "from losses import squared_error\n" + LOOP.format(loss="squared_error"),
        },
    )
    file = module_file.module_file(str(tmp_path / "losses.py"))
    assert file is not None
    assert [file.pieces[at].text for at in file.defining("squared_error")] == [SUM]
    parsed: list[str] = []
    parse = module_file.parse_module
    monkeypatch.setattr(module_file, "parse_module", lambda text: parsed.append(text) or parse(text))
    findings = lint_source(read_source(str(tmp_path / "train.py")), Settings())
    assert [finding.code for finding in findings] == ["TFL202"]
    assert parsed == [SUM]


def test_of_a_class_only_the_methods_that_are_used_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    losses = HEAD + (
        "class Losses:\n    scale = 1.0\n"
        "    @staticmethod\n    def squared_error(y_true, y_pred):\n        return total(tf.square(y_true - y_pred))\n"
        "    def unused(self):\n        return explode()\n"
        "def total(values):\n    return tf.reduce_sum(values)\n"
    )
    train = HEAD + "from losses import Losses\n" + LOOP.format(loss="Losses.squared_error")
    parsed: list[str] = []
    parse = split_class.parse_method
    monkeypatch.setattr(module_file, "parse_method", lambda text: parsed.append(text) or parse(text))
    assert found(tmp_path, {"losses.py": losses, "train.py": train, "again.py": train}) == [
        ("again.py", 8, "TFL202"),
        ("train.py", 8, "TFL202"),
    ]
    assert [text.split("(")[0].split()[-1] for text in parsed] == ["squared_error"]


MEMBERS = {
    "method": ("def f(self, y, p): return tf.reduce_sum(tf.square(y - p))", "Losses().f"),
    "property": (
        (
            "@property\n    def f(self): return lambda y, p: tf.reduce_sum(tf.square(y - p))\n"
            "    @f.setter\n    def f(self, value): ..."
        ),
        "Losses().f",
    ),
    "class method": ("@classmethod\n    def f(cls, y, p): return tf.reduce_sum(tf.square(y - p))", "Losses.f"),
    "called by another": (
        "def f(self, y, p): return self.g(y - p)\n    def g(self, e): return tf.reduce_sum(tf.square(e))",
        "Losses().f",
    ),
    "used in the class": ("def g(y, p): return tf.reduce_sum(tf.square(y - p))\n    f = g", "Losses.f"),
    "of a base": (
        (
            "def f(self, y, p): return tf.reduce_sum(tf.square(y - p))\nclass More(Losses):\n"
            "    def f(self, y, p): return super().f(y, p)"
        ),
        "losses.More().f",
    ),
    "of the base alone": (
        "def f(self, y, p): return tf.reduce_sum(tf.square(y - p))\nclass More(Losses): ...",
        "losses.More().f",
    ),
}


@pytest.mark.parametrize("member", MEMBERS)
def test_members_of_a_class_of_another_module(tmp_path: Path, member: str) -> None:
    definition, use = MEMBERS[member]
    losses = f"{HEAD}class Losses:\n    {definition}\n"
    train = HEAD + "import losses; from losses import Losses\n" + LOOP.format(loss=use)
    assert found(tmp_path, {"losses.py": losses, "train.py": train}) == [("train.py", 8, "TFL202")]


def test_what_a_loop_needs_of_another_module_is_there_in_every_round(tmp_path: Path) -> None:
    """A definition that is executed when it is asked for holds on all paths, also on those that begin anew."""
    losses = HEAD + (
        "def make():\n    seen = keras.metrics.Mean()\n"
        "    def step(x):\n        seen.update_state(x)\n    return step, seen\n"
    )
    train = (
        "from losses import make\ndef validate(metric):\n    metric.reset_state()\nstep, seen = make()\n"
        "for epoch in range(3):\n    for x in data:\n        step(x)\n        print(seen.result())\n    {end}\n"
    )
    for end, expected in (("validate(seen)", []), ("pass", [("losses.py", 6, "TFL304")])):
        assert found(tmp_path / end[:4], {"losses.py": losses, "train.py": train.format(end=end)}) == expected


def test_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train = HEAD + "from losses import squared_error\n" + LOOP.format(loss="squared_error")
    files = {"losses.py": HEAD + "from other import squared_error\n", "other.py": HEAD + SUM, "train.py": train}
    expected = [("train.py", 8, "TFL202")]
    assert found(tmp_path, files) == expected
    for module, name, value in ((project, "MOST_MODULES", 2), (module_file, "MOST_BYTES", 10)):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, value)
            assert found(tmp_path, files) == [], name
    with monkeypatch.context() as patch:
        patch.setattr(interpreter, "MOST_WORK_ELSEWHERE", -1)
        assert found(tmp_path, files) == []
    assert found(tmp_path, files) == expected


def test_bound_of_modules_that_are_being_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train = HEAD + "from losses import squared_error\n" + LOOP.format(loss="squared_error")
    losses = HEAD + "from other import kept\n" + SUM + "squared_error = kept(squared_error)\n"
    files = {"losses.py": losses, "other.py": "def kept(f):\n    return f\n", "train.py": train}
    assert found(tmp_path, files) == [("train.py", 8, "TFL202")]
    monkeypatch.setattr(project, "MOST_DEPTH", 1)
    assert found(tmp_path, files) == []


def test_what_is_not_used_is_not_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    load = project.module_file
    monkeypatch.setattr(project, "module_file", lambda path: loaded.append(Path(path).name) or load(path))
    losses = HEAD + "from other import helper\ndef unused():\n    return helper()\n" + SUM
    train = HEAD + "from losses import squared_error, unused\n" + LOOP.format(loss="squared_error")
    files = {"losses.py": losses, "other.py": "def helper(): return 1\n", "train.py": train}
    write(tmp_path, files)
    findings = lint_source(read_source(str(tmp_path / "train.py")), Settings())
    assert [finding.code for finding in findings] == ["TFL202"]
    assert loaded == ["losses.py"]


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [(project, "MOST_USERS", 0), (folders, "MOST_SIBLINGS", 1), (folders, "MOST_SEARCHED", 0)],
)
def test_bounds_of_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, value: int
) -> None:
    files = {"model.py": HEAD + MODEL, "train.py": HEAD + "from model import Model\nmodel = Model()\n" + COMPILED}
    monkeypatch.setattr(module, name, value)
    assert found(tmp_path, files) == []


def test_work_elsewhere_costs_the_file_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = HEAD + "def busy():\n" + "    f(1, 2, 3)\n" * 400
    train = HEAD + "from losses import busy\nbusy()\n" + SUM + LOOP.format(loss="squared_error")
    monkeypatch.setattr(interpreter, "MOST_WORK", 500)
    assert found(tmp_path, {"losses.py": busy, "train.py": train}) == [("train.py", 11, "TFL202")]


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    train = HEAD + "from losses import squared_error\n" + LOOP.format(loss="squared_error")
    assert found(tmp_path, {"losses.py": HEAD + SUM, "train.py": train}) == [("train.py", 8, "TFL202")]
    mean = HEAD + SUM.replace("reduce_sum", "reduce_mean")
    assert ("train.py", 8, "TFL202") not in found(tmp_path, {"losses.py": mean, "train.py": train})


# Front ends

FILES = {"model.py": HEAD + MODEL, "train.py": HEAD + "from model import Model\nmodel = Model()\n" + COMPILED}


def test_a_notebook_imports(tmp_path: Path) -> None:
    import json

    cell = {
        "cell_type": "code",
        "source": HEAD + "from losses import squared_error\n" + LOOP.format(loss="squared_error"),
    }
    files = {"losses.py": HEAD + SUM, "train.ipynb": json.dumps({"nbformat": 4, "cells": [cell]})}
    assert found(tmp_path, files) == [("train.ipynb", 8, "TFL202")]


def test_flake8_finds_the_same(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    command = [sys.executable, "-m", "flake8", "--isolated", "--select=TFL", "--format=%(path)s %(row)d %(code)s"]
    for arguments, folder in (
        (["."], tmp_path),
        (["model.py"], tmp_path),
        ([f"{tmp_path.name}/model.py"], tmp_path.parent),
    ):
        done = subprocess.run([*command, *arguments], cwd=folder, capture_output=True, text=True, check=False)
        lines = [line.split() for line in done.stdout.splitlines()]
        assert [(Path(path).name, int(row), code) for path, row, code in lines] == RAW, done.stderr


def test_several_processes_find_the_same(tmp_path: Path) -> None:
    paths = write(tmp_path, {**FILES, **{f"copy{n}.py": FILES["train.py"] for n in range(6)}})
    alone, together = (list(check_files(paths, Settings(), processes)) for processes in (1, 3))
    assert alone == together
    assert any(each.findings for each in alone)


@pytest.mark.parametrize(("arguments", "codes"), [(["-"], []), (["--stdin-filename", "model.py", "-"], ["TFL101"])])
def test_standard_input(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    codes: list[str],
) -> None:
    """Only a name on disk says where the neighbours are; the text is the one that was handed over."""
    write(tmp_path, {**FILES, "model.py": "not this\n"})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(FILES["model.py"].encode())))
    cli.main(["--output-format", "concise", *arguments])
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == codes

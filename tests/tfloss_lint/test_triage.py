"""Which files are read, and that nothing is lost by reading less of them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tfloss_lint import triage
from tfloss_lint.lint import lint_source
from tfloss_lint.settings import Settings
from tfloss_lint.source import read_source

ROOT = Path(__file__).parent.parent.parent
PROGRAMS = (*sorted((ROOT / "tests" / "rules" / "programs").glob("*/*.py")), *sorted((ROOT / "examples").glob("*/*.py")))  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", False),
        ("import os\n", False),
        ("import tensorflow as tf\nprint(tf.__version__)\n", False),
        ("def update_state(y_true):\n    return y_true\n", False),
        ("import keras\nclass M(keras.Model):\n    def train_step(self, data): ...\n", True),
        ("import keras\nclass M(keras.Model):\n    def test_step(self, data): ...\n", True),
        ("import tensorflow as tf\nwith tf.GradientTape() as tape: ...\n", True),
        ("from tensorflow import keras\ndef rmse(y_true, y_pred): ...\n", True),
        ("import keras\nmetric.update_state(1)\n", True),
    ],
)
def test_concerns(text: str, expected: bool) -> None:
    assert triage.concerns(text) is expected


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("a", ["a"]),
        ("a\nb\n", ["a\n", "b\n"]),
        ("a\n\nb", ["a\n", "\n", "b"]),
        ("a\x0cb\u2028c\x0bd\n", ["a\x0cb\u2028c\x0bd\n"]),
    ],
)
def test_lines_are_pythons(text: str, lines: list[str]) -> None:
    assert triage.split_lines(text) == lines


def test_what_does_not_matter_is_left_out() -> None:
    text = (
        "import os\nimport tensorflow as tf\n\ndef plot(history):\n    os.system(history)\n\n"
        "def loss(y_true, y_pred):\n    return scale * tf.abs(y_true - y_pred)\n\nscale = 3\nprint('done')\n"
    )
    excerpt = triage.excerpt(ast.parse(text), triage.split_lines(text))
    assert excerpt is not None
    assert "def loss" in excerpt.text
    assert "scale = 3" in excerpt.text
    assert "import tensorflow" in excerpt.text
    assert "def plot" not in excerpt.text
    assert "print" not in excerpt.text


def test_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every program of the rules and examples has the same findings when all of it is read."""
    everything = Settings(pedantic=True)
    chosen = {path: lint_source(read_source(str(path)), everything) for path in PROGRAMS}
    monkeypatch.setattr(triage, "_choose", lambda units: [setattr(unit, "wanted", True) for unit in units])
    for path, findings in chosen.items():
        assert lint_source(read_source(str(path)), everything) == findings, path
    assert sum(map(len, chosen.values())) > 100


def test_what_sets_the_data_types_of_all_layers_is_read() -> None:
    step = "import keras\nclass M(keras.Model):\n    def train_step(self, data): ...\n"
    policy = "keras.mixed_precision.set_global_policy('mixed_float16')\n"
    for text in (step + policy, step.replace("class", f"{policy}class")):
        excerpt = triage.excerpt(ast.parse(text), triage.split_lines(text))
        assert excerpt is not None
        assert policy in excerpt.text
    alone = "import keras\n" + policy
    assert triage.excerpt(ast.parse(alone), triage.split_lines(alone)) is None


@pytest.mark.parametrize("gathers", ["error.update_state(value)", "error.append(value)"])
def test_what_gathers_values_is_read_further_down(gathers: str) -> None:
    text = f"""\
import tensorflow as tf
error = make()
for value in values:
    with tf.GradientTape() as tape:
        {gathers}
print(error)
print(another)
"""
    excerpt = triage.excerpt(ast.parse(text), text.splitlines(keepends=True))
    assert excerpt is not None
    assert "print(error)" in excerpt.text
    assert "print(another)" not in excerpt.text


@pytest.mark.parametrize("metric", ["'accuracy'", "keras.metrics.BinaryAccuracy()", "shown"])
def test_an_accuracy_given_to_compile(metric: str) -> None:
    text = f"""\
from tensorflow import keras
shown = keras.metrics.Accuracy()
model = keras.Sequential([])
model.compile(loss="mse", metrics=[{metric}])
"""
    assert triage.concerns(text)
    assert not triage.concerns(text.replace(metric, "'mae'").replace("Accuracy", "Mean"))


def test_pieces_are_the_whole_file_statement_by_statement() -> None:
    text = '"""Words."""\nimport os, sys\n\n# a comment\n@wrap\ndef f(x):\n    """Docs."""\n    return os\na = 1; b = a\nmodel.fit(f(b))\n'
    found = triage.pieces(ast.parse(text), triage.split_lines(text))
    assert [piece.text for piece in found] == [
        '"""Words."""\n',
        "import os, sys\n",
        '@wrap\ndef f(x):\n    """Docs."""\n    return os\n',
        "a = 1; b = a\n",
        "model.fit(f(b))\n",
    ]
    assert [sorted(piece.binds) for piece in found] == [[], ["os", "sys"], ["f"], ["a", "b"], []]
    assert [piece.imports for piece in found] == [False, True, False, False, False]
    assert [sorted(piece.changes) for piece in found] == [[], [], [], [], ["model"]]
    assert found[2].words >= {"wrap", "f", "x", "os"}
    assert "Docs" not in found[2].words
    assert [len(piece.statements) for piece in found] == [1, 1, 1, 2, 1]

"""The function behind every front end: filters, suppressions, and what it imports."""

from __future__ import annotations

import ast
import subprocess
import sys

from tfloss_lint.finding import Confidence
from tfloss_lint.generation import Generation
from tfloss_lint.lint import lint_source
from tfloss_lint.settings import Settings
from tfloss_lint.source import CellSpan, Source

STEP = """\
import numpy as np
import tensorflow as tf
from tensorflow import keras

x, y = np.zeros((50, 4)), np.zeros(50)
model = keras.Sequential([keras.layers.Dense(1)])
optimizer = keras.optimizers.SGD(0.1)
for features, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(16):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.mse(labels, model(features, training=True)))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
"""
KERAS2 = Settings(target_keras=frozenset({Generation.KERAS2}))


def codes(text: str, settings: Settings = KERAS2, **options: bool) -> list[str]:
    return [finding.code for finding in lint_source(Source("train.py", text), settings, **options)]


def test_a_finding_is_complete() -> None:
    [finding] = lint_source(Source("train.py", STEP), KERAS2)
    assert (finding.path, finding.cell, finding.code, finding.name) == ("train.py", None, "TFL201", "rank-broadcast")
    assert (finding.line, finding.column, finding.end_line, finding.end_column) == (10, 31, 10, 87)
    assert finding.confidence is Confidence.CERTAIN
    assert "(batch,)" in finding.message
    assert "(batch, 1)" in finding.message
    assert "a batch of 16 compares 256 pairs, of which 240 are wrong" in finding.message
    assert finding.help


def test_the_generation_decides() -> None:
    assert codes(STEP, Settings(target_keras=frozenset({Generation.KERAS3}))) == []
    assert codes(STEP, Settings(target_keras=frozenset(Generation))) == ["TFL201"]
    assert codes("import tf_keras\n" + STEP, Settings()) == ["TFL201"]
    assert codes("from keras import ops\n" + STEP, Settings()) == []


def test_select_ignore_and_noqa() -> None:
    only = frozenset({Generation.KERAS2})
    assert codes(STEP, Settings(select=("TFL3",), target_keras=only)) == []
    assert codes(STEP, Settings(ignore=("TFL20",), target_keras=only)) == []
    hidden = STEP.replace("training=True)))\n", "training=True)))  # noqa: TFL201\n")
    assert codes(hidden) == []
    assert codes(hidden, suppress=False) == ["TFL201"]


def test_possible_findings_are_for_the_pedantic() -> None:
    text = STEP.replace("np.zeros(50)", "load_labels()").replace("keras.losses.mse(labels, model(features, training=True))", "(labels - model(features, training=True)) ** 2")  # fmt: skip
    assert codes(text) == []
    assert codes(text, Settings(pedantic=True, target_keras=frozenset({Generation.KERAS2}))) == ["TFL201"]


def test_a_given_tree_is_used() -> None:
    assert [f.code for f in lint_source(Source("train.py", STEP), KERAS2, ast.parse(STEP))] == ["TFL201"]


def test_neither_tensorflow_nor_libcst_is_imported_for_nothing() -> None:
    program = (
        "import sys\nfrom tfloss_lint.lint import lint_source\nfrom tfloss_lint.settings import Settings\n"
        "from tfloss_lint.source import Source\n"
        "lint_source(Source('a.py', 'import tensorflow as tf\\nprint(tf.zeros(3))\\n'), Settings())\n"
        "print(sorted({'libcst', 'tensorflow', 'keras', 'numpy'} & set(sys.modules)))\n"
        f"lint_source(Source('b.py', {STEP!r}), Settings())\n"
        "print(sorted({'libcst', 'tensorflow', 'keras', 'numpy'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "['libcst']"]


def test_what_only_libcst_cannot_parse_is_said_to_be_so() -> None:
    text = "import tensorflow as tf\ndef f(y_true, y_pred):\n \tfor y in y_true:\n         y()\n \treturn y_pred\n"
    ast.parse(text)
    [finding] = lint_source(Source("train.py", text), Settings())
    assert finding.code == "TFL900"
    assert finding.message.startswith("LibCST, which reads the code for this linter, cannot parse it: tokenizer error")


class TestBrokenCells:
    """IPython runs the cells around one that does not parse."""

    SPANS = (CellSpan(1, 1, 1), CellSpan(2, 2, STEP.count("\n")))

    def test_the_others_are_checked(self) -> None:
        broken, wrong = lint_source(Source("n.ipynb", "history = fit(\n" + STEP, self.SPANS), KERAS2)
        assert (broken.cell, broken.line, broken.code) == (1, 1, "TFL900")
        assert (wrong.cell, wrong.line, wrong.code) == (2, 10, "TFL201")

    def test_one_finding_stands_for_all_of_them(self) -> None:
        spans = (CellSpan(1, 1, 1), CellSpan(2, 2, 1), CellSpan(3, 3, STEP.count("\n")))
        broken, wrong = lint_source(Source("n.ipynb", "def build():\nhistory = fit(\n" + STEP, spans), KERAS2)
        assert broken.message.startswith("the code does not parse: ")
        assert broken.message.endswith("; 2 cells do not")
        assert (wrong.cell, wrong.code) == (3, "TFL201")

    def test_what_parses_nowhere_is_reported_once(self) -> None:
        text = STEP.replace("training=True", "training=")
        [finding] = lint_source(Source("n.ipynb", "x = 1\n" + text, self.SPANS), KERAS2)
        assert (finding.cell, finding.line, finding.code) == (2, 10, "TFL900")

    def test_a_file_has_no_cells(self) -> None:
        assert codes("history = fit(\n" + STEP) == ["TFL900"]

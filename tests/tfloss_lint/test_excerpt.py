"""What is read of a file, and that nothing is lost by reading less of it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tfloss_lint import excerpt as excerpts
from tfloss_lint.excerpt import Excerpt
from tfloss_lint.lint import lint_source
from tfloss_lint.settings import Settings
from tfloss_lint.source import read_source, split_lines

ROOT = Path(__file__).parent.parent.parent
PROGRAMS = (*sorted((ROOT / "tests" / "rules" / "programs").glob("*/*.py")), *sorted((ROOT / "examples").glob("*/*.py")))  # fmt: skip


def excerpt(text: str) -> Excerpt | None:
    return excerpts.excerpt(ast.parse(text), split_lines(text))


def test_what_does_not_matter_is_left_out() -> None:
    text = (
        "import os\nimport tensorflow as tf\n\ndef plot(history):\n    os.system(history)\n\n"
        "def loss(y_true, y_pred):\n    return scale * tf.abs(y_true - y_pred)\n\nscale = 3\nprint('done')\n"
    )
    found = excerpt(text)
    assert found is not None
    assert "def loss" in found.text
    assert "scale = 3" in found.text
    assert "import tensorflow" in found.text
    assert "def plot" not in found.text
    assert "print" not in found.text


def test_the_imports_at_the_top_are_left_to_ast() -> None:
    text = (
        "import os  # not used\nfrom tensorflow import (\n    keras as k,  # the framework\n)\nimport numpy as np; import tensorflow as tf\n"
        "x = np.ones(3)\nfrom losses import mse\nwith tf.GradientTape() as tape:\n    loss = mse(k, x)\n"
    )
    found = excerpt(text)
    assert found is not None
    assert [ast.unparse(statement) for statement in found.imports] == [
        "from tensorflow import keras as k",
        "import numpy as np",
        "import tensorflow as tf",
    ]
    assert found.rest == "".join(text.splitlines(keepends=True)[5:])
    assert found.text == "".join(text.splitlines(keepends=True)[1:])
    assert [statement.lineno for statement in found.statements] == [6, 7, 8]


@pytest.mark.parametrize("text", ["from keras import train_step\n", "import keras; from losses import train_step\n"])
def test_nothing_but_imports_is_not_read(text: str) -> None:
    assert excerpt(text) is None


def test_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every program of the rules and examples has the same findings when all of it is read."""
    everything = Settings(pedantic=True)
    chosen = {path: lint_source(read_source(str(path)), everything) for path in PROGRAMS}
    monkeypatch.setattr(excerpts, "choose", lambda units: [setattr(unit, "wanted", True) for unit in units])
    for path, findings in chosen.items():
        assert lint_source(read_source(str(path)), everything) == findings, path
    assert sum(map(len, chosen.values())) > 100


def test_what_sets_the_data_types_of_all_layers_is_read() -> None:
    step = "import keras\nclass M(keras.Model):\n    def train_step(self, data): ...\n"
    policy = "keras.mixed_precision.set_global_policy('mixed_float16')\n"
    for text in (step + policy, step.replace("class", f"{policy}class")):
        found = excerpt(text)
        assert found is not None
        assert policy in found.text
    alone = "import keras\n" + policy
    assert excerpt(alone) is None


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
    found = excerpt(text)
    assert found is not None
    assert "print(error)" in found.text
    assert "print(another)" not in found.text

from __future__ import annotations

import pytest

from tfloss_lint.framework import names_framework


@pytest.mark.parametrize(
    "line", ["import keras", "from tensorflow import nn", "x = tf.zeros(3)", "with GradientTape(): ..."]
)
def test_a_framework_is_named(line: str) -> None:
    assert names_framework(f"import os\n{line}\n")


@pytest.mark.parametrize("line", ["", "import numpy as np", "import torch", "print(tf)"])
def test_no_framework_is_named(line: str) -> None:
    assert not names_framework(f"import os\n{line}\n")

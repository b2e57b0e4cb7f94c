"""Which files are read."""

from __future__ import annotations

import pytest

from tfloss_lint import triage


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
        ("import keras\nkeras.layers.Dense(1, activation='softmax')\n", True),
        ("import keras\nkeras.layers.Dense(units=1, use_bias=False, activation=tf.nn.softmax)\n", True),
        ("import keras\nkeras.layers.Conv2D(\n    1, (1, 1), activation='softmax')\n", True),
        ("import keras\nkeras.Sequential([keras.layers.Dense(1), keras.layers.Softmax()])\n", True),
        ("import keras\nkeras.layers.Dense(10, activation='softmax')\n", False),
    ],
)
def test_concerns(text: str, expected: bool) -> None:
    assert triage.concerns(text) is expected


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

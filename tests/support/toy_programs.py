"""Programs for the tests of the front ends, and what the toy rules find in them."""

from __future__ import annotations

import json


def notebook(*cells: str) -> str:
    """A notebook of these cells; one that begins with ``# text`` is Markdown."""
    made = []
    for cell in cells:
        if cell.startswith("# text"):
            made.append({"cell_type": "markdown", "metadata": {}, "source": cell})
        else:
            code = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
            made.append({**code, "source": cell.splitlines(keepends=True)})
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


HEAD = """\
import tensorflow as tf
from tensorflow import keras

metric = keras.metrics.Mean()
"""

PLAIN = HEAD + "metric.update_state(1.0)\n"
"""TFL990 at 5:1 to 5:25."""

GRADIENT = (
    HEAD
    + """\


def step(model, x, y):
    with tf.GradientTape() as tape:
        loss = keras.losses.mse(y, model(x))
    return tape.gradient(loss, model.trainable_variables)
"""
)
"""TFL991 at 10:26 to 10:30, and TFL980 (possible) at 10:12 to 10:58."""

CLEAN = "x = 1\n"

UNUSUAL = {
    "tabs": HEAD + "if metric:\n\tmetric.update_state(1.0)\n\tx = 1;\tmetric.update_state(2.0)\n",
    "letters": HEAD + "größe = '字🙂e\u0301'; metric.update_state(größe); 'é', metric.update_state('ß')\n",
    "decorators": HEAD
    + "@tf.function\n@print\ndef train_step(x, *, y=metric.update_state(0)):\n    metric.update_state(x)\n",
    "lines": HEAD + "metric.update_state(\n    [\n        1,\n    ],\n    sample_weight=None,\n)\n",
    "backslashes": HEAD + "x = \\\n    1; metric \\\n  .update_state( \\\n 2)\n",
    "strings": HEAD + "x = '''\n字\n'''; metric.update_state('''\n''')\ny = f'{metric.update_state(3)}'\n",
    "form feeds": HEAD
    + "\x0c\nmetric.update_state(1)\n\x0cmetric.update_state(2)\nif x:\n  \x0c  metric.update_state(3)\n",
    "crlf": (HEAD + "metric.update_state(\n    1)\n").replace("\n", "\r\n"),
    "cr": (HEAD + "metric.update_state(\n    1)\n").replace("\n", "\r"),
    "bom": "\ufeff" + HEAD.replace("metric =", "x = 1; metric =") + "metric.update_state(1)\n",
    "bom and finding on the first line": "\ufeffimport keras; metric = keras.metrics.Mean(); metric.update_state(1)\n",
    "no end of line": HEAD + "metric.update_state(1)",
    "cookie": "# coding: utf-8\n" + HEAD + "'字'; metric.update_state(1)\n",
    "separators": HEAD
    + "x = '\x1c\x1d\x1e\x85\u2028\u2029'; metric.update_state(1)\n# \x0b\x0c\nmetric.update_state(2)\n",
    "semicolons": HEAD + "metric.update_state(1); metric.update_state(2); metric.update_state(3)\n",
    "nested": HEAD
    + "if x:\n  with y:\n    while z:\n     for i in x:\n      try:\n       metric.update_state(1)\n      except E:\n"
    "       metric.update_state(2)\n      else:\n       metric.update_state(3)\n     else: metric.update_state(4)\n",
    "elif": HEAD + "if x: metric.update_state(1)\nelif metric.update_state(2): pass\nelse:\n  metric.update_state(3)\n",
    "comments": HEAD + "# a\n\n# b\nmetric.update_state(1)  # c\n  # d\n",
    "noqa": HEAD
    + "metric.update_state(1)  # noqa\nmetric.update_state(2)  # noqa: TFL990\nmetric.update_state(3)  # noqa: TFL991\n"
    "metric.update_state(4)  # NOQA:E1,TFL9\nmetric.update_state(5)  # noqa: tfl990\n"
    "metric.update_state(\n    6)  # noqa\nmetric.update_state('''\n''')  # noqa\n"
    "x = 1 + \\\n  metric.update_state(\\\n7)  # noqa\n",
    "noqa for the file": HEAD + "metric.update_state(1)\n# flake8: noqa\n",
    "noqa behind code": HEAD + "metric.update_state(1)  # flake8: noqa\nmetric.update_state(2)\n",
    "gradients": GRADIENT.replace("model.trainable", "\n        model.trainable").replace("loss =", "loss = größe ="),
}
"""Everything that could move a line or a column."""

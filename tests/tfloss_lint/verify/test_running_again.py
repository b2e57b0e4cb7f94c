"""How far expressions are run again, and what they read."""

from __future__ import annotations

import pytest
from verifying import rewritten
from verifying import site_of as site

from tfloss_lint.verify.rewriting import PROBE


def test_an_expression_is_wrapped_as_far_as_it_may_run_again() -> None:
    text = "import tensorflow as tf\nloss = scale(tf.reduce_mean(tf.square(y - p)) + 1)\n"
    found = rewritten(text, site(text, "y - p", label="y", prediction="p"))
    assert found.text.split("\n")[1] == (
        f"loss = scale({PROBE}.expression(0, lambda: (tf.reduce_mean(tf.square({PROBE}.tap(0, 'place', "
        f"({PROBE}.tap(0, 'label', (y)) - {PROBE}.tap(0, 'prediction', (p)))))) + 1)))"
    )
    assert found.carriers == {0: ["expression 0"]}
    assert list(found.lines) == [1, 2, 3]
    assert found.next_number == 1


def test_what_else_an_expression_reads_is_tapped() -> None:
    text = "import tensorflow as tf\nloss = tf.reduce_sum(w[0] * (y(z) - p) + len(s.n) + f(lambda v: v + 1, f'{w}'))\n"
    found = rewritten(text, site(text, "y(z) - p", label="y(z)", prediction="p"))
    line = found.text.split("\n")[1]
    assert f"{PROBE}.tap(0, 'other 0', (w[0])) * (" in line
    assert f" + len({PROBE}.tap(0, 'other 1', (s.n))) + f(lambda v: v + 1, f'{{w}}')" in line
    assert f"{PROBE}.tap(0, 'label', (y(z)))" in line


@pytest.mark.parametrize(
    "text",
    [
        "loss = (z := y - p)\n",
        "async def f(y, p):\n    return await (y - p)\n",
        "loss = model.fit(y - p)\n",
        "import tensorflow as tf\nloss = tf.keras.metrics.Mean().update_state(y - p)\n",
    ],
)
def test_no_more_is_wrapped_than_may_run_again(text: str) -> None:
    found = rewritten(text, site(text, "y - p", label="y", prediction="p"))
    assert f"expression(0, lambda: ({PROBE}.tap(0, 'place', ({PROBE}.tap(0, 'label', (y))" in found.text

"""TFL201: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from corners import confidences
from rule_programs import RuleTests


class TestRankBroadcast(RuleTests):
    rule = "rank_broadcast"


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("tf.reduce_mean(tf.square(labels - model(x)))", []),
        ("keras.losses.mse(labels, model(x))", ["possible"]),
        ("keras.losses.sparse_categorical_crossentropy(column, model(x)[:, 0])", []),
    ],
)
def test_what_nothing_trains_on(expression: str, found: list[str]) -> None:
    text = f"""\
    labels, column = y, y.reshape(-1, 1)
    model = keras.Sequential([keras.layers.Dense(1)])
    y_true = {expression}
    """
    assert confidences(text, "TFL201") == found

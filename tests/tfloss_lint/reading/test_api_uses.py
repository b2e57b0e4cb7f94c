"""Uses of members and arguments that a release may have or not have."""

from __future__ import annotations

import pytest
from readings import place, read_program

HEAD = "import tensorflow as tf\nfrom tensorflow import keras\n"


def uses(text: str) -> list[tuple[str, str, str, int]]:
    """Owner, name, how, and the number of conditions, of every use."""
    return [(use.owner, use.name, use.how, len(use.conditions)) for use in read_program(HEAD + text).api_uses]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("keras.metrics.Mean().reset_states()", [("keras.metrics.Mean", "reset_states", "read", 0)]),
        ("keras.optimizers.SGD(0.1, lr=0.2)", [("keras.optimizers.SGD", "lr", "argument", 0)]),
        ("keras.optimizers.SGD().lr = 0.2", [("keras.optimizers.SGD", "lr", "assigned", 0)]),
        (
            "keras.Model().fit(x, workers=2)",
            [("keras.Model", "fit", "read", 0), ("keras.Model.fit", "workers", "argument", 0)],
        ),
        (
            "m = tf.keras.mixed_precision.LossScaleOptimizer('sgd')\nm.get_scaled_loss(loss)",
            [("keras.mixed_precision.LossScaleOptimizer", "get_scaled_loss", "read", 0)],
        ),
        ("keras.callbacks.Callback().model", []),
        ("class M(keras.metrics.Metric):\n    pass\nM().updates", [("keras.metrics.Metric", "updates", "read", 0)]),
        ("class M(Unknown, keras.metrics.Metric):\n    pass\nM().updates", []),
        ("class M(keras.metrics.Metric):\n    def updates(self):\n        pass\nM().updates()", []),
    ],
)
def test_uses(text: str, expected: list[tuple[str, str, str, int]]) -> None:
    assert uses(text) == expected


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("if maybe:\n    m.updates", 1),
        ("if maybe:\n    pass\nelse:\n    m.updates", 1),
        ("if maybe:\n    if other:\n        m.updates", 2),
        ("if maybe:\n    pass\nm.updates", 0),
        ("if True:\n    m.updates", 0),
        ("m.updates if maybe else None", 1),
        ("try:\n    m.updates\nexcept AttributeError:\n    pass", 1),
        ("try:\n    pass\nexcept AttributeError:\n    m.updates", 1),
        ("try:\n    m.updates\nfinally:\n    pass", 0),
    ],
)
def test_conditions(text: str, conditions: int) -> None:
    made = "m = keras.metrics.Mean()\n"
    assert uses(made + text) == [("keras.metrics.Mean", "updates", "read", conditions)]


def test_places() -> None:
    program = read_program(HEAD + "m = keras.optimizers.SGD(lr=0.1)\nm.lr = 2.0\n")
    assert [place(program, use.node) for use in program.api_uses] == [(3, 29), (4, 1)]

"""TFL206: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from rule_programs import RuleTests, places

from tfloss_lint.generation import BOTH, Generation
from tfloss_lint.settings import Settings


class TestReplicaMean(RuleTests):
    rule = "replica_mean"


LOOP = """\
import tensorflow as tf
from tensorflow import keras
x, y = tf.ones((8, 1)), tf.ones((8, 1))
dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(4)
strategy = {strategy}
with strategy.scope():
    model = keras.Sequential([keras.layers.Dense(1)])
    optimizer = keras.optimizers.{optimizer}(0.1)
def step(x, y):
    {before}
    with tf.GradientTape() as tape:
        p = model(x, training=True)
        loss = {loss}
    gradients = tape.gradient(loss, model.trainable_variables)
    {after}
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
for batch in strategy.experimental_distribute_dataset(dataset):
    {run}
"""
MEAN, SUM = "tf.reduce_mean(tf.square(y - p))", "tf.reduce_sum(tf.square(y - p))"
MIRRORED = "tf.distribute.MirroredStrategy({})"
DEFAULT = {
    "strategy": MIRRORED.format(""),
    "optimizer": "SGD",
    "before": "pass",
    "loss": MEAN,
    "after": "pass",
    "run": "strategy.run(step, args=(batch[0], batch[1]))",
}
FOUND, POSSIBLE, SILENT = (1, 1), (0, 1), (0, 0)


def number(text: str, target: frozenset[Generation] = BOTH) -> tuple[int, int]:
    """The number of findings by default, and with ``--pedantic``."""
    settings = [Settings(select=("TFL206",), target_keras=target, pedantic=pedantic) for pedantic in (False, True)]
    by_default, pedantic = (len(places(text, each)) for each in settings)
    return by_default, pedantic


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, FOUND),
        ({"loss": "tf.reduce_mean(keras.losses.mse(y, p))"}, FOUND),
        ({"strategy": "tf.distribute.TPUStrategy()"}, FOUND),
        ({"strategy": MIRRORED.format("devices=['/gpu:0', '/gpu:1']")}, FOUND),
        ({"strategy": MIRRORED.format("devices")}, FOUND),
        ({"optimizer": "Adam"}, POSSIBLE),
        ({"strategy": MIRRORED.format("['/gpu:0']")}, SILENT),
        ({"strategy": "tf.distribute.OneDeviceStrategy('/gpu:0')"}, SILENT),
        ({"strategy": "tf.distribute.get_strategy()"}, SILENT),
        ({"strategy": "elsewhere()"}, SILENT),
        ({"run": "step(batch[0], batch[1])"}, SILENT),
        ({"loss": f"{MEAN} / strategy.num_replicas_in_sync"}, SILENT),
        ({"loss": f"{MEAN} / 2"}, SILENT),
        ({"loss": f"{MEAN} + {SUM}"}, SILENT),
        ({"loss": SUM}, SILENT),
        ({"loss": "keras.losses.MeanSquaredError()(y, p)"}, SILENT),
        ({"loss": "keras.losses.mse(y, p)"}, SILENT),
        ({"loss": "tf.reduce_mean(tf.square(x - p))"}, SILENT),
        ({"loss": "tf.reduce_mean(p)"}, SILENT),
        ({"after": "gradients = [g / strategy.num_replicas_in_sync for g in gradients]"}, SILENT),
        ({"after": "gradients = tf.distribute.get_replica_context().all_reduce('MEAN', gradients)"}, SILENT),
    ],
)
def test_loops(changes: dict[str, str], expected: tuple[int, int]) -> None:
    assert number(LOOP.format(**{**DEFAULT, **changes})) == expected


FIT = """\
import tensorflow as tf
from tensorflow import keras
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)
    def call(self, x):
        return self.head(x)
    def {step}(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - self(x, training=True)))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {{}}
def squared(y_true, y_pred):
    return tf.reduce_mean(tf.square(y_true - y_pred){axis})
strategy = tf.distribute.MirroredStrategy({devices})
with {scope}:
    model = Net()
    model.compile(keras.optimizers.SGD(0.1){compile})
x, y = tf.ones((8, 1)), tf.ones((8, 1))
model.fit(x, y)
"""
STEPPED = {"step": "train_step", "axis": "", "devices": "", "scope": "strategy.scope()", "compile": ""}
OWN = {**STEPPED, "step": "more", "compile": ", squared"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (STEPPED, FOUND),
        ({**STEPPED, "scope": "open('x')"}, SILENT),
        ({**STEPPED, "compile": ", 'mse'"}, SILENT),
        ({**STEPPED, "devices": "['/gpu:0']"}, SILENT),
        (OWN, FOUND),
        ({**OWN, "axis": ", axis=-1"}, SILENT),
        ({**OWN, "scope": "open('x')"}, SILENT),
        ({**OWN, "devices": "['/gpu:0']"}, SILENT),
        ({**OWN, "compile": ", 'mse', metrics=[squared]"}, SILENT),
    ],
)
def test_steps_and_compiled_losses(changes: dict[str, str], expected: tuple[int, int]) -> None:
    assert number(FIT.format(**changes)) == expected


def test_keras2_divides_every_compiled_loss() -> None:
    assert number(FIT.format(**OWN), frozenset({Generation.KERAS2})) == SILENT


RUNNING = LOOP.replace("    optimizer =", "    running = keras.metrics.Mean()\n    optimizer =") + "print({shown})\n"
SHARE = SUM + " / (4 * strategy.num_replicas_in_sync)"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, FOUND),
        ({"strategy": MIRRORED.format("['/cpu:0', '/cpu:1']")}, FOUND),
        ({"strategy": MIRRORED.format("['/cpu:0']")}, SILENT),
        ({"loss": SUM + " * (1 / (4 * strategy.num_replicas_in_sync))"}, FOUND),
        ({"loss": "(1 / (strategy.num_replicas_in_sync * 4)) * " + SUM}, FOUND),
        ({"loss": MEAN + " / strategy.num_replicas_in_sync"}, FOUND),
        ({"loss": SHARE + " + 0.1 * tf.add_n(model.losses)"}, FOUND),
        ({"loss": "tf.nn.compute_average_loss(keras.losses.mse(y, p))"}, FOUND),
        ({"loss": SUM + " / 4"}, SILENT),
        ({"loss": "tf.square(y - p) / (4 * strategy.num_replicas_in_sync)"}, SILENT),
        ({"loss": "tf.reduce_sum(y) / (4 * strategy.num_replicas_in_sync)"}, SILENT),
        ({"after": "running(loss * strategy.num_replicas_in_sync)"}, SILENT),
        ({"after": "running(3.0)"}, SILENT),
        ({"after": "running(unknown)"}, SILENT),
        ({"after": "running(loss, sample_weight=2.0)"}, SILENT),
        ({"after": "keras.metrics.Sum()(loss)"}, SILENT),
        ({"shown": "strategy.num_replicas_in_sync * running.result()"}, SILENT),
        ({"run": "step(*batch)"}, SILENT),
    ],
)
def test_shares_in_a_mean(changes: dict[str, str], expected: tuple[int, int]) -> None:
    values = {**DEFAULT, "loss": SHARE, "after": "running(loss)", "shown": "running.result()", **changes}
    assert number(RUNNING.format(**values)) == expected

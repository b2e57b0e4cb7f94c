"""Gradients on their way from a tape to an optimizer, on each stack."""

from __future__ import annotations

from runtime_programs import LOAD
from stacks import Stack

PROGRAM = (
    LOAD
    + """
import builtins
import importlib
import types
import tensorflow as tf
from runtime_checks.probe.gradients import Flows, scale_between, watch_optimizers, watch_tapes


class Watching:
    def __init__(self):
        self.told = []
        self.follow = Flows(self.told.append)
        self.place = {}

    def flows(self):
        return self.follow

    def places(self):
        return self.place


class Current:
    def __getattr__(self, name):
        return getattr(builtins.watching, name)


keras = importlib.import_module(tf.keras.Model.__module__.split(".")[0])
builtins.watching = probe = Watching()
watch_tapes(tf, Current())
watch_optimizers(keras, Current())
first, second = tf.Variable(2.0), tf.Variable([1.0, 1.0])


def step(optimizer, change=lambda gradients: gradients, asked=(first, second), **options):
    probe.told.clear()
    with tf.GradientTape() as tape:
        half = first * first / 2.0
        probe.place = {7: half, 8: "no tensor", 9: tf.constant(3)}
        loss = 3.0 * half + tf.reduce_sum(second)
    gradients = tape.gradient(loss, list(asked))
    optimizer.apply_gradients(zip(change(gradients), asked), **options)
    return [float(tf.reduce_sum(gradient)) for gradient in gradients]


def said():
    (flow,) = probe.told
    return {
        "shares": {str(site): share for site, share in flow.shares.items()},
        "scale": scale_between(flow.given, flow.handed),
        "applied": scale_between(flow.given, flow.applied),
        "summed": flow.is_summed,
        "optimizers": [type(optimizer).__name__ for optimizer in flow.optimizers],
        "multiplied": flow.multiplied,
    }


def sgd():
    return tf.keras.optimizers.SGD(0.0)


results = {"gradients": step(sgd()), "plain": said()}
step(sgd(), lambda gradients: [-0.5 * gradient for gradient in gradients])
results["scaled"] = said()
step(sgd(), lambda gradients: [gradients[0], 2.0 * gradients[1]])
results["changed"] = said()
step(sgd(), asked=[second])
results["one"] = said()
step(tf.keras.mixed_precision.LossScaleOptimizer(sgd()))
results["loss scale"] = said()
if not keras.__version__.startswith("3"):
    step(sgd(), experimental_aggregate_gradients=False)
    results["summed by the program"] = said()
around = tf.keras.mixed_precision.LossScaleOptimizer(sgd())
probe.told.clear()
for scales in (True, False):
    with tf.GradientTape() as tape:
        loss = first * first
        target = loss
        if scales:
            target = around.scale_loss(loss) if hasattr(around, "scale_loss") else around.get_scaled_loss(loss)
    around.apply_gradients([(tape.gradient(target, first), first)])
    results["multiplied" if scales else "not multiplied"] = said()["multiplied"]
    probe.told.clear()
sgd().apply_gradients([(tf.constant(1.0), tf.Variable(1.0))])
results["from elsewhere"] = len(probe.told)
probe.follow = None
results["not followed"] = step(sgd())
results["between"] = [
    scale_between([tf.constant(0.0)], [tf.constant(0.0)]),
    scale_between([None], [tf.constant(1.0)]),
    scale_between([], [tf.constant(1.0)]),
    scale_between([tf.constant([1.0])], [tf.constant([1.0, 1.0])]),
]
slices = tf.IndexedSlices(tf.constant([[1.0]]), tf.constant([1]), tf.constant([2, 1]))
results["slices"] = scale_between([slices], [4.0 * tf.convert_to_tensor(slices)])
"""
)
PLAIN = {"shares": {"7": 3.0}, "scale": 1.0, "applied": 1.0, "summed": True, "optimizers": ["SGD"], "multiplied": 1.0}


def test_from_the_tape_to_the_optimizer(stack: Stack) -> None:
    results = stack.run(PROGRAM, returns=["results"])["results"]
    assert results["gradients"] == [6.0, 2.0]
    assert results["plain"] == PLAIN
    assert results["scaled"] == {**PLAIN, "scale": -0.5, "applied": -0.5}
    assert results["changed"] == {**PLAIN, "scale": None, "applied": None}
    assert results["one"] == PLAIN
    if stack.name != "keras3":
        assert results["summed by the program"] == {**PLAIN, "summed": False}
    assert (results["from elsewhere"], results["not followed"]) == (0, [6.0, 2.0])
    assert results["between"] == [None, None, None, None]
    assert results["slices"] == 4.0


def test_one_optimizer_around_another(stack: Stack) -> None:
    """Keras 3 divides by the loss scale on the way; Keras 2 leaves that to the program."""
    results = stack.run(PROGRAM, returns=["results"])["results"]
    divided = 2.0**-15 if stack.name == "keras3" else 1.0
    names = results["loss scale"]["optimizers"]
    expected = {**PLAIN, "optimizers": names, "applied": divided}
    assert results["loss scale"] == expected
    assert (results["multiplied"], results["not multiplied"]) == (2.0**15, 1.0)
    assert (names[0].startswith("LossScaleOptimizer"), names[-1]) == (True, "SGD")

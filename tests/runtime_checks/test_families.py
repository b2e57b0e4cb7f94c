"""Which well-known losses some numbers are, on each stack."""

from __future__ import annotations

from runtime_programs import LOAD
from stacks import Stack

PROGRAM = (
    LOAD
    + """
import numpy as np
import tensorflow as tf
from runtime_checks.families import means_of

random = np.random.RandomState(0)
numbers, outputs = (random.normal(size=(8, 3)).astype("float32") for _ in range(2))
classes = random.randint(3, size=8)
probabilities, numbers, outputs = map(tf.constant, (tf.nn.softmax(outputs), numbers, outputs))
losses = tf.keras.losses


def found(value, *pair):
    return [list(mean) for mean in means_of(float(tf.reduce_mean(value)), *pair)]


results = {
    "squares": found(losses.MSE(numbers, outputs), numbers, outputs),
    "twice": found(2.0 * losses.MSE(numbers, outputs), numbers, outputs),
    "logits": found(losses.sparse_categorical_crossentropy(classes, outputs, from_logits=True), classes, outputs),
    "probabilities": found(losses.sparse_categorical_crossentropy(classes, probabilities), classes, probabilities),
}
(mean,) = means_of(float(tf.reduce_mean(losses.MSE(numbers, outputs))), numbers, outputs)
both = [tf.concat([tensor, 2.0 * tensor], axis=0) for tensor in (numbers, outputs)]
values = [mean.value(*both), float(tf.reduce_mean(losses.MSE(*both)))]
try:
    mean.value(classes, outputs)
except ValueError as error:
    said = str(error)
"""
)


def test_means(stack: Stack) -> None:
    found = stack.run(PROGRAM, returns=["results", "values", "said"])
    results = found["results"]
    assert results["squares"] == [["same", "mean_squared_error", False]]
    assert results["twice"] == []
    for name, from_logits in (("logits", True), ("probabilities", False)):
        assert ["sparse", "sparse_categorical_crossentropy", from_logits] in results[name]
        assert {entry[2] for entry in results[name]} == {from_logits}
    assert abs(found["values"][0] - found["values"][1]) < 1e-5
    assert found["said"] == "the labels are not same"

"""The relations tell right losses from wrong ones, and say when they cannot."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from runtime_programs import LOAD
from stacks import Stack

from tfloss_lint.runtime_checks.relations import (
    AGREES,
    CONFIRMED,
    DIVERGES,
    INCONCLUSIVE,
    INVALID,
    REFUTED,
    SAFETY,
    Measurement,
    UnmeasurableError,
    broadcast_shape,
    settle,
    summary,
    tolerance,
)

HEAD = (
    LOAD
    + """
import dataclasses
import numpy as np
import tensorflow as tf
from runtime_checks import relations
from runtime_checks.relations import *

random = np.random.RandomState(0)

def tensor(*shape, dtype="float32"):
    return tf.constant(random.normal(size=shape), dtype)

def plain(found):
    return {key: list(map(list, value.values())) if key == "shapes" else value
            for key, value in dataclasses.asdict(found).items()}
"""
)


# --- the four ways to write a loss, as the table of the module says

TABLE = (
    HEAD
    + """
def right(y, p):
    return tf.reduce_mean(tf.square(tf.reshape(y, tf.shape(p)) - p))

def broadcast(y, p):
    return tf.reduce_mean(tf.square(y - p))

def divided_sum(y, p):
    return tf.reduce_sum(tf.square(tf.reshape(y, tf.shape(p)) - p)) / 24.0

def vector(y, p):
    return tf.reduce_mean(tf.square(tf.reshape(y, tf.shape(p)) - p), axis=-1)

y = tensor(24)
p = tf.reshape(y, (24, 1)) + 0.1 * tensor(24, 1)
table = {
    loss.__name__: {
        relation.__name__: plain(relation(loss, y, p))
        for relation in (label_shuffle, alignment, duplication, partial_batch)
    }
    for loss in (right, broadcast, divided_sum, vector)
}
"""
)


def test_the_table(stack: Stack) -> None:
    table = stack.run(TABLE, returns=["table"])["table"]
    verdicts = {loss: {name: found["verdict"] for name, found in row.items()} for loss, row in table.items()}
    mean = {"label_shuffle": DIVERGES, "alignment": AGREES, "duplication": AGREES, "partial_batch": AGREES}
    total = {"label_shuffle": DIVERGES, "alignment": AGREES, "duplication": DIVERGES, "partial_batch": DIVERGES}
    assert verdicts == {
        "right": mean,
        "broadcast": {"label_shuffle": AGREES, "alignment": DIVERGES, "duplication": AGREES, "partial_batch": DIVERGES},
        "divided_sum": total,
        "vector": total,
    }
    close = {"rel": 1e-5}
    for loss in ("divided_sum", "vector"):
        for ratio in ("ratio", "gradient_ratio"):
            assert table[loss]["duplication"][ratio] == pytest.approx(2.0, **close)
            assert table[loss]["partial_batch"][ratio] == pytest.approx(0.5, **close)
    for loss in ("right", "broadcast"):
        assert table[loss]["duplication"]["ratio"] == pytest.approx(1.0, **close)
    assert table["broadcast"]["label_shuffle"]["gradient_cosine"] == pytest.approx(1.0, **close)
    assert table["broadcast"]["alignment"]["ratio"] > 50
    # Shuffled labels change the three others alike, and by much.
    shuffled = [table[loss]["label_shuffle"]["ratio"] for loss in ("right", "divided_sum", "vector")]
    assert shuffled == pytest.approx([shuffled[0]] * 3, **close)
    assert shuffled[0] > 50
    assert table["vector"]["duplication"]["shapes"] == [[24], [24, 1], [24]]
    assert table["right"]["duplication"]["shapes"] == [[24], [24, 1], []]


ZERO_WEIGHTS = (
    HEAD
    + """
def broadcast(y, p):
    return tf.reduce_mean(tf.square(y - p))

y = tensor(32)
y -= tf.reduce_mean(y)
p = tf.zeros((32, 1))
shuffled, aligned = plain(label_shuffle(broadcast, y, p)), plain(alignment(broadcast, y, p))
"""
)


def test_the_gradient_shows_what_the_value_hides(stack: Stack) -> None:
    result = stack.run(ZERO_WEIGHTS, returns=["shuffled", "aligned"])
    aligned = result["aligned"]
    assert aligned["as_written"] == pytest.approx(aligned["reference"], rel=1e-5)
    assert (aligned["verdict"], aligned["reason"]) == (DIVERGES, "gradient")
    # What is left of the gradient is rounding, and is not taken for a difference.
    assert aligned["gradient_ratio"] < 1e-5
    assert result["shuffled"]["verdict"] == AGREES


# --- other relations

OTHERS = (
    HEAD
    + """
from runtime_checks.reference import canonical

y, p = tensor(16, 3), tensor(16, 3)
shares, others = tf.nn.softmax(tensor(16, 3)), tf.nn.softmax(tensor(16, 3))

def squares(y, p):
    return tf.reduce_mean(tf.square(y - p), axis=-1)

def mean_of_squares(y, p):
    return tf.reduce_mean(squares(y, p))

def divergence(y, p):
    return tf.reduce_sum(y * tf.math.log(y / p), axis=-1)

def in_numpy(y, p):
    return canonical("mean_squared_error", y, p)

def weighted(y, p, weight, unused):
    return tf.reduce_sum(squares(y, p) * weight) / tf.reduce_sum(weight)

def two_outputs(y, p):
    return mean_of_squares(y["a"], p["a"]) + tf.reduce_sum(squares(y["b"], p["b"]))

both = {"a": y, "b": shares}, {"a": p, "b": others}
found = {
    "swapped squares": argument_order(mean_of_squares, y, p),
    "swapped divergence": argument_order(divergence, shares, others),
    "same": reference(mean_of_squares, y, p, lambda y, p: tf.reduce_sum(squares(y, p)) / 16),
    "sum": reference(squares, y, p, mean_of_squares),
    "numpy": reference(mean_of_squares, y, p, in_numpy),
    "half of numpy": reference(lambda y, p: 0.5 * mean_of_squares(y, p), y, p, in_numpy),
    "other labels": reference(mean_of_squares, y[:, ::-1], p, mean_of_squares, labels=y),
    "context": duplication(weighted, y, p, context=(tf.range(16.0), None)),
    "parts of context": partial_batch(weighted, y, p, context=(tf.ones(16), None)),
    "two outputs": duplication(two_outputs, *both),
    "shuffled pairs": label_shuffle(two_outputs, *both),
}
found = {name: plain(measurement) for name, measurement in found.items()}
"""
)


def test_other_relations(stack: Stack) -> None:
    found = stack.run(OTHERS, returns=["found"])["found"]
    assert {name: measurement["verdict"] for name, measurement in found.items()} == {
        "swapped squares": AGREES,
        "swapped divergence": DIVERGES,
        "same": AGREES,
        "sum": DIVERGES,
        "numpy": AGREES,
        "half of numpy": DIVERGES,
        "other labels": DIVERGES,
        "context": AGREES,
        "parts of context": AGREES,
        "two outputs": DIVERGES,
        "shuffled pairs": DIVERGES,
    }
    assert [found["sum"]["ratio"], found["sum"]["gradient_ratio"]] == pytest.approx([16.0, 16.0])
    assert found["half of numpy"]["ratio"] == pytest.approx(0.5)
    assert found["half of numpy"]["gradient_ratio"] is None
    assert 1.0 < found["two outputs"]["ratio"] < 2.0


# --- where a relation says nothing

INVALIDS = (
    HEAD
    + """
y, p = tensor(8), tensor(8, 1)

def broadcast(y, p):
    return tf.reduce_mean(tf.square(tf.cast(y, p.dtype) - p))

def ignores(y, p):
    return tf.reduce_mean(tf.square(p)) + 0.0 * tf.reduce_sum(y)

def noisy(y, p):
    return broadcast(y, p) + tf.random.uniform(())

def infinite(y, p):
    return broadcast(y, p) / 0.0

def of_eight(y, p):
    return broadcast(tf.reshape(y, (8, 1)), p)

classes = tf.constant([0, 1, 2, 0, 1, 2, 0, 1])
scores = tensor(8, 3)
found = {
    "one row": label_shuffle(broadcast, y[:1], p[:1]),
    "equal labels": label_shuffle(broadcast, tf.ones(8), p),
    "ignored labels": label_shuffle(ignores, y, p),
    "random": duplication(noisy, y, p),
    "infinite": duplication(infinite, y, p),
    "one shape": alignment(broadcast, p, p),
    "classes": alignment(lambda y, p: tf.reduce_mean(p), classes, scores),
    "swapped classes": argument_order(lambda y, p: tf.reduce_mean(p), classes, scores),
    "fixed size": duplication(of_eight, y, p),
    "whole numbers": label_shuffle(broadcast, y, tf.constant([1, 2, 3, 4, 5, 6, 7, 8])),
    "ragged": label_shuffle(lambda y, p: tf.reduce_mean(p), tf.RaggedTensor.from_row_lengths(y, [2] * 4), p[:4]),
}
found = {name: [measurement.verdict, measurement.reason] for name, measurement in found.items()}
"""
)


def test_what_cannot_be_measured_is_invalid_with_its_reason(stack: Stack) -> None:
    found = stack.run(INVALIDS, returns=["found"])["found"]
    assert {verdict for verdict, _ in found.values()} == {INVALID}
    reasons = {
        "one row": "a batch of one row",
        "equal labels": "all labels of the batch are equal",
        "ignored labels": "the loss ignores the labels",
        "random": "the loss is random: the same inputs gave another value",
        "infinite": "the loss or its gradient is not finite",
        "one shape": "labels and predictions have one shape",
        "classes": "labels (8,) cannot take the shape of predictions (8, 3)",
        "swapped classes": "integer labels cannot stand in for predictions",
        "whole numbers": "predictions of dtype int32 have no gradient",
        "ragged": "ragged or sparse labels",
    }
    assert {name: found[name][1] for name in reasons} == reasons
    assert found["fixed size"][1].startswith("the loss raises InvalidArgumentError")


# --- tolerance

REORDERED = (
    HEAD
    + """
worst = {}
for dtype in ("float64", "float32", "float16", "bfloat16"):
    for count in (10, 1000, 30000):  # float16 ends at 65504
        values = tf.cast(tf.constant(random.uniform(size=count)), dtype)
        sums = [float(tf.reduce_sum(tf.gather(values, random.permutation(count)))) for _ in range(8)]
        worst["%s %d" % (dtype, count)] = (max(sums) - min(sums)) / max(sums)
"""
)


def test_reordering_stays_within_the_tolerance(stack: Stack) -> None:
    worst = stack.run(REORDERED, returns=["worst"])["worst"]
    assert len(worst) == 12
    for key, difference in worst.items():
        dtype, count = key.split()
        assert difference <= tolerance(dtype, int(count)), key
    # A tolerance that nothing ever comes near would hide mistakes.
    assert worst["float32 1000"] > tolerance("float32", 1000) / 1000


def test_the_tolerance_follows_from_dtype_and_terms() -> None:
    assert tolerance("float32", 1) == SAFETY * 2.0**-23
    assert tolerance("float32", 10_000) == 100 * tolerance("float32", 1)
    assert tolerance("float64", 10_000) == SAFETY * 100 * 2.0**-52
    # Sums in 16 bits are kept in 32 and rounded once.
    assert tolerance("float16", 10_000) == tolerance("float16", 1) == SAFETY * 2.0**-10
    assert tolerance("bfloat16", 1) == SAFETY * 2.0**-7
    assert tolerance("float32", 1, tf32=True) == SAFETY * 2.0**-10
    assert tolerance("float64", 1, tf32=True) == tolerance("float64", 1)
    # None of them comes near the factor of 2 between a mean and a sum over a duplicated batch.
    assert max(tolerance(dtype, 10**9) for dtype in ("float64", "float32", "float16", "bfloat16")) < 0.1


TOO_COARSE = (
    HEAD
    + """
relations.COARSEST = 1e-7
found = duplication(lambda y, p: tf.reduce_mean(tf.square(y - p)), tensor(8, 1), tensor(8, 1))
found = [found.verdict, found.reason]
relations.COARSEST = 0.25
"""
)


def test_sums_that_are_too_inexact_are_no_measurement(stack: Stack) -> None:
    assert stack.run(TOO_COARSE, returns=["found"])["found"] == [INVALID, "too many terms to add up in this dtype"]


# --- several batches


def measured(verdict: str, ratio: float | None = None, reason: str = "") -> Measurement:
    value = None if ratio is None else {"as_written": ratio, "reference": 1.0, "ratio": ratio}
    return Measurement("reference", verdict, reason, **(value or {}))


def test_one_batch_settles_nothing() -> None:
    assert settle([measured(DIVERGES, 2.0)]) == (INCONCLUSIVE, "only 1 of 2 batches")
    assert settle([measured(DIVERGES, 2.0)], at_least=1) == (CONFIRMED, "")


def test_two_batches_settle_it() -> None:
    assert settle([measured(DIVERGES, 2.0)] * 2) == (CONFIRMED, "")
    assert settle([measured(AGREES)] * 2) == (REFUTED, "")
    assert settle([measured(AGREES)] * 2, mistake=AGREES) == (CONFIRMED, "")
    assert settle([measured(DIVERGES, 2.0), measured(AGREES)])[0] == INCONCLUSIVE
    assert settle([measured(DIVERGES, 2.0)] * 2 + [measured(INVALID, reason="x")]) == (CONFIRMED, "")


def test_invalid_batches_say_why() -> None:
    batches = [measured(INVALID, reason="a"), measured(INVALID, reason="b"), measured(DIVERGES, 2.0)]
    assert settle(batches) == (INCONCLUSIVE, "a; b")


def test_small_differences_settle_nothing() -> None:
    small = [measured(DIVERGES, 1.0001)] * 2
    assert settle(small)[0] == CONFIRMED
    assert settle(small, least=1e-3) == (INCONCLUSIVE, "a difference below 0.001 of the loss")
    # The difference may as well be one of the gradients.
    turned = Measurement("reference", DIVERGES, "", {}, 1.0, 1.0, 1.0, 1.0, 0.5)
    assert settle([turned] * 2, least=1e-3)[0] == CONFIRMED


@pytest.mark.parametrize(
    ("numbers", "factor", "expected"),
    [
        ((2.0, 2.0, 1.0), 2.0, True),
        ((2.0, 2.0, 1.0), 1.0, False),
        ((2.0, 1.9, 1.0), 2.0, False),
        ((2.0, 2.0, 0.9), 2.0, False),
        ((1.9, 2.0, 1.0), 2.0, False),
        ((-1.0, 1.0, -1.0), -1.0, True),
        ((None, 2.0, 1.0), 2.0, False),
    ],
)
def test_a_factor_holds_in_value_and_gradient(numbers: Any, factor: float, expected: bool) -> None:
    ratio, gradient_ratio, cosine = numbers
    found = Measurement("duplication", DIVERGES, "", {}, 2.0, 1.0, ratio, gradient_ratio, cosine, 1e-5)
    assert found.is_factor(factor) is expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((32,), (32, 1), (32, 32)),
        ((8, 1), (8,), (8, 8)),
        ((4, 3), (4, 3), (4, 3)),
        ((4,), (4, 3), None),
        ((), (2, 2), (2, 2)),
    ],
)
def test_broadcast_shapes(first: Any, second: Any, expected: Any) -> None:
    assert broadcast_shape(first, second) == expected


def test_importing_the_checks_imports_nothing_big() -> None:
    program = (
        "import sys, tfloss_lint.runtime_checks as checks\n"
        "assert checks.LossAudit and checks.audit_step\n"
        "print(sorted({'tensorflow', 'keras', 'tf_keras', 'numpy', 'libcst'} & set(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed == "[]\n"


def test_summary_of_an_error_is_its_class_and_first_line() -> None:
    assert summary(ValueError("no shape {{node add}} fits\nmore")) == "ValueError: no shape fits"
    assert summary(KeyError()) == "KeyError"


def test_summary_of_what_cannot_be_measured_is_its_text() -> None:
    assert summary(UnmeasurableError("the mask leaves nothing")) == "the mask leaves nothing"

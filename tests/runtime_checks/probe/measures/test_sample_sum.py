"""The losses of the samples, added up where Keras averages them."""

from __future__ import annotations

from measure_cases import Case, check_verdicts, loop
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, REFUTED
from tfloss_lint.runtime_checks.probe.measures.sample_sum import SampleSum

ERRORS = "tf.square(outputs[:, 0] - labels)"
TIMES = r"the sum over 16 samples is .*, 16 times their mean .*"


def of(summed: str) -> dict[str, str]:
    return {"losses": summed}


CASES: dict[str, Case] = {
    "wrong": Case(loop(f"tf.reduce_sum({ERRORS})"), f"tf.reduce_sum({ERRORS})", CONFIRMED, TIMES, of(ERRORS)),
    "of two outputs": Case(
        loop(f"tf.reduce_sum([{ERRORS}, tf.abs(labels)])"), f"tf.reduce_sum([{ERRORS}, tf.abs(labels)])", CONFIRMED,
        TIMES, of(f"[{ERRORS}, tf.abs(labels)]")),
    "of means": Case(
        loop(f"tf.reduce_sum([tf.reduce_mean({ERRORS}), 0.5])"), f"tf.reduce_sum([tf.reduce_mean({ERRORS}), 0.5])",
        REFUTED, "what is summed is a single number for each output", of(f"[tf.reduce_mean({ERRORS}), 0.5]")),
    "of zeros": Case(
        loop("tf.reduce_sum(labels * 0.0) + 0.0 * tf.reduce_sum(outputs)"), "tf.reduce_sum(labels * 0.0)", INCONCLUSIVE,
        "all losses are 0", of("labels * 0.0")),
    "of different numbers": Case(
        loop(f"add([{ERRORS}, labels[:8]])").replace("\nfor", "\ndef add(parts):\n    return sum(map(tf.reduce_sum, parts))\nfor", 1),
        f"add([{ERRORS}, labels[:8]])", INCONCLUSIVE, "the outputs have different numbers of losses",
        of(f"[{ERRORS}, labels[:8]]")),
    "of something else": Case(
        loop(f"tf.reduce_sum({ERRORS}, axis=0) / 7.0"), f"tf.reduce_sum({ERRORS}, axis=0) / 7.0", INCONCLUSIVE,
        "it is not the sum of these losses", of(ERRORS)),
}  # fmt: skip


def test_verdicts_on_sample_sum(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, SampleSum, CASES)

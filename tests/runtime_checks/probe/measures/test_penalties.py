"""Penalties of a model that a loss leaves out, or has twice."""

from __future__ import annotations

from measure_cases import MEAN, Case, check_verdicts, loop
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, REFUTED, Fact
from tfloss_lint.runtime_checks.probe.measures.penalties import Penalties

PENALIZED = "model.add(layers.Dense(1, kernel_regularizer=keras.regularizers.L2(1.0)))\n"
TWICE: dict[str, Fact] = {"twice": True}
CASES: dict[str, Case] = {
    "dropped": Case(
        "model.add(layers.Dense(1, kernel_regularizer=keras.regularizers.L2(1.0)))\n" + loop(MEAN), MEAN, CONFIRMED,
        "loss .* without the model's penalties of .*; gradient ratio .*, cosine .*", {"model": "model(features"}, code="TFL103"),
    "kept": Case(
        "model.add(layers.Dense(1, kernel_regularizer=keras.regularizers.L2(1.0)))\n" + loop(f"{MEAN} + tf.add_n(model.losses)"), MEAN,
        REFUTED, "the loss changes with the model's penalties", {"model": "model(features"}, code="TFL103"),
    "twice": Case(
        PENALIZED + loop(f"{MEAN} + 2.0 * tf.add_n(model.losses)"), MEAN, CONFIRMED,
        "loss .* contains the model's penalties of .* 2.000 times; gradient ratio .*", {"model": "model(features"}, TWICE, "TFL502"),
    "once": Case(
        PENALIZED + loop(f"{MEAN} + tf.add_n(model.losses)"), MEAN, REFUTED,
        "loss .* contains the model's penalties of .* 1.000 times", {"model": "model(features"}, TWICE, "TFL502"),
    "half": Case(
        PENALIZED + loop(f"{MEAN} + 0.5 * tf.add_n(model.losses)"), MEAN, INCONCLUSIVE,
        "loss .* contains the model's penalties of .* 0.500 times", {"model": "model(features"}, TWICE, "TFL502"),
    "none": Case(
        loop(MEAN), MEAN, INCONCLUSIVE, "the penalties are too small to be seen beside the loss", {"model": "model(features"},
        code="TFL103"),
}  # fmt: skip


def test_verdicts_on_penalties(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, Penalties, CASES)

"""Compiled losses that no step uses."""

from __future__ import annotations

from measure_cases import MEAN, Case, check_verdicts, evaluated, loop
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, REFUTED
from tfloss_lint.runtime_checks.probe.measures.unused import UnusedLoss

COMPARED = {"label": "labels[:, None]", "prediction": "outputs)", "call": "labels[:, None] - outputs"}
CASES: dict[str, Case] = {
    "another": Case(
        "model.compile('sgd', 'mae')\n" + loop(MEAN), "'mae'", CONFIRMED,
        "the loss that is trained is .*, the compiled one .*; gradient ratio .*, cosine .*",
        COMPARED, code="TFL105"),
    "the same": Case(
        "model.add(layers.Dense(1, kernel_regularizer='l2'))\nmodel.compile('sgd', 'mse')\n"
        + loop(f"{MEAN} + sum(model.losses)"), "'mse'", REFUTED,
        "the loss that is trained is .*, the compiled one .*; gradient ratio 1.000, cosine 1.00",
        COMPARED, code="TFL105"),
    "used": Case(
        "model.compile('sgd', 'mae')\nmodel.evaluate(x, y, verbose=0)\n" + loop(MEAN), "'mae'", REFUTED,
        "Keras has called the compiled loss", COMPARED, code="TFL105"),
    "not compiled": Case(
        "given = 'mae'\n" + loop(MEAN), "'mae'", INCONCLUSIVE, "no model was compiled with it before",
        COMPARED, code="TFL105"),
    "random": Case(
        "model.compile('sgd', 'mae')\n" + loop(f"{MEAN} + tf.random.normal([])"), "'mae'", INCONCLUSIVE,
        "the loss is random: .*", COMPARED, code="TFL105"),
    "of a step": Case(
        evaluated(MEAN).replace("SGD(0.01)", "SGD(0.01), loss='mae'").replace("own.evaluate", "own.fit"), "'mae'",
        CONFIRMED, "the loss that is trained is .*, the compiled one .*; gradient ratio .*, cosine .*",
        {"call": "trained, self"}, code="TFL105"),
    "the same of a step": Case(
        evaluated(MEAN, 40).replace("SGD(0.01)", "SGD(0.01), loss='mse'").replace("own.evaluate", "own.fit"), "'mse'",
        REFUTED, "the loss that is trained is .*, the compiled one .*; gradient ratio 1.000, cosine 1.00",
        {"call": "trained, self"}, code="TFL105"),
    "of another step": Case(
        "model.compile('sgd', 'mae')\n" + evaluated(MEAN).replace("own.evaluate", "own.fit"), "'mae'", INCONCLUSIVE,
        "another model was compiled with it", {"call": "trained, self"}, code="TFL105"),
    "without outputs": Case(
        evaluated(MEAN).replace("self(features, training=True)", "self.head.kernel[0]")
        .replace("SGD(0.01)", "SGD(0.01), loss='mae'").replace("own.evaluate", "own(x)\nown.fit"), "'mae'",
        INCONCLUSIVE, "the step takes 1 gradients of 0 outputs", {"call": "trained, self"}, code="TFL105"),
}  # fmt: skip


def test_verdicts_on_unused_loss(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, UnusedLoss, CASES)

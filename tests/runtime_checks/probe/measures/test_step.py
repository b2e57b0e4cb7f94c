"""What the audit of a whole training step finds of its loss."""

from __future__ import annotations

from measure_cases import MEAN, SQUARES, Case, check_verdicts, step
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, REFUTED
from tfloss_lint.runtime_checks.probe.measures.step import StepLoss


def weighted(loss: str, weights: str, compiled: str = '"mse"') -> str:
    """A step that is handed sample weights."""
    text = step(loss).replace("labels = batch", "labels, weights = batch").replace('kernel_regularizer="l2"', "")
    return text.replace('loss="mse"', f"loss={compiled}").replace("fit(x, y, ", f"fit(x, y, sample_weight={weights}, ")


CASES: dict[str, Case] = {
    "raw": Case(
        step(f"2.0 * {MEAN}"), f"2.0 * {MEAN}", CONFIRMED, "loss .* vs .* of the compiled 'mse'; gradient ratio .*",
        code="TFL101"),
    "the compiled one": Case(
        step("self.compute_loss(x=features, y=labels, y_pred=outputs)").replace('kernel_regularizer="l2"', ""),
        "self.compute_loss(x=features, y=labels, y_pred=outputs)", INCONCLUSIVE,
        "the audit of the step finds nothing of the kind", code="TFL101"),
    "weights dropped": Case(
        weighted(MEAN, "1.0 + (x[:, 0] > 0)"), MEAN, CONFIRMED,
        "loss .* without the batch's sample weights, .* with them; gradient ratio .*", code="TFL104"),
    "weights dropped, no compiled loss": Case(
        weighted(MEAN, "1.0 + (x[:, 0] > 0)", "None"), MEAN, CONFIRMED,
        "loss .*, whatever the sample weights, which are 1 to 2 here", code="TFL104"),
    "weights of 1, no compiled loss": Case(
        weighted(MEAN, "np.ones(40)", "None"), MEAN, INCONCLUSIVE, "the model was compiled without a loss.*",
        code="TFL104"),
    "weights that count": Case(
        weighted(f"tf.reduce_mean(weights[:, None] * {SQUARES})", "1.0 + (x[:, 0] > 0)"),
        f"tf.reduce_mean(weights[:, None] * {SQUARES})", REFUTED, "the loss changes with the sample weights",
        code="TFL104"),
}  # fmt: skip


def test_verdicts_on_step(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, StepLoss, CASES)

"""Gradients in float16 that vanish without a scaled loss."""

from __future__ import annotations

from measure_cases import MEAN, Case, check_verdicts, loop, replicas
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, NOT_REACHED, REFUTED
from tfloss_lint.runtime_checks.probe.measures.loss_scale import LossScale

IN_FLOAT16 = "tf.reduce_mean(tf.square(labels[:, None] - tf.cast(tf.cast(outputs, tf.float16), tf.float32)))"
SCALED = """
optimizer = keras.mixed_precision.LossScaleOptimizer(optimizer)
scale = getattr(optimizer, "scale_loss", None) or optimizer.get_scaled_loss
unscale = getattr(optimizer, "get_unscaled_gradients", list)
for features, labels in data:
    with tf.GradientTape() as tape:
        outputs = model(features, training=True)
        scaled = scale(tf.reduce_mean(tf.square(labels[:, None] - outputs)))
    gradients = tape.gradient(scaled, model.trainable_variables)
    optimizer.apply_gradients(zip(unscale(gradients), model.trainable_variables))
"""
CASES: dict[str, Case] = {
    "vanishing": Case(
        loop(f"2e-8 * {IN_FLOAT16}"), "loss, model", CONFIRMED,
        "the optimizer gets gradients of norm 0; with a scaled loss, and divided by the scale, they have .*: ratio 0",
        code="TFL108"),
    "large enough": Case(
        loop(MEAN), "loss, model", REFUTED, "the optimizer gets gradients of norm (.*); .* they have \\1: ratio 1.000",
        code="TFL108"),
    "overflow": Case(
        loop(f"5e3 * {IN_FLOAT16}"), "loss, model", REFUTED, ".*: ratio 1.00.", code="TFL108"),
    "scaled": Case(
        SCALED, "scaled, model", REFUTED, "the optimizer gets gradients of norm .*: ratio 1.000", code="TFL108"),
    "lost in part": Case(
        loop(f"3e-7 * {IN_FLOAT16}"), "loss, model", INCONCLUSIVE, "the scale makes little difference: .*", code="TFL108"),
    "clipped": Case(
        loop(MEAN).replace("    optimizer.apply", "    gradients, _ = tf.clip_by_global_norm(gradients, 0.01)\n    optimizer.apply"),
        "loss, model", INCONCLUSIVE, "the gradients are changed before the optimizer gets them", code="TFL108"),
    "noise": Case(
        loop(MEAN.replace("outputs", "outputs * tf.random.uniform(())")), "loss, model", INCONCLUSIVE,
        "the gradient is random, or not that of the block alone", code="TFL108"),
    "nothing": Case(
        loop(f"0.0 * {MEAN}"), "loss, model", INCONCLUSIVE, "the gradient is zero either way", code="TFL108"),
    "not finite": Case(
        loop(f"{MEAN} / 0.0"), "loss, model", INCONCLUSIVE, "the gradients are not finite", code="TFL108"),
    "no optimizer": Case(
        loop(MEAN).replace("optimizer.apply_gradients", "list"), "loss, model", INCONCLUSIVE,
        "no optimizer gets its gradients", code="TFL108"),
    "on two replicas": Case(
        replicas(MEAN), "loss, model", INCONCLUSIVE, "it runs on 2 replicas at once, .*", code="TFL108"),
    "never run": Case(
        "def later():" + loop(MEAN).replace("\n", "\n    "), "loss, model", NOT_REACHED, "", code="TFL108"),
}  # fmt: skip


def test_verdicts_on_loss_scale(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, LossScale, CASES)

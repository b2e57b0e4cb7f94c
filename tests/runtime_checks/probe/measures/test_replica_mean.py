"""Means of the rows of one replica, which the optimizer adds up."""

from __future__ import annotations

from measure_cases import COLUMN, MEAN, SQUARES, Case, check_verdicts, loop, replicas, run_cases
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, NOT_REACHED, REFUTED
from tfloss_lint.runtime_checks.probe.measures.replica_mean import ReplicaMean

COMPILED = """
def own(labels, outputs):
    return LOSS


with tf.distribute.MirroredStrategy(["cpu:0", "cpu:1"]).scope():
    model = keras.Sequential([keras.Input((5,)), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.01), own)
model.fit(x, y[:, None], batch_size=16, verbose=0)
"""
CASES: dict[str, Case] = {
    "wrong": Case(
        replicas(MEAN), MEAN, CONFIRMED,
        r"2 replicas with 8 rows each: their losses add up to (.*), 2\.000 times .*, the mean over the global batch; .*",
        COLUMN, code="TFL206"),
    "beside penalties": Case(
        replicas(f"{MEAN} + 0.1 * tf.reduce_sum(model.weights[0] ** 2)"), MEAN, CONFIRMED, "2 replicas .* 2.000 times .*",
        COLUMN, code="TFL206"),
    "divided": Case(
        replicas(f"{MEAN} / 2.0"), MEAN, REFUTED, "2 replicas .* 1.000 times .*", COLUMN, code="TFL206"),
    "divided by the strategy": Case(
        replicas(f"{MEAN} / strategy.num_replicas_in_sync"), MEAN, REFUTED, "2 replicas .* 1.000 times .*", COLUMN,
        code="TFL206"),
    "gradients divided": Case(
        replicas(MEAN, "gradients = [0.5 * gradient for gradient in gradients]"), MEAN, REFUTED,
        "2 replicas .* 1.000 times .*", COLUMN, code="TFL206"),
    "averaged by hand": Case(
        replicas(MEAN, "gradients = tf.distribute.get_replica_context().all_reduce('MEAN', gradients)"), MEAN,
        INCONCLUSIVE, "the gradients are changed before the optimizer gets them", COLUMN, code="TFL206"),
    "average loss": Case(
        replicas(f"tf.nn.compute_average_loss({SQUARES}[:, 0], global_batch_size=16)"),
        f"tf.nn.compute_average_loss({SQUARES}[:, 0], global_batch_size=16)", INCONCLUSIVE,
        "it is the mean of no well-known loss", COLUMN, code="TFL206"),
    "for other reasons": Case(
        replicas(f"0.3 * {MEAN}"), MEAN, INCONCLUSIVE,
        "the losses of the replicas add up to 0.600 times the mean over the global batch", COLUMN, code="TFL206"),
    "another loss": Case(
        replicas(f"tf.reduce_mean({SQUARES} ** 1.5)"), f"tf.reduce_mean({SQUARES} ** 1.5)", INCONCLUSIVE,
        "it is the mean of no well-known loss", COLUMN, code="TFL206"),
    "partial batch": Case(
        replicas(MEAN).replace("data.take(2)", "data.unbatch().batch(15).take(1)"), MEAN, INCONCLUSIVE,
        "the replicas have different numbers of rows", COLUMN, code="TFL206"),
    "one batch": Case(
        replicas(MEAN).replace("data.take(2)", "data.take(1)"), MEAN, CONFIRMED, "2 replicas .* 2.000 times .*", COLUMN,
        code="TFL206"),
    "no optimizer": Case(
        replicas(MEAN).replace("optimizer.apply_gradients", "list"), MEAN, INCONCLUSIVE,
        "no optimizer gets its gradients", COLUMN, code="TFL206"),
    "no gradient": Case(
        replicas(f"tf.reduce_sum(outputs ** 2)\n        other = {MEAN}"), MEAN, INCONCLUSIVE,
        "no gradient is taken of it", COLUMN, code="TFL206"),
    "several numbers": Case(
        replicas(f"tf.reduce_sum({SQUARES})"), SQUARES, INCONCLUSIVE,
        "it is not one number in every replica", COLUMN, code="TFL206"),
    "one replica": Case(
        replicas(MEAN).replace('["cpu:0", "cpu:1"]', '["cpu:0"]'), MEAN, INCONCLUSIVE,
        "the strategy has one replica", COLUMN, code="TFL206"),
    "without a strategy": Case(
        loop(MEAN), MEAN, NOT_REACHED, "", COLUMN, code="TFL206"),
}  # fmt: skip


def test_verdicts_on_replica_mean(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, ReplicaMean, CASES)


def test_keras_divides_what_it_compiles(probed_stack: Stack) -> None:
    """Keras 2 divides every compiled loss by the number of replicas, Keras 3 none that returns one number."""
    mean = MEAN.replace("[:, None]", "")
    operands = {"label": "labels", "prediction": "outputs"}
    case = Case(COMPILED.replace("LOSS", mean), mean, CONFIRMED, "", operands, code="TFL206")
    (result,) = run_cases(probed_stack, ReplicaMean, [case])
    status = CONFIRMED if probed_stack.name == "keras3" else REFUTED
    assert result["verdicts"]["0"]["status"] == status, result

"""TFL206 replica-mean."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import libcst as cst

from tfloss_lint.claim import Claim
from tfloss_lint.facts import facts
from tfloss_lint.finding import Confidence
from tfloss_lint.generation import Generation
from tfloss_lint.program import Program
from tfloss_lint.reading.bound_methods import loss_method
from tfloss_lint.reading.events import Gradient, MetricRead, MetricUpdate
from tfloss_lint.reading.scale import Scale, scale_of
from tfloss_lint.reading.terms import Term
from tfloss_lint.reading.values import UNKNOWN, Function, Method, Object, Role, Tensor, Value, integer
from tfloss_lint.rule import Problem, Rule

from .mean_of_batch_means import is_plain_mean
from .raw_loss import is_supervised, passes_by_compiled_loss
from .vector_gradient import is_scale_free, place


class ReplicaMean(Rule):
    """Under a distribution strategy every replica takes a mean of its own part, and the gradients are summed.

    ## What it does

    It finds a mean over the batch that is differentiated in `strategy.run(...)`, or in the `train_step` of a model
    that is made in `strategy.scope()`; and a loss given to `compile()` of such a model that returns one number. The
    finding points at the expression that takes the mean. The reverse is found at the update of a `keras.metrics.Mean`
    in `strategy.run(...)`: a replica's share of the loss, which is divided by the number of replicas already.

    ## Why it is wrong

    `apply_gradients` adds up the gradients of all replicas. Each one's loss is to be its share of the loss over the
    global batch: a mean over its own samples, divided by the number of replicas. The plain mean makes the gradient
    larger by the number of replicas, and with it the learning rate, on a large machine only. The step of the example
    below, with two replicas:

    | the loss | Keras 2.8 | tf_keras 2.21 | Keras 3.15 |
    |---|---|---|---|
    | mean by hand, in `strategy.run` or `train_step` | 1.0 | 1.0 | 1.0 |
    | the same, divided by the number of replicas | 0.5 | 0.5 | 0.5 |
    | `compute_average_loss(losses)`, `compute_loss` | 0.5 | 0.5 | 0.5 |
    | a loss object with its default reduction | ValueError | ValueError | 0.5 |
    | `compile(loss=...)` with a function or a `Loss` that returns a scalar | 0.5 | 0.5 | 1.0 |

    A metric adds up what all replicas give it, and counts their updates. A `Mean` of the shares shows 8.75 where the
    losses of the samples have the mean 17.5, on all three stacks.

    ## Example

    ```python
    import numpy as np
    import tensorflow as tf

    strategy = tf.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"])
    x, y = np.ones((4, 1), "float32"), np.array([[1.0], [2.0], [3.0], [4.0]], "float32")
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(4)

    with strategy.scope():
        head = tf.keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
        model = tf.keras.Sequential([tf.keras.Input((1,)), head])
        optimizer = tf.keras.optimizers.SGD(0.1)


    def replica_step(features, labels):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(labels - model(features, training=True)))  # TFL206: 16
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))


    @tf.function
    def train(features, labels):
        strategy.run(replica_step, args=(features, labels))


    for features, labels in strategy.experimental_distribute_dataset(dataset):
        train(features, labels)

    as_written = model.get_weights()[0]
    reference = [[0.5]]  # 0.1 times the gradient of the mean over all four
    ```

    ## Use instead

    `tf.nn.compute_average_loss` divides the losses of the samples by the size of the global batch.

    ```python
    import numpy as np
    import tensorflow as tf

    strategy = tf.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"])
    x, y = np.ones((4, 1), "float32"), np.array([[1.0], [2.0], [3.0], [4.0]], "float32")
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(4)

    with strategy.scope():
        head = tf.keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
        model = tf.keras.Sequential([tf.keras.Input((1,)), head])
        optimizer = tf.keras.optimizers.SGD(0.1)


    def replica_step(features, labels):
        with tf.GradientTape() as tape:
            losses = tf.reduce_mean(tf.square(labels - model(features, training=True)), axis=-1)
            loss = tf.nn.compute_average_loss(losses, global_batch_size=4)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))


    @tf.function
    def train(features, labels):
        strategy.run(replica_step, args=(features, labels))


    for features, labels in strategy.experimental_distribute_dataset(dataset):
        train(features, labels)

    as_written = model.get_weights()[0]
    reference = [[0.5]]
    ```

    ## Confidence

    *certain*: the file names several devices. *likely*: how many replicas there are depends on the machine.
    *possible*: an optimizer such as Adam takes the step, which divides the size of the gradient out again.

    ## What it deliberately does not see

    - Strategies with one replica: `OneDeviceStrategy`, one named device, `get_strategy()` by itself.
    - Losses that are divided once more, by the number of replicas or by anything else; files that mention
      `all_reduce` or leave the aggregation of gradients out; steps that mention `num_replicas_in_sync`.
    - Sums, and losses without reduction: they are TFL102's and TFL202's.
    - Steps that pass by the compiled loss with a raw one. They are TFL101's: the compiled loss is divided.
    - What `strategy.reduce` makes of the replicas' losses, and a `Mean` that is multiplied by the number of replicas
      where it is read.

    ## References

    - TensorFlow guide "Custom training with tf.distribute.Strategy", on how to calculate the loss.
    - Keras 3.8 and later divide the mean in `Loss.__call__` by the number of replicas, unless `call` has returned a
      scalar already. Keras 2 divides all of them in the compiled loss.
    """

    code = "TFL206"
    name = "replica-mean"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        if program.distributes and not any(word in program.text for word in AGGREGATES):
            yield from _differentiated(program)
            yield from _tracked(program)
            if Generation.KERAS3 in program.targets:
                yield from _compiled(program)


AGGREGATES = ("all_reduce", "aggregate_gradients", "gradients_aggregation", "horovod")
"""Words of code that adds up the gradients in a way of its own."""
HELP = (
    "`tf.nn.compute_average_loss(losses, global_batch_size=...)` of the losses per sample, or divide the mean by "
    "`strategy.num_replicas_in_sync`"
)


def _differentiated(program: Program) -> Iterator[Problem]:
    """Means over a replica's own samples whose gradients the strategy adds up."""
    for gradient in program.gradients:
        strategy = strategy_of(gradient)
        terms = program.terms(gradient.target)
        if strategy is None or len(terms) != 1 or not is_own_mean(terms[0]) or _counts_replicas(program, gradient):
            continue
        if gradient.step is not None and passes_by_compiled_loss(program, gradient, gradient.step):
            continue
        assert isinstance(gradient.target, Tensor)
        firm = Confidence.POSSIBLE if is_scale_free(program, gradient) else _confidence(strategy)
        yield Problem(
            place(program, gradient, gradient.target),
            "each replica takes the mean over its own samples and the gradients of all replicas are summed: "
            f"{_times(strategy)} the gradient of the mean over the global batch",
            HELP,
            firm,
            None if firm is Confidence.POSSIBLE else claim_of(program, terms[0]),
        )


def claim_of(program: Program, term: Term) -> Claim | None:
    """That the means of the replicas add up, and nothing divides them by their number."""
    operands = program.operand_nodes(term.node)
    return Claim("replica mean", operands) if operands else None


def strategy_of(event: Gradient | MetricUpdate) -> Object | None:
    """The strategy on whose replicas, more than one, something happens."""
    strategy: Value | None = event.strategy
    if strategy is None and event.step is not None:
        strategy = event.step.model.attrs.get("made under")
    return strategy if isinstance(strategy, Object) and _replicas(strategy) != 1 else None


def _replicas(strategy: Object) -> int | None:
    return integer(strategy.attrs.get("replicas", UNKNOWN))


def is_own_mean(term: Term) -> bool:
    """Whether it is a mean over the batch that the file itself takes, and nothing else."""
    means = [t for t in term.treatments if t.kind == "mean" and t.over_batch and not t.implied]
    return bool(means) and scale_of(term) == Scale(1.0, 0) and is_supervised(term)


def _counts_replicas(program: Program, gradient: Gradient) -> bool:
    """Whether the function that takes the gradient knows of the replicas."""
    return gradient.function is not None and "num_replicas" in program.source(gradient.function)


def _times(strategy: Object) -> str:
    number = _replicas(strategy)
    return "as many times as there are replicas" if number is None else f"{number} times"


def _confidence(strategy: Object) -> Confidence:
    return Confidence.LIKELY if _replicas(strategy) is None else Confidence.CERTAIN


def is_function_of(loss: Value, node: cst.CSTNode | None) -> bool:
    """Whether a compiled loss is computed by that function of the file."""
    function = loss if isinstance(loss, Function) else loss_method(loss)
    return function is not None and function.node is node


def _compiled(program: Program) -> Iterator[Problem]:
    """The file's own losses in `compile()` that return one number for the samples of a replica."""
    for event in program.function_results:
        compiled = program.compiled_functions.get(event.function) if event.function is not None else None
        if compiled is None or not is_function_of(compiled.loss, event.function):
            continue
        strategy = compiled.model.attrs.get("made under")
        if not isinstance(strategy, Object) or _replicas(strategy) == 1:
            continue
        case = "scalar function" if event.owner is None else "scalar own loss"
        terms = program.terms(event.value)
        if facts(Generation.KERAS3).replicas[case] == "mean" or len(terms) != 1 or not is_own_mean(terms[0]):
            continue
        yield Problem(
            event.node,
            "on Keras 3 a loss that returns one number is not divided by the number of replicas: loss and gradient "
            f"are {_times(strategy)} those of the global batch",
            "return one value per sample: take the mean over `axis=-1`",
            _confidence(strategy),
            claim_of(program, terms[0]),
        )


def _tracked(program: Program) -> Iterator[Problem]:
    """Shares of the global batch's loss, of which there is one from each replica, in a `Mean`."""
    for update in program.metric_updates:
        strategy = strategy_of(update)
        if strategy is None or not is_plain_mean(update) or not is_share(update.arguments[0]):
            continue
        if any(read.metric is update.metric and _says_replicas(program, read) for read in program.metric_reads):
            continue
        number = _replicas(strategy)
        part = "the loss divided by the number of replicas" if number is None else f"1/{number} of the loss"
        yield Problem(
            update.node,
            "each replica gives the Mean its share of the loss of the global batch, and the Mean divides the sum of "
            f"the shares by their number again: it shows {part}",
            "update it with the losses of the samples, before they are summed; or add the shares up by "
            "`strategy.reduce(tf.distribute.ReduceOp.SUM, loss, axis=None)`, for a Mean made outside of the scope",
            _confidence(strategy),
        )


def is_share(value: Value) -> bool:
    """Whether it is a replica's part of the loss of the global batch: one number, divided by the replicas at last."""
    if not isinstance(value, Tensor):
        return False
    if value.op == "add":
        return any(map(is_share, value.inputs))
    if value.op == "multiply" and len(value.inputs) == 2:
        return any(is_number(loss) and divides(factor) for loss, factor in permutations(value.inputs))
    if value.op == "divide":
        return is_number(value.inputs[0]) and counts_replicas(value.inputs[1])
    return value.op == "average_loss"


def is_number(value: Value) -> bool:
    """Whether it is a single number made of predictions."""
    return isinstance(value, Tensor) and value.shape == () and Role.PREDICTION in value.sources


def divides(factor: Value) -> bool:
    """Whether it is a fraction, of the number of replicas or a product with it."""
    return isinstance(factor, Tensor) and factor.op == "divide" and counts_replicas(factor.inputs[1])


def counts_replicas(value: Value) -> bool:
    """Whether it is, or is a product with, the number of replicas."""
    if isinstance(value, Method):
        return value.name == "num_replicas_in_sync"
    return isinstance(value, Tensor) and value.op == "multiply" and any(map(counts_replicas, value.inputs))


def _says_replicas(program: Program, read: MetricRead) -> bool:
    """Whether the statement that reads a metric knows of the replicas."""
    return "num_replicas" in program.source(program.interpreter.statement_of(read.node))

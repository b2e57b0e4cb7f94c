"""TFL103 dropped-regularization."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from tfloss_lint.claim import Claim
from tfloss_lint.finding import Confidence
from tfloss_lint.program import Program
from tfloss_lint.reading.events import Forward, Gradient
from tfloss_lint.reading.values import Object, Tensor, Value, constant
from tfloss_lint.rule import Problem, Rule
from tfloss_lint.sign import Sign

from .missing_training_flag import is_trained, tensors_behind
from .vector_gradient import place


class DroppedRegularization(Rule):
    """The model has regularizers, and the loss that it is trained on leaves them out.

    ## What it does

    It finds a loss under a tape that is made of a model's output and of no penalty, where the gradient is taken over
    the variables of that model and the file shows layers with `kernel_regularizer=` or its like. The finding points
    at the expression that makes the loss.

    ## Why it is wrong

    A regularizer does nothing by itself: it puts its penalty into `model.losses`, and whoever makes the loss has to
    add it. Keras's own training step and `compute_loss` do. In the example below the weight is 2.0 and fits the data
    exactly, so only the penalty of 0.5 times its square has a gradient. After one step with a learning rate of 0.1,
    on all three stacks:

    | | weight |
    |---|---|
    | the error alone | 2.0 |
    | the error and `sum(model.losses)` | 1.8 |

    ## Example

    ```python
    import numpy as np
    import tensorflow as tf

    x = np.ones((4, 1), "float32")
    penalty = tf.keras.regularizers.L2(0.5)
    start = tf.keras.initializers.Constant(2.0)
    layer = tf.keras.layers.Dense(1, use_bias=False, kernel_initializer=start, kernel_regularizer=penalty)
    model = tf.keras.Sequential([tf.keras.Input((1,)), layer])
    optimizer = tf.keras.optimizers.SGD(0.1)

    with tf.GradientTape() as tape:
        prediction = model(x, training=True)
        loss = tf.reduce_mean(tf.square(prediction - 2.0))  # TFL103: 12
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    as_written = model.get_weights()[0]
    reference = [[1.8]]
    ```

    ## Use instead

    ```python
    import numpy as np
    import tensorflow as tf

    x = np.ones((4, 1), "float32")
    penalty = tf.keras.regularizers.L2(0.5)
    start = tf.keras.initializers.Constant(2.0)
    layer = tf.keras.layers.Dense(1, use_bias=False, kernel_initializer=start, kernel_regularizer=penalty)
    model = tf.keras.Sequential([tf.keras.Input((1,)), layer])
    optimizer = tf.keras.optimizers.SGD(0.1)

    with tf.GradientTape() as tape:
        prediction = model(x, training=True)
        loss = tf.reduce_mean(tf.square(prediction - 2.0)) + sum(model.losses)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    as_written = model.get_weights()[0]
    reference = [[1.8]]
    ```

    ## Confidence

    *likely*: everything that the loss is made of is in the file. *possible*: a part of it comes from elsewhere, or
    the regularized layer runs on some paths only.

    ## What it deliberately does not see

    - Files that read `.losses` anywhere: what is done with it there may be this.
    - Losses that contain `compute_loss` or `compiled_loss`. The latter leaves the penalties out on Keras 2 unless it
      gets `regularization_losses=self.losses`: see TFL502.
    - `add_loss`, and regularizers that another file gives to its layers.
    - Models that are not trained by this gradient, such as a discriminator in the generator's step.

    ## References

    - `Model.losses`: the penalties of all layers, made anew by each forward pass.
    - Keras guide "Writing a training loop from scratch", on losses that are tracked by the model.
    """

    code = "TFL103"
    name = "dropped-regularization"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        for gradient in program.gradients:
            target = gradient.target
            if not isinstance(target, Tensor) or is_compiled(target):
                continue
            reached = tensors_behind(target)
            for forward in program.forwards:
                if not any(id(result) in reached for result in forward.results):
                    continue
                names, sure = penalties(forward)
                if not names or not is_trained(forward.model, gradient):
                    continue
                if READS_LOSSES.is_in(program.text):
                    return
                yield Problem(
                    place(program, gradient, target),
                    f"the loss leaves out the penalties of the model: {', '.join(names)} has no effect",
                    "add them: `loss += sum(model.losses)`",
                    Confidence.LIKELY if sure and is_closed(target) else Confidence.POSSIBLE,
                    claim_of(program, gradient, forward),
                )


def claim_of(program: Program, gradient: Gradient, forward: Forward) -> Claim | None:
    """That the loss is the same without the penalties: of a step as a whole, or of the block of a tape."""
    if gradient.step is not None:
        return Claim("step")
    operands = program.parts(forward.node, model=forward.node.func if isinstance(forward.node, cst.Call) else None)
    return Claim("penalties", operands) if operands else None


READS_LOSSES = Sign(
    (".losses", "get_losses", "l2_loss", "regulari"),
    re.compile(r"\.losses\b(?!\s*\.)|\bget_losses|\bl2_loss\b|regulari[sz]ation"),
)
"""Words of code that deals with penalties, in whatever way; ``keras.losses.mse`` is none."""


def penalties(forward: Forward) -> tuple[list[str], bool]:
    """The regularizers of the layers that a forward pass runs, and whether one of them certainly runs."""
    found: set[str] = set()
    sure = False
    for use in forward.uses:
        names = regularizers(use.layer)
        found.update(names)
        sure |= use.certain and bool(names)
    return sorted(found), sure


def regularizers(layer: Object) -> list[str]:
    """The arguments that give a library layer a penalty."""
    return [n for n in layer.kwargs if n.endswith("_regularizer") and constant(layer.config(n)) is not None]


def is_compiled(target: Tensor) -> bool:
    """Whether the compiled loss is a part of it."""
    return any(part.op == "compiled_loss" for part in parts(target) if isinstance(part, Tensor))


SUMS = ("add", "subtract", "either", "stack", "multiply", "divide", "mean", "sum")


def parts(value: Value) -> Iterator[Value]:
    """What a loss is summed up from."""
    if isinstance(value, Tensor) and value.op in SUMS:
        for inner in value.inputs:
            yield from parts(inner)
    else:
        yield value


def is_closed(target: Tensor) -> bool:
    """Whether the file shows all that the loss is made of."""
    return all(isinstance(part, Tensor) and part.op != "opaque" for part in parts(target))

"""TFL108 unscaled-loss."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tfloss_lint.claim import Claim
from tfloss_lint.facts import facts
from tfloss_lint.finding import Confidence
from tfloss_lint.generation import Generation
from tfloss_lint.program import Program
from tfloss_lint.reading.events import Applied, Gradient
from tfloss_lint.reading.values import Object, Sequence, Tensor, Value, constant
from tfloss_lint.rule import Problem, Rule
from tfloss_lint.sign import Sign

from .changed_api import called
from .vector_gradient import is_scale_free

KERAS2, KERAS3 = Generation.KERAS2, Generation.KERAS3


class UnscaledLoss(Rule):
    """Mixed precision trains in float16, and the loss is differentiated without the optimizer's loss scaling.

    ## What it does

    It finds a step of a model under the policy `mixed_float16` that takes the gradient of the loss as it is and
    gives it to `self.optimizer`, and a loop that does so with a `LossScaleOptimizer`. The finding points at the loss
    that is differentiated.

    ## Why it is wrong

    Gradients below 0.00000003 are zero in float16. So the loss is multiplied by a large number, at first 32768,
    and the gradients are divided by it before the step. `compile()` wraps the optimizer for that under the policy
    `mixed_float16`, and whoever takes the gradient has to multiply. Keras 3 divides in any case, in
    `apply_gradients`; Keras 2 leaves the division to the caller, too. What a step that should move a weight to 1.0
    does without `scale_loss` or `get_scaled_loss`:

    | | Keras 2.8 | tf_keras 2.21 | Keras 3.15 |
    |---|---|---|---|
    | `LossScaleOptimizer(SGD(0.5))` in a loop | 1.0 | 1.0 | 0.00003 |
    | policy `mixed_float16`, `compile(SGD(0.5))`, a gradient of 2 | 1.0 | 1.0 | 0.00003 |
    | the same for a weight in millionths, gradients of 0.000000015 | 0.0 | 0.0 | 0.0 |

    Adam divides the size of the gradient out again, and what is lost depends on its `epsilon`: with a gradient of 2
    it moved a weight by 0.475 and not by 0.5. On Keras 2, `get_scaled_loss` without `get_unscaled_gradients` makes
    the gradients 32768 times as large.

    ## Example

    ```python
    import numpy as np
    import tensorflow as tf
    from tensorflow import keras

    keras.mixed_precision.set_global_policy("mixed_float16")


    class Regressor(keras.Model):
        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                y_pred = tf.cast(self(x, training=True), tf.float32)
                loss = tf.reduce_mean(tf.square(y - y_pred))
            weights = self.trainable_variables
            gradients = tape.gradient(loss, weights)  # TFL108: 35 (keras3), TFL108: 35 (keras2, possible)
            self.optimizer.apply_gradients(zip(gradients, weights))
            return {"samples": tf.size(y)}


    micrometre = 2.0**-20
    x, y = np.ones((64, 1), "float32"), np.full((64, 1), micrometre / 2, "float32")
    inputs = keras.Input((1,))
    model = Regressor(inputs, keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")(inputs))
    model.compile(optimizer=keras.optimizers.SGD(0.5))
    model.fit(x, y, batch_size=64, verbose=0)

    as_written = model.get_weights()[0] / micrometre
    reference = [[0.5]]
    ```

    ## Use instead

    ```python
    import numpy as np
    import tensorflow as tf
    from tensorflow import keras

    keras.mixed_precision.set_global_policy("mixed_float16")


    class Regressor(keras.Model):
        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                y_pred = tf.cast(self(x, training=True), tf.float32)
                loss = tf.reduce_mean(tf.square(y - y_pred))
                keras3 = hasattr(self.optimizer, "scale_loss")
                scaled = self.optimizer.scale_loss(loss) if keras3 else self.optimizer.get_scaled_loss(loss)
            weights = self.trainable_variables
            gradients = tape.gradient(scaled, weights)
            if not keras3:
                gradients = self.optimizer.get_unscaled_gradients(gradients)
            self.optimizer.apply_gradients(zip(gradients, weights))
            return {"samples": tf.size(y)}


    micrometre = 2.0**-20
    x, y = np.ones((64, 1), "float32"), np.full((64, 1), micrometre / 2, "float32")
    inputs = keras.Input((1,))
    model = Regressor(inputs, keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")(inputs))
    model.compile(optimizer=keras.optimizers.SGD(0.5))
    model.fit(x, y, batch_size=64, verbose=0)

    as_written = model.get_weights()[0] / micrometre
    reference = [[0.5]]
    ```

    ## Confidence

    *certain*: Keras 3 is a target, the policy is set for certain, and the optimizer feels the size of the gradient
    (SGD, or any with `clipnorm` and its like). *likely*: the same with Adam and its kin, or an optimizer that the
    file does not show. *possible*: the target is Keras 2 alone, where only small gradients are lost, or the policy
    depends on a condition or changes.

    ## What it deliberately does not see

    - Files that mention `scale_loss`, `get_scaled_loss` or `auto_scale_loss` in any place, but for scaled losses
      whose gradients nobody unscales on Keras 2.
    - Loops with a plain optimizer: nothing divides there, and only small gradients are lost. The same goes for
      optimizers that a model keeps by itself, as GANs do.
    - `optimizer.minimize`, which scales by itself, and the policy `mixed_bfloat16`, which needs no scaling.

    ## References

    - Keras 3: `Optimizer.scale_loss`, `LossScaleOptimizer.apply`, `compile(auto_scale_loss=True)`.
    - Keras 2: `LossScaleOptimizer.get_scaled_loss` and `get_unscaled_gradients`.
    - TensorFlow guide "Mixed precision", on training with a custom loop.
    """

    code = "TFL108"
    name = "unscaled-loss"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        scales = SCALES.is_in(program.text)
        for gradient in program.gradients:
            kind = kind_of_optimizer(program, gradient)
            if kind is None or isinstance(gradient.over, Tensor):
                continue
            if not scales:
                yield from _unscaled(program, gradient, kind)
            elif is_never_unscaled(program) and not facts(KERAS2).unscales[kind]:
                yield Problem(gradient.target_node, TOO_LARGE, TOO_LARGE_HELP, Confidence.LIKELY, CLAIM)


SCALES = Sign(("scale_loss", "scaled_loss", "loss_scale"), re.compile(r"scale_loss|scaled_loss|loss_scale\b"))
"""Words of code that deals with the scale."""
DIVIDED = (
    "on Keras 3 `apply_gradients` divides the gradients by the loss scale, 32768 at first, and nothing has multiplied "
    "the loss by it"
)
LOST = "nothing scales this loss: in float16 all gradients below 0.00000003 are zero"
HELP = (
    "`scaled = optimizer.scale_loss(loss)`, and the gradient of that (on Keras 2: `get_scaled_loss(loss)`, and "
    "`get_unscaled_gradients(gradients)` afterwards)"
)
TOO_LARGE = "on Keras 2 the gradients of a scaled loss are too large by the loss scale, 32768 at first"
CLAIM = Claim("loss scale")
"""That the optimizer gets another gradient than that of a scaled loss, divided by the scale."""
TOO_LARGE_HELP = "`gradients = optimizer.get_unscaled_gradients(gradients)` before `apply_gradients`"


def is_never_unscaled(program: Program) -> bool:
    """Whether the code scales losses as Keras 2 does, and leaves out the other half."""
    halves = [name in program.text for name in ("get_scaled_loss", "get_unscaled_gradients")]
    return KERAS2 in program.targets and halves == [True, False]


def kind_of_optimizer(program: Program, gradient: Gradient) -> str | None:
    """The kind of optimizer with a loss scale that takes this gradient, in the words of the facts."""
    for applied in program.applied:
        elsewhere = applied.step is not gradient.step or applied.function is not gradient.function
        if elsewhere or called(applied.node) == "minimize":
            continue
        if isinstance(applied.optimizer, Object) and applied.optimizer.kind.endswith(".LossScaleOptimizer"):
            return "LossScaleOptimizer"
        if is_compiled(applied) and policy_is_set(program) is not None:
            return "compiled optimizer"
    return None


def is_compiled(applied: Applied) -> bool:
    """Whether it is the optimizer that the model was compiled with, and no other that the model keeps."""
    if applied.step is None or "optimizer" in applied.step.model.attrs:
        return False
    compiled = applied.step.model.attrs.get("compiled with")
    given: Value | None = compiled.items[2] if isinstance(compiled, Sequence) else None
    optimizer = applied.optimizer
    return optimizer is given or (isinstance(optimizer, Object) and optimizer.kind == "keras.optimizers.Optimizer")


def policy_is_set(program: Program) -> bool | None:
    """Whether the layers certainly compute in float16; ``None`` where nothing says so."""
    names = {constant(event.name) for event in program.policies}
    if "mixed_float16" not in names:
        return None
    return len(names) == 1 and all(event.certain for event in program.policies)


def _unscaled(program: Program, gradient: Gradient, kind: str) -> Iterator[Problem]:
    node = gradient.target_node
    if KERAS3 in program.targets and facts(KERAS3).unscales[kind]:
        sure = kind == "LossScaleOptimizer" or policy_is_set(program)
        firm = Confidence.LIKELY if is_scale_free(program, gradient) else Confidence.CERTAIN
        yield Problem(node, DIVIDED, HELP, firm if sure else Confidence.POSSIBLE, CLAIM)
    elif policy_is_set(program) is not None:
        yield Problem(node, LOST, HELP, Confidence.POSSIBLE, CLAIM)

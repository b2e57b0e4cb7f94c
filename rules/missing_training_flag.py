"""TFL107 missing-training-flag."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from tfloss_lint.claim import Claim
from tfloss_lint.facts import facts
from tfloss_lint.finding import Confidence
from tfloss_lint.program import Program
from tfloss_lint.reading.events import Forward, Gradient, LayerUse
from tfloss_lint.reading.values import (
    NONE,
    Choice,
    Mapping,
    Method,
    Object,
    Sequence,
    Tensor,
    Value,
    constant,
    options,
)
from tfloss_lint.rule import Problem, Rule


class MissingTrainingFlag(Rule):
    """A model with dropout or batch normalization is trained in inference mode, since nothing says `training=True`.

    ## What it does

    It finds a call of a model under a tape, without `training=`, whose result the loss is made of and whose
    variables the gradient is taken over, where the file shows that the model has layers that behave differently in
    training. The finding points at the call.

    ## Why it is wrong

    In `fit()` Keras passes the flag along by itself. In a `train_step` or a loop of one's own it does not, and it
    does so without a word: dropout drops nothing, and batch normalization neither normalizes with the batch nor
    learns the mean and the variance that it needs later. In the example below the moving mean stays at zero, and
    with `training=True` it moves to a tenth of the batch's mean, on Keras 2 and on Keras 3:

    | | moving mean after one step |
    |---|---|
    | `model(x)` | 0.0 |
    | `model(x, training=True)` | 0.5 |

    ## Example

    ```python
    import numpy as np
    import tensorflow as tf

    x, y = np.full((8, 1), 5.0, "float32"), np.ones((8, 1), "float32")
    normalization = tf.keras.layers.BatchNormalization(momentum=0.9)
    model = tf.keras.Sequential([tf.keras.Input((1,)), normalization, tf.keras.layers.Dense(1)])
    optimizer = tf.keras.optimizers.SGD(0.1)

    with tf.GradientTape() as tape:
        prediction = model(x)  # TFL107: 18
        loss = tf.reduce_mean(tf.square(y - prediction))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    as_written = normalization.moving_mean.numpy()
    reference = 0.1 * x.mean(axis=0)
    ```

    ## Use instead

    ```python
    import numpy as np
    import tensorflow as tf

    x, y = np.full((8, 1), 5.0, "float32"), np.ones((8, 1), "float32")
    normalization = tf.keras.layers.BatchNormalization(momentum=0.9)
    model = tf.keras.Sequential([tf.keras.Input((1,)), normalization, tf.keras.layers.Dense(1)])
    optimizer = tf.keras.optimizers.SGD(0.1)

    with tf.GradientTape() as tape:
        prediction = model(x, training=True)
        loss = tf.reduce_mean(tf.square(y - prediction))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    as_written = normalization.moving_mean.numpy()
    reference = 0.1 * x.mean(axis=0)
    ```

    ## Confidence

    *certain*: such a layer runs in this call, and nobody tells it anything. *likely*: so it is for one of the models
    that the call may be of, such as one that is built where none is loaded. *possible*: it runs on some paths only,
    in a loop over layers, or the file does not show whose variables are trained.

    ## What it deliberately does not see

    - Calls without the flag of models that have no such layer, or whose layers the file does not show: of 858 public
      tape blocks that we counted, 628 say no `training=True`, and most of them need none.
    - `training=False`: somebody has decided. Batch normalization stays frozen in fine-tuning, and a teacher is not
      trained.
    - Files that set the learning phase of Keras 2 with `set_learning_phase(1)`: layers that nobody tells anything then
      behave as in training.
    - Layers and models that are set to `trainable = False`, `Dropout(0)`, and recurrent layers without dropout.
    - Calls of which the loss has the gradient alone, as the penalty of a WGAN-GP has: what a sample's gradient is,
      is cleaner without the batch's statistics.
    - Random augmentations, which are on by default.
    - Models of `keras.applications`.

    ## References

    - `keras.layers.Dropout` and `keras.layers.BatchNormalization`: the argument `training` of the call.
    - Keras guide "Making new layers and models via subclassing": the privileged argument `training`.
    - A model that is called inside of another model's `call` inherits the flag; one that is called in a `train_step`
      does not, on both generations.
    """

    code = "TFL107"
    name = "missing-training-flag"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        if program.sets_learning_phase:
            return
        for gradient in program.gradients:
            reached = tensors_behind(gradient.target)
            for forward in program.forwards:
                if not any(id(result) in reached for result in forward.results):
                    continue
                trained = is_trained(forward.model, gradient)
                untold = [use for use in forward.uses if is_untold(program, use)]
                if trained is False or not untold:
                    continue
                sure = [use for use in untold if use.certain] if trained else []
                names = sorted({use.layer.kind.rsplit(".", 1)[-1] for use in sure or untold})
                yield Problem(
                    forward.node,
                    f"the model is called without `training=True` under the tape: {', '.join(names)} "
                    f"{'behaves' if len(names) == 1 else 'behave'} as in inference",
                    "pass `training=True` in the call; a `call` method of the file needs the parameter `training=None`",
                    _confidence(gradient, bool(sure)),
                    claim_of(program, forward),
                )


def _confidence(gradient: Gradient, sure: bool) -> Confidence:
    if not sure:
        return Confidence.POSSIBLE
    return Confidence.LIKELY if isinstance(gradient.over, Choice) else Confidence.CERTAIN


def claim_of(program: Program, forward: Forward) -> Claim | None:
    """That the outputs are those of inference, and others in training."""
    call = forward.node
    first = call.args[0] if isinstance(call, cst.Call) and call.args else None
    inputs = first.value if first is not None and not first.star and first.keyword is None else None
    operands = program.parts(call, model=call.func if isinstance(call, cst.Call) else None, inputs=inputs)
    return Claim("training flag", operands) if len(operands) == 2 else None


def tensors_behind(value: Value) -> set[int]:
    """The identities of the tensors that a loss is made of, without those that it only has the gradient of."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Tensor) and id(value) not in seen:
            seen.add(id(value))
            waiting += () if value.op == "gradient" else value.inputs
        elif isinstance(value, Sequence):
            waiting += value.items
        elif isinstance(value, Mapping):
            waiting += value.items.values()
    return seen


def is_trained(model: Object, gradient: Gradient) -> bool | None:
    """Whether the gradient is taken over the model's variables; ``None`` where the file does not show over what."""
    if constant(model.attrs.get("trainable", NONE)) is False:
        return False
    known = [_is_among(model, over) for over in options(gradient.over)]
    return True if True in known else None if None in known else False


def _is_among(model: Object, over: Value) -> bool | None:
    """Whether the model's variables are among those; ``None`` where the file does not show whose they are."""
    if isinstance(over, Tensor):
        return False
    if not isinstance(over, Method) or not isinstance(over.owner, Object):
        return None
    return over.owner is model or model in objects_in(over.owner)


def objects_in(owner: Object) -> list[Value]:
    """What an object has as attributes, also in lists."""
    found: list[Value] = []
    for value in owner.attrs.values():
        found += value.items if isinstance(value, Sequence) else [value]
    return found


def is_untold(program: Program, use: LayerUse) -> bool:
    """Whether the layer behaves differently in training on every targeted generation, and nobody tells it to."""
    layer = use.layer
    if use.flag is not NONE or constant(layer.attrs.get("trainable", layer.config("trainable"))) is False:
        return False
    inner = layer.config("layer", 0)
    if isinstance(inner, Object) and layer.kind.endswith((".Bidirectional", ".TimeDistributed")):
        layer = inner
    words = {facts(generation).training.get(layer.kind) for generation in program.targets}
    if words == {"with dropout"}:
        return any(_is_rate(layer, name) for name in ("dropout", "recurrent_dropout"))
    if words != {"always"}:
        return False
    return not layer.kind.endswith("Dropout") or constant(layer.config("rate", 0)) != 0


def _is_rate(layer: Object, name: str) -> bool:
    return layer.given(name) and constant(layer.config(name)) != 0

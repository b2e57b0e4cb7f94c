"""TFL501 removed-api."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from tfloss_lint.claim import Claim
from tfloss_lint.facts import Argument, Member, facts
from tfloss_lint.finding import Confidence
from tfloss_lint.generation import Generation
from tfloss_lint.program import Program
from tfloss_lint.reading.events import ApiUse
from tfloss_lint.rule import Problem, Rule

KERAS2, KERAS3 = Generation.KERAS2, Generation.KERAS3


class RemovedApi(Rule):
    """The code uses a member or an argument that Keras 3 no longer has, or that does nothing there.

    ## What it does

    It finds members of models, layers, metrics and optimizers that Keras 2 has and Keras 3 has not, and arguments of
    optimizers and of `fit()` and its like that Keras 3 refuses or ignores. It speaks where the target includes
    Keras 3. The finding points at the member, or at the argument's value.

    ## Why it is wrong

    Most of them raise an error, which costs a run:

    | | Keras 2.8 | tf_keras 2.21 | Keras 3.15 |
    |---|---|---|---|
    | `metric.reset_states()` | resets | resets | AttributeError |
    | `layer.add_metric(...)` | works | works | NotImplementedError |
    | `optimizer.minimize(...)`, `optimizer.get_scaled_loss(...)` | works | works | AttributeError |
    | `Adam(lr=0.1)` | learning rate 0.1 | ignored: 0.001 | ValueError |
    | `SGD(0.1, decay=0.5)` | decays | ValueError | ignored: never decays |
    | `optimizer.lr = 0.0` | 0.0 | 0.0 | a new attribute; the learning rate stays |
    | `model.fit(..., workers=4)` | works | works | TypeError |

    Some go on in silence, and they change numbers. The example below wants to stop the training after the
    first epoch. On Keras 3 the assignment to `lr` makes a new attribute of the optimizer and the training goes
    on: the prediction for 1.0 ends at 1.75 and not at 1.0.

    ## Example

    ```python
    import numpy as np
    import tensorflow as tf

    x, y = np.ones((4, 1), "float32"), np.full((4, 1), 2.0, "float32")
    model = tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Dense(1, "linear", False, "zeros")])
    optimizer = tf.keras.optimizers.SGD(learning_rate=0.25)

    for epoch in range(3):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - model(x, training=True)))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        optimizer.lr = 0.0  # TFL501: 5 (keras3 alone)

    as_written = float(model(x)[0, 0])
    reference = 1.0
    ```

    ## Use instead

    `learning_rate` is the name on every release.

    ```python
    import numpy as np
    import tensorflow as tf

    x, y = np.ones((4, 1), "float32"), np.full((4, 1), 2.0, "float32")
    model = tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Dense(1, "linear", False, "zeros")])
    optimizer = tf.keras.optimizers.SGD(learning_rate=0.25)

    for epoch in range(3):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - model(x, training=True)))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        optimizer.learning_rate = 0.0

    as_written = float(model(x)[0, 0])
    reference = 1.0
    ```

    ## Confidence

    *certain*: the target is Keras 3 alone, by option, configuration, requirements or imports. *possible*: it may be
    Keras 2 as well, where all of this is right; most older code is of that kind. Always *possible*: `lr=` where the
    target is Keras 2 alone, since Keras 2.11 to 2.15 and tf_keras ignore it while older releases take it.

    ## What it deliberately does not see

    - What is used under a test of a version or of `hasattr`, or in a `try` with handlers: code for both generations.
    - Objects that the file does not show being made, and classes with a base that it does not show.
    - `compiled_loss`, `reset_metrics` and others that still work on Keras 3, even where they warn.
    - Members that still work and mean something else, such as `compiled_metrics`, and metrics that override
      `reset_states`. They are TFL502's.
    - Functions of `keras.backend`, and optimizers of `keras.optimizers.legacy`.

    ## References

    - Keras 3 guide "Migrating Keras 2 code to multi-backend Keras 3".
    - Keras 2.11 release notes: the new optimizers take `learning_rate` and schedules; the old ones are in
      `optimizers.legacy`.
    """

    code = "TFL501"
    name = "removed-api"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        alone = program.targets == {KERAS3}
        for use in program.api_uses:
            if is_guarded(program, use):
                continue
            if KERAS3 in program.targets:
                said = _fate_of_argument(use) if use.how == "argument" else _fate_of_member(use)
            else:
                said = _ignored_on_keras2(use)
            if said is not None:
                firm = Confidence.CERTAIN if alone else Confidence.POSSIBLE
                claim = Claim("member", facts={"name": use.name, "how": use.how})
                yield Problem(use.node, said, _help(use.name), firm, claim)


def table_of(kind: str) -> str | None:
    """The class whose members are measured that an object of this kind has."""
    if kind in ("keras.Model", "keras.Sequential"):
        return "keras.Model"
    if kind.startswith("keras.metrics."):
        return "keras.metrics.Metric"
    if kind.startswith("keras.optimizers.") and kind.count(".") == 2:
        return "keras.optimizers.Optimizer"
    # Keras's own layers have members of their own; a layer of the file has those of Layer.
    return kind if kind in ("keras.layers.Layer", "keras.mixed_precision.LossScaleOptimizer") else None


def _fate_of_member(use: ApiUse) -> str | None:
    """What becomes of a member that Keras 2 has, where Keras 3 does something else."""
    owner = table_of(use.owner)
    if owner is None or use.name not in facts(KERAS2).members[owner]:
        return None
    word = facts(KERAS3).members[owner].get(use.name)
    member = f"{owner.rsplit('.', 1)[-1]}.{use.name}"
    if use.how == "assigned":
        # Assigning to what is no longer there makes an attribute that nothing reads.
        gone = word is None and owner.endswith("Optimizer")
        return f"Keras 3 has no `{member}`: the assignment has no effect there" if gone else None
    if word is Member.DISABLED:
        return f"`{member}` is disabled on Keras 3: NotImplementedError"
    if word is not None or (use.receiver is not None and use.name in use.receiver.attrs):
        return None
    return f"Keras 3 has no `{member}`: AttributeError"


def _fate_of_argument(use: ApiUse) -> str | None:
    """What becomes of an argument that Keras 2 had, where Keras 3 does something else."""
    old, new = facts(KERAS2).arguments.get(use.owner), facts(KERAS3).arguments.get(use.owner)
    if old is None or new is None or use.name not in old:
        return None
    word = new.get(use.name)
    short = use.owner.removeprefix("keras.").removeprefix("optimizers.")
    if word is Argument.IGNORED:
        return f"Keras 3 ignores the argument `{use.name}` of `{short}`"
    if word is Argument.RAISES:
        return f"`{short}` has no argument `{use.name}` on Keras 3: ValueError; Keras 2 ignores it since 2.11"
    return f"`{short}` has no argument `{use.name}` on Keras 3: TypeError" if word is None else None


def _ignored_on_keras2(use: ApiUse) -> str | None:
    word = facts(KERAS2).arguments.get(use.owner, {}).get(use.name)
    if use.how != "argument" or word is not Argument.IGNORED:
        return None
    return f"the argument `{use.name}` is ignored since Keras 2.11: the optimizer keeps its default"


INSTEAD = {
    "reset_states": "`reset_state()`, which Keras 2.5 and later have, too",
    "lr": "`learning_rate`",
    "decay": "a schedule: `learning_rate=keras.optimizers.schedules.InverseTimeDecay(...)`",
    "minimize": "`tape.gradient(...)` and `apply_gradients(...)`",
    "get_scaled_loss": "`optimizer.scale_loss(loss)`",
    "get_unscaled_gradients": "nothing: `apply_gradients` unscales them itself",
    "add_metric": "a metric object as an attribute, updated in `call`",
}
"""What to write, by the removed name."""


def _help(name: str) -> str:
    return INSTEAD.get(name, "leave it out, or ask for the release that it needs in the project's requirements")


CAUTION = re.compile(r"hasattr|version|legacy|keras_?[23]|is_tf", re.IGNORECASE)
"""Tests that tell one release from another."""


def is_guarded(program: Program, use: ApiUse) -> bool:
    """Whether the code asks first, or is prepared for an error."""
    return any(isinstance(c, (cst.Try, cst.TryStar)) or CAUTION.search(program.source(c)) for c in use.conditions)

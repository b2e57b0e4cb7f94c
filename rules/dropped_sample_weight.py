"""TFL104 dropped-sample-weight."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from tfloss_lint.claim import Claim
from tfloss_lint.finding import Confidence
from tfloss_lint.program import Program
from tfloss_lint.reading.events import Step, Unpacking
from tfloss_lint.reading.values import Role, Sequence, Tensor, Value
from tfloss_lint.rule import Problem, Rule

from .raw_loss import passes_by_compiled_loss
from .vector_gradient import place


class DroppedSampleWeight(Rule):
    """A step is handed sample weights and trains as if there were none, or it cannot take them at all.

    ## What it does

    It finds a `train_step` that takes the sample weights out of its data and leaves them out of the loss, and a
    `train_step` or `test_step` that takes its data apart into `x, y` while `fit()` or its like hands over a third
    part, because of `sample_weight=`, `class_weight=` or a data set of three-tuples. The finding points at the
    expression that makes the loss, or at the pattern that is too short.

    ## Why it is wrong

    `fit()` passes the weights on to the step and does no more. In the example below two samples weigh 3 and pull
    the bias up, two weigh 1 and pull it down: it moves by 0.5 with the weights and by 0.0 without, on all three
    stacks. Class weights come to the step as sample weights, and are lost in the same way. A step with `x, y = data`
    raises a ValueError in its first batch.

    ## Example

    ```python
    import numpy as np
    import tensorflow as tf
    from tensorflow import keras


    class Regressor(keras.Model):
        def train_step(self, data):
            x, y, sample_weight = data
            with tf.GradientTape() as tape:
                y_pred = self(x, training=True)
                loss = self.compute_loss(x, y, y_pred)  # TFL104: 20
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            return {"samples": tf.size(y)}


    x, y = np.zeros((4, 1), "float32"), np.array([[1.0], [1.0], [-1.0], [-1.0]], "float32")
    weight = np.array([3.0, 3.0, 1.0, 1.0], "float32")
    inputs = keras.Input((1,))
    model = Regressor(inputs, keras.layers.Dense(1)(inputs))
    model.compile(optimizer=keras.optimizers.SGD(0.5), loss="mae")
    model.fit(x, y, sample_weight=weight, verbose=0)

    as_written = model.get_weights()[1][0]
    reference = 0.5 * (3.0 + 3.0 - 1.0 - 1.0) / 4
    ```

    ## Use instead

    The compiled loss takes the weights along, and so does every loss object: `loss_fn(y, y_pred, sample_weight)`.
    `keras.utils.unpack_x_y_sample_weight(data)` (on Keras 2: of `keras.engine.data_adapter`) takes data with and
    without weights.

    ```python
    import numpy as np
    import tensorflow as tf
    from tensorflow import keras


    class Regressor(keras.Model):
        def train_step(self, data):
            x, y, sample_weight = data
            with tf.GradientTape() as tape:
                y_pred = self(x, training=True)
                loss = self.compute_loss(x, y, y_pred, sample_weight)
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            return {"samples": tf.size(y)}


    x, y = np.zeros((4, 1), "float32"), np.array([[1.0], [1.0], [-1.0], [-1.0]], "float32")
    weight = np.array([3.0, 3.0, 1.0, 1.0], "float32")
    inputs = keras.Input((1,))
    model = Regressor(inputs, keras.layers.Dense(1)(inputs))
    model.compile(optimizer=keras.optimizers.SGD(0.5), loss="mae")
    model.fit(x, y, sample_weight=weight, verbose=0)

    as_written = model.get_weights()[1][0]
    reference = 0.5 * (3.0 + 3.0 - 1.0 - 1.0) / 4
    ```

    ## Confidence

    *certain*: the file shows the weights that `fit()` is given. *likely*: the step takes its data apart into three,
    so it always gets weights. *possible*: it uses `unpack_x_y_sample_weight`, and the file shows no `fit()`.

    ## What it deliberately does not see

    - Steps that never mention weights, where the file gives none: most steps are of that kind, and rightly.
    - A third part that is not called a weight, and one that is dropped on purpose: `x, y, _ = data`.
    - Steps that pass by the compiled loss with a raw one. They are TFL101's, which names the lost weights.
    - Steps that take data of several lengths apart, by a test or in a `try`.
    - Losses without labels, and loops outside of a step: there the third part may be anything.

    ## References

    - Keras guide "Customizing what happens in fit()", on `sample_weight` and `class_weight`.
    - `Model.compute_loss(x, y, y_pred, sample_weight)`: Keras 2.8 and later.
    """

    code = "TFL104"
    name = "dropped-sample-weight"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        for unpacking in program.unpackings:
            step = unpacking.step
            assert step is not None
            if is_too_short(unpacking, step):
                yield Problem(
                    unpacking.node,
                    "the step is handed sample weights as a third part, and this pattern takes two: ValueError",
                    "`x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)`; give the weights to the loss",
                    Confidence.CERTAIN,
                )
            elif step.name == "train_step" and names_weights(unpacking):
                yield from _unweighted(program, unpacking, step)


def is_too_short(unpacking: Unpacking, step: Step) -> bool:
    """Whether what the step is handed certainly has three parts, and the pattern two."""
    assert isinstance(unpacking.node, (cst.Tuple, cst.List))
    handed = unpacking.value is step.data and unpacking.certain
    return handed and len(unpacking.node.elements) == 2 and shown_weights(step.data)


def shown_weights(data: Value) -> bool:
    """Whether the file shows the weights that a step is handed."""
    if not isinstance(data, Sequence) or data.open or len(data.items) != 3:
        return False
    weights = data.items[2]
    return isinstance(weights, Tensor) and weights.node is not None


WEIGHT = re.compile(r"weight|^sw$|^w$|_w$", re.IGNORECASE)


def names_weights(unpacking: Unpacking) -> bool:
    """Whether the pattern has a third part that is called a weight."""
    assert isinstance(unpacking.node, (cst.Tuple, cst.List))
    names = [element.value for element in unpacking.node.elements]
    return len(names) == 3 and isinstance(names[2], cst.Name) and WEIGHT.search(names[2].value) is not None


def _unweighted(program: Program, unpacking: Unpacking, step: Step) -> Iterator[Problem]:
    gradients = list(program.in_step(program.gradients, step))
    if not _gets_weights(step) or any(_is_weighted(gradient.target) for gradient in gradients):
        return
    for gradient in gradients:
        target = gradient.target
        if passes_by_compiled_loss(program, gradient, step):
            continue
        if isinstance(target, Tensor) and _is_supervised(program, target):
            yield Problem(
                place(program, gradient, target),
                "the loss leaves out the sample weights of the step: every sample counts the same",
                "hand them over: `self.compute_loss(x, y, y_pred, sample_weight)`, `loss_fn(y, y_pred, sample_weight)`",
                _confidence(unpacking, step),
                Claim("step"),
            )


def _gets_weights(step: Step) -> bool:
    """Whether there are any weights, as far as the file shows."""
    return not step.reached or (isinstance(step.data, Sequence) and len(step.data.items) == 3)


def _is_weighted(target: Value) -> bool:
    """Whether weights flow into a loss, or may do so."""
    return not isinstance(target, Tensor) or Role.WEIGHT in target.sources


def _is_supervised(program: Program, target: Tensor) -> bool:
    """Whether it compares labels with predictions."""
    return bool(program.terms(target)) and target.sources >= {Role.LABEL, Role.PREDICTION}


def _confidence(unpacking: Unpacking, step: Step) -> Confidence:
    if shown_weights(step.data):
        return Confidence.CERTAIN
    return Confidence.LIKELY if unpacking.value is step.data else Confidence.POSSIBLE

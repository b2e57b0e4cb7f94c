"""TFL106 train-test-asymmetry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from tfloss_lint.claim import Claim
from tfloss_lint.finding import Confidence
from tfloss_lint.program import Program
from tfloss_lint.reading.events import Logs, Step
from tfloss_lint.reading.library.losses import FAMILIES, function_of
from tfloss_lint.reading.library.models import compiled_loss_of
from tfloss_lint.reading.scale import Scale, scale_of
from tfloss_lint.reading.terms import Term
from tfloss_lint.reading.values import Mapping, Tensor, Value
from tfloss_lint.rule import Problem, Rule

from .raw_loss import is_supervised
from .sum_vs_mean import SumVsMean, place_of_sum


class TrainTestAsymmetry(Rule):
    """`test_step` reports another loss than `train_step`, under the same name.

    ## What it does

    It finds a model whose `train_step` and `test_step` are both overridden and both report a log `loss`, where one
    is another kind of error than the other, or a multiple of it. The finding points at the loss of `test_step`.

    ## Why it is wrong

    `loss` and `val_loss` are read side by side: as a sign of overfitting, by `EarlyStopping`, by a search for the
    best settings. Two different errors say nothing about each other. In the example below the training reports the
    squared error, 2.0, and the validation the absolute one, 1.0, on the same data and with the same weights; the
    curves look like a model that does better on new data, on all three stacks.

    ## Example

    ```python
    import numpy as np
    import tensorflow as tf
    from tensorflow import keras


    class Regressor(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = keras.layers.Dense(1, kernel_initializer="zeros")
            self.tracker = keras.metrics.Mean(name="loss")

        def call(self, inputs):
            return self.head(inputs)

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(y - self(x, training=True)))
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            self.tracker.update_state(loss)
            return {"loss": self.tracker.result()}

        def test_step(self, data):
            x, y = data
            loss = tf.reduce_mean(tf.abs(y - self(x, training=False)))  # TFL106: 16
            self.tracker.update_state(loss)
            return {"loss": self.tracker.result()}


    x, y = np.ones((4, 3), "float32"), np.array([[0.0], [2.0], [0.0], [2.0]], "float32")
    model = Regressor()
    model.compile(optimizer=keras.optimizers.SGD(0.0))
    history = model.fit(x, y, validation_data=(x, y), verbose=0).history

    as_written = history["val_loss"][0]
    reference = history["loss"][0]
    ```

    ## Use instead

    Report the same loss in both; another error gets a name of its own.

    ```python
    import numpy as np
    import tensorflow as tf
    from tensorflow import keras


    class Regressor(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = keras.layers.Dense(1, kernel_initializer="zeros")
            self.tracker = keras.metrics.Mean(name="loss")
            self.error = keras.metrics.MeanAbsoluteError(name="mae")

        def call(self, inputs):
            return self.head(inputs)

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(y - self(x, training=True)))
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            self.tracker.update_state(loss)
            return {"loss": self.tracker.result()}

        def test_step(self, data):
            x, y = data
            y_pred = self(x, training=False)
            self.tracker.update_state(tf.reduce_mean(tf.square(y - y_pred)))
            self.error.update_state(y, y_pred)
            return {"loss": self.tracker.result(), "mae": self.error.result()}


    x, y = np.ones((4, 3), "float32"), np.array([[0.0], [2.0], [0.0], [2.0]], "float32")
    model = Regressor()
    model.compile(optimizer=keras.optimizers.SGD(0.0))
    history = model.fit(x, y, validation_data=(x, y), verbose=0).history

    as_written = history["val_loss"][0]
    reference = history["loss"][0]
    ```

    ## Confidence

    *likely*: both losses are in the file, and each is one comparison of labels and predictions.

    ## What it deliberately does not see

    - A model that overrides `train_step` alone: `evaluate()` measures the compiled loss then. If that is not the
      one that trains, TFL101 speaks.
    - Sums against means, where TFL203 speaks already.
    - Losses of several comparisons, losses without labels: GANs, VAEs, distillation.
    - Differences in penalties, dropout, label smoothing, or in the names of the logs.
    - Factors that serve to accumulate gradients: it compares what is reported, not what is differentiated.

    ## References

    - Keras guide "Customizing what happens in fit()", on `test_step`.
    """

    code = "TFL106"
    name = "train-test-asymmetry"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        trained = [logs for logs in program.logs if logs.step is not None and logs.step.name == "train_step"]
        for logs in program.logs if trained else []:
            if logs.step is None or logs.step.name != "test_step":
                continue
            test = reported(program, logs, logs.step)
            for other in trained:
                assert other.step is not None
                if test is None or other.step.model is not logs.step.model:
                    continue
                train = reported(program, other, other.step)
                said = None if train is None else _difference(program, train, test)
                if train is not None and said is not None:
                    yield Problem(
                        test.node,
                        f"test_step reports {said} as its `loss`: `loss` and `val_loss` cannot be compared",
                        "report the same loss in both steps, and other errors under names of their own",
                        Confidence.LIKELY,
                        _claim(program, logs.step, train, test),
                    )


def _claim(program: Program, step: Step, train: Reported, test: Reported) -> Claim | None:
    """That a batch has two losses, where `test_step` itself shows its own."""
    own = program.statement_function(test.node) is step.node
    return Claim("reported loss", {"train": train.node}) if own else None


@dataclass(frozen=True, slots=True)
class Reported:
    """What a step reports as its loss: which error, how large next to its mean, and where it is made."""

    family: str
    scale: Scale | None
    node: cst.CSTNode
    term: Term


def reported(program: Program, logs: Logs, step: Step) -> Reported | None:
    """The loss of a step's logs; ``None`` where the file does not show it, or where it is no plain comparison."""
    value = logs.value.items.get("loss") if isinstance(logs.value, Mapping) else None
    loss = None if value is None else _tracked(program, value, step)
    terms = [] if loss is None else program.terms(loss)
    if loss is None or len(terms) != 1 or not is_supervised(terms[0]):
        return None
    (term,) = terms
    family = term.family
    if term.via == "compiled":
        family = FAMILIES.get(function_of(compiled_loss_of(step.model)) or "", "")
    if family not in FAMILIES.values():
        return None
    made = loss.node if loss.node in program.interpreter.standing else None
    return Reported(family, scale_of(term, program.batch_sizes), made or logs.node, term)


def _tracked(program: Program, value: Value, step: Step) -> Tensor | None:
    """The loss of the batch that a log shows: it is the log, or what its tracker is updated with."""
    if not isinstance(value, Tensor) or value.op != "metric_result":
        return value if isinstance(value, Tensor) else None
    updates = [u for u in program.in_step(program.metric_updates, step) if u.metric is value.inputs[0]]
    loss = updates[0].arguments[0] if len(updates) == 1 and len(updates[0].arguments) == 1 else None
    return loss if isinstance(loss, Tensor) else None


def _difference(program: Program, train: Reported, test: Reported) -> str | None:
    """What `test_step` reports in place of what `train_step` reports; ``None`` for the same."""
    if train.family != test.family:
        return f"the {test.family} and train_step the {train.family}"
    if train.scale is None or test.scale is None or train.scale == test.scale:
        return None
    if is_reported_as_sum(program, train.term) or is_reported_as_sum(program, test.term):
        return None
    return f"{_described(test.scale)} of the {test.family} and train_step {_described(train.scale)}"


def _described(scale: Scale) -> str:
    """A multiple of the mean in words."""
    times = "" if scale.factor == 1 else f"{scale.factor:g} times "
    return times + ("the mean" if scale.samples == 0 else f"the mean times the batch size to the power {scale.samples}")


def is_reported_as_sum(program: Program, term: Term) -> bool:
    """Whether TFL203 speaks of it by default."""
    node = place_of_sum(term)
    problems = SumVsMean().check(program) if node is not None else ()
    return any(p.node is node and p.confidence is not Confidence.POSSIBLE for p in problems)

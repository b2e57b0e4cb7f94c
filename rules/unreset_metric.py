"""TFL304 unreset-metric."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tfloss_lint.claim import Claim
from tfloss_lint.finding import Confidence
from tfloss_lint.program import Program
from tfloss_lint.reading.events import MetricUpdate
from tfloss_lint.reading.values import Mapping, Object, Sequence, Value
from tfloss_lint.rule import Problem, Rule

from .argmax_into_metric import receiver


class UnresetMetric(Rule):
    """A metric that nothing resets between epochs reports the mean over the whole training so far.

    ## What it does

    It finds updates of a metric object that lives longer than an epoch and is not reset: in a step, a metric that
    is neither an attribute of the model nor listed in its `metrics`, or an attribute that an overridden `metrics`
    property leaves out; in a loop over epochs, a metric made before the loop without `reset_state()` in it. The
    finding points at the update.

    ## Why it is wrong

    A metric adds up until it is reset. The second epoch's value is a mean over two epochs, the tenth's over ten.
    Curves come out too smooth and lag behind, training looks worse than validation, and early stopping waits for
    the wrong number. In the examples the loss of an epoch is 6120 and 11693 is shown; an accuracy of 0.899 is shown
    as 0.849. `fit()` and `evaluate()` reset what `model.metrics` contains, on all generations (the numbers are
    those of tf_keras 2.21 and Keras 3.15; Keras 2.8 draws other first weights and follows the same pattern):

    | the metric is | over 4 epochs `fit()` shows |
    |---|---|
    | an attribute of the model, or in a list that is one | 4.208, 3.339, 3.381, 3.387 |
    | a global | 4.208, 3.773, 3.642, 3.579 |
    | an attribute, and `metrics` is overridden without it | 4.208, 3.773, 3.642, 3.579 |

    ## Example

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_diabetes
    from tensorflow import keras

    tracker = keras.metrics.Mean(name="mean_loss")


    class Regressor(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = keras.layers.Dense(1, kernel_initializer="zeros")

        def call(self, inputs):
            return self.head(inputs)

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                y_pred = self(x, training=True)
                loss = tf.reduce_mean(tf.square(y - y_pred))
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            tracker.update_state(loss)  # TFL304: 9
            return {"mean_loss": tracker.result()}


    x, y = load_diabetes(return_X_y=True)
    y = y.reshape(-1, 1)
    model = Regressor()
    model.compile(optimizer=keras.optimizers.SGD(0.1))
    model.fit(x, y, batch_size=442, epochs=10, verbose=0)

    reference = ((model.predict(x, verbose=0) - y) ** 2).mean()  # the loss with which the next epoch starts
    as_written = model.fit(x, y, batch_size=442, epochs=1, verbose=0).history["mean_loss"][0]
    ```

    In a loop:

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_digits
    from tensorflow import keras

    x, y = load_digits(return_X_y=True)
    dataset = tf.data.Dataset.from_tensor_slices((x / 16, y)).batch(64)
    model = keras.Sequential([keras.layers.Dense(10, kernel_initializer="zeros")])
    loss_function = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.SGD(0.5)
    accuracy = keras.metrics.SparseCategoricalAccuracy()
    shown, meant = [], []

    for epoch in range(2):
        right = 0
        for images, labels in dataset:
            with tf.GradientTape() as tape:
                logits = model(images, training=True)
                loss = loss_function(labels, logits)
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables))
            accuracy.update_state(labels, logits)  # TFL304: 9
            right += int(tf.reduce_sum(tf.cast(tf.argmax(logits, axis=-1) == labels, tf.int32)))
        shown.append(float(accuracy.result()))
        meant.append(right / len(y))

    as_written = shown
    reference = meant
    ```

    ## Use instead

    Make the metric an attribute of the model.

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_diabetes
    from tensorflow import keras


    class Regressor(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = keras.layers.Dense(1, kernel_initializer="zeros")
            self.tracker = keras.metrics.Mean(name="mean_loss")

        def call(self, inputs):
            return self.head(inputs)

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                y_pred = self(x, training=True)
                loss = tf.reduce_mean(tf.square(y - y_pred))
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            self.tracker.update_state(loss)
            return {"mean_loss": self.tracker.result()}


    x, y = load_diabetes(return_X_y=True)
    y = y.reshape(-1, 1)
    model = Regressor()
    model.compile(optimizer=keras.optimizers.SGD(0.1))
    model.fit(x, y, batch_size=442, epochs=10, verbose=0)

    reference = ((model.predict(x, verbose=0) - y) ** 2).mean()  # the loss with which the next epoch starts
    as_written = model.fit(x, y, batch_size=442, epochs=1, verbose=0).history["mean_loss"][0]
    ```

    In a loop, reset it at the start of every epoch.

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_digits
    from tensorflow import keras

    x, y = load_digits(return_X_y=True)
    dataset = tf.data.Dataset.from_tensor_slices((x / 16, y)).batch(64)
    model = keras.Sequential([keras.layers.Dense(10, kernel_initializer="zeros")])
    loss_function = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.SGD(0.5)
    accuracy = keras.metrics.SparseCategoricalAccuracy()
    shown, meant = [], []

    for epoch in range(2):
        accuracy.reset_state()
        right = 0
        for images, labels in dataset:
            with tf.GradientTape() as tape:
                logits = model(images, training=True)
                loss = loss_function(labels, logits)
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables))
            accuracy.update_state(labels, logits)
            right += int(tf.reduce_sum(tf.cast(tf.argmax(logits, axis=-1) == labels, tf.int32)))
        shown.append(float(accuracy.result()))
        meant.append(right / len(y))

    as_written = shown
    reference = meant
    ```

    ## Confidence

    *certain*: the file shows the loop over epochs and every use of the metric, or the model's `metrics` property
    and the `fit()` that trains for more than one epoch. *likely*: the step is in the file and the call of `fit()`
    is not. *possible*: the metric is handed to code that the file does not show and that may reset it.

    ## What it deliberately does not see

    - One pass over the data, and metrics that are made anew in every epoch.
    - Attributes of a model that does not override `metrics`: they are found and reset.
    - Globals that a `metrics` property returns, and metrics that a callback resets.
    - Running means that are meant as such: one loop over steps without epochs.

    ## References

    - `Metric.reset_state`: Keras 2.5 and later. `reset_states` is its older name, and Keras 3 has it no more: a
      metric class that overrides `reset_states` is never reset there.
    - `Model.metrics`: what `fit()` resets at the start of an epoch, and `evaluate()` at its start.
    """

    code = "TFL304"
    name = "unreset-metric"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        seen: set[int] = set()
        for update in program.metric_updates:
            metric = update.metric
            if not isinstance(metric, Object) or not metric.kind.startswith("keras.metrics.") or id(metric) in seen:
                continue
            if any(reset.metric is metric for reset in program.metric_resets):
                continue
            if update.step is not None:
                problem = _in_step(program, update, metric)
            else:
                problem = _in_loop(program, update, metric)
            if problem is not None:
                seen.add(id(metric))
                yield replace(problem, claim=claim_of(program, update))


def claim_of(program: Program, update: MetricUpdate) -> Claim | None:
    """That after the second epoch the metric shows another number than a fresh one that sees this epoch alone."""
    operands = program.parts(update.node, metric=receiver(update.node))
    return Claim("reset", operands) if operands else None


def _in_step(program: Program, update: MetricUpdate, metric: Object) -> Problem | None:
    """A metric that ``fit`` does not know of: no attribute of the model, not compiled, not in ``metrics``."""
    assert update.step is not None
    model = update.step.model
    listed = program.metrics_of(model)
    if listed is not None:
        known = isinstance(listed, Sequence) and not listed.open
        if not known or holds([listed], metric):
            return None
    elif holds(list(model.attrs.values()), metric) or metric.loops or update.loops or metric.step is update.step:
        return None
    return Problem(
        update.node,
        "fit() resets the metrics that it knows of, and this one is "
        + (
            "not in the `metrics` that the model lists"
            if listed is not None
            else "no attribute of the model nor in its `metrics`"
        )
        + ": it goes on counting over all epochs, and from training into validation",
        "make the metric an attribute of the model, or list it in the `metrics` property",
        Confidence.LIKELY,
    )


def holds(values: list[Value], metric: Object) -> bool:
    """Whether the metric is among the values, or inside them."""
    for value in values:
        if value is metric:
            return True
        inner = (
            value.items
            if isinstance(value, Sequence)
            else list(value.items.values())
            if isinstance(value, Mapping)
            else []
        )
        if inner and holds(list(inner), metric):
            return True
    return False


def _in_loop(program: Program, update: MetricUpdate, metric: Object) -> Problem | None:
    """A metric made outside the loop over epochs, read inside it, and never reset."""
    read = any(event.metric is metric and event.loops > metric.loops for event in program.metric_reads)
    if not read or update.loops - metric.loops < 2:
        return None
    return Problem(
        update.node,
        "nothing resets this metric between the epochs of the loop: what is read after an epoch is the mean over all "
        "epochs so far",
        "call `reset_state()` at the start of every epoch",
        Confidence.LIKELY,
    )

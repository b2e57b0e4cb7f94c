"""TFL306 metric-in-step."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from tfloss_lint.claim import Claim
from tfloss_lint.finding import Confidence
from tfloss_lint.program import Program
from tfloss_lint.reading.events import Logs
from tfloss_lint.reading.values import Mapping, Object, Tensor, Value
from tfloss_lint.rule import Problem, Rule


class MetricInStep(Rule):
    """A metric that is made anew for every batch never adds anything up: its value is that of the last batch.

    ## What it does

    It finds a metric that is made inside a loop over batches, is updated once there, and is read or shown after the
    loop; and a metric that a `train_step` or `test_step` makes itself and returns as a log. The finding points at the
    place where the metric is made.

    ## Why it is wrong

    A metric object is there to add up over batches. One that is made for a batch has seen that batch alone, and what
    stands in the variable after the loop is the value of the last one, often the smallest. In the first example 0.2
    is shown for a model that is right on 9.9 % of the rows. In a step it depends on the mode; for an accuracy of
    0.099, whose last batch has 0.2:

    | a metric that is made in `train_step` | Keras 2.8 | tf_keras 2.21 | Keras 3.15 |
    |---|---|---|---|
    | `compile()` | ValueError | ValueError | ValueError |
    | `compile(run_eagerly=True)` | 0.2 | 0.2 | 0.2 |
    | the same, as `self.metric = ...` | 0.2 | 0.2 | ValueError |
    | made in `__init__` | 0.099 | 0.099 | 0.099 |

    So a step like that seems to need `run_eagerly=True`, which makes training slow and the number wrong.

    ## Example

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_digits
    from tensorflow import keras

    x, y = load_digits(return_X_y=True)
    model = keras.Sequential([keras.layers.Dense(10, kernel_initializer="zeros")])

    for images, labels in tf.data.Dataset.from_tensor_slices((x / 16, y)).batch(64):
        accuracy = keras.metrics.SparseCategoricalAccuracy()  # TFL306: 16
        accuracy.update_state(labels, model(images, training=False))

    as_written = float(accuracy.result())
    reference = (y == 0).mean()  # nothing is learnt: all outputs are equal, and argmax names the class 0
    ```

    In a step:

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_digits
    from tensorflow import keras


    class Classifier(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = keras.layers.Dense(10, kernel_initializer="zeros")

        def call(self, inputs):
            return self.head(inputs)

        def test_step(self, data):
            x, y = data
            accuracy = keras.metrics.SparseCategoricalAccuracy()  # TFL306: 20
            accuracy.update_state(y, self(x, training=False))
            return {"accuracy": accuracy.result()}


    x, y = load_digits(return_X_y=True)
    model = Classifier()
    model.compile(run_eagerly=True)

    as_written = model.evaluate(x / 16, y, verbose=0, return_dict=True)["accuracy"]
    reference = (y == 0).mean()
    ```

    ## Use instead

    Make it once, before the loop.

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_digits
    from tensorflow import keras

    x, y = load_digits(return_X_y=True)
    model = keras.Sequential([keras.layers.Dense(10, kernel_initializer="zeros")])
    accuracy = keras.metrics.SparseCategoricalAccuracy()

    for images, labels in tf.data.Dataset.from_tensor_slices((x / 16, y)).batch(64):
        accuracy.update_state(labels, model(images, training=False))

    as_written = float(accuracy.result())
    reference = (y == 0).mean()
    ```

    In a model, in `__init__`.

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_digits
    from tensorflow import keras


    class Classifier(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = keras.layers.Dense(10, kernel_initializer="zeros")
            self.accuracy = keras.metrics.SparseCategoricalAccuracy()

        def call(self, inputs):
            return self.head(inputs)

        def test_step(self, data):
            x, y = data
            self.accuracy.update_state(y, self(x, training=False))
            return {"accuracy": self.accuracy.result()}


    x, y = load_digits(return_X_y=True)
    model = Classifier()
    model.compile(run_eagerly=True)

    as_written = model.evaluate(x / 16, y, verbose=0, return_dict=True)["accuracy"]
    reference = (y == 0).mean()
    ```

    ## Confidence

    *certain*: a step makes the metric and returns its result. *likely*: the metric is made in a loop over a data set,
    and its value is read, printed or written into a string after the loop.

    ## What it deliberately does not see

    - The value of a batch that is shown or stored within the loop: then it is meant as such.
    - A new metric for every epoch.
    - Metrics that an inner loop updates several times.
    - Loops over anything but a `tf.data` pipeline: the file does not show that their rounds are batches.

    ## References

    - `Metric.result()`: the value since the metric was made or reset.
    - "tf.function only supports singleton tf.Variables created on the first call": a metric makes variables.
    """

    code = "TFL306"
    name = "metric-in-step"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        """Report each place where such a metric is made once."""
        reported: set[cst.CSTNode] = set()
        for metric, problem in (*_logged(program), *_read_afterwards(program)):
            if metric.node is not None and metric.node not in reported:
                reported.add(metric.node)
                yield problem


def _logged(program: Program) -> Iterator[tuple[Object, Problem]]:
    """Metrics that a step makes and returns the results of."""
    for logs in program.logs:
        for metric in _metrics_in(logs):
            if metric.step is logs.step and metric.node is not None:
                yield (
                    metric,
                    Problem(
                        metric.node,
                        "the step makes this metric anew for every batch: in a graph, as fit() runs it, that is an "
                        "error, and with run_eagerly=True the log is the value of the last batch",
                        "make the metric in `__init__`, as an attribute of the model: fit() resets it at every epoch",
                        Confidence.CERTAIN,
                        Claim("remade metric"),
                    ),
                )


def _metrics_in(logs: Logs) -> list[Object]:
    """The metrics whose results a step returns."""
    values = logs.value.items.values() if isinstance(logs.value, Mapping) else ()
    return [metric for value in values for metric in _metrics_of(value)]


def _metrics_of(value: Value) -> list[Object]:
    """The metrics that a number is computed from."""
    if not isinstance(value, Tensor):
        return []
    if value.op == "metric_result":
        return [metric for metric in value.inputs if isinstance(metric, Object)]
    return [metric for part in value.inputs for metric in _metrics_of(part)]


def _read_afterwards(program: Program) -> Iterator[tuple[Object, Problem]]:
    """Metrics of a single batch whose value is used after the loop over the batches."""
    uses = [(read.metric, read.loops) for read in program.metric_reads]
    uses += [(metric, shown.loops) for shown in program.shown for metric in _metrics_of(shown.value)]
    for metric, loops in uses:
        if not isinstance(metric, Object) or metric.node is None or not metric.per_batch or loops >= metric.loops:
            continue
        updates = [update for update in program.metric_updates if _is(update.metric, metric)]
        if updates and all(update.loops == metric.loops for update in updates):
            yield (
                metric,
                Problem(
                    metric.node,
                    "this metric is made anew for every batch, and its value is used after the loop: it is that of "
                    "the last batch alone",
                    "make the metric before the loop over the batches",
                    Confidence.LIKELY,
                    Claim("remade metric"),
                ),
            )


def _is(value: Value, metric: Object) -> bool:
    """Whether it is made at the same place: every round of a loop makes one."""
    return isinstance(value, Object) and value.node is metric.node

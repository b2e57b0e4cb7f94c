"""TFL303 untracked-loss-log."""

from __future__ import annotations

from collections.abc import Iterator

from tfloss_lint.claim import Claim
from tfloss_lint.facts import Logged, facts
from tfloss_lint.finding import Confidence
from tfloss_lint.generation import Generation
from tfloss_lint.program import Program
from tfloss_lint.reading.events import Logs
from tfloss_lint.reading.library.losses import is_loss
from tfloss_lint.reading.library.models import compiled_loss_of
from tfloss_lint.reading.values import UNKNOWN, Mapping, Object, Sequence, Tensor, Value, constant, options
from tfloss_lint.rule import Problem, Rule


class UntrackedLossLog(Rule):
    """A step returns the loss of its batch as a log, so that `fit()` reports the last batch only, or 0.0.

    ## What it does

    It finds a `train_step` or `test_step` that returns a loss tensor itself, and not the `result()` of a metric
    that follows it over the epoch; also one whose metric is reset in every step. The finding points at the value in
    the returned dictionary.

    ## Why it is wrong

    Keras takes what the last step of an epoch returned. `History`, callbacks, `EarlyStopping` and `evaluate()` then
    see one batch, often the partial one. On Keras 3 it can be worse: a step that returns exactly the keys of the
    model's metrics is answered with the values of these metrics, and the built-in tracker `loss`, which nobody
    updated, says 0.0. That happens with and without `compile(loss=...)`. For a loss whose mean is 29,074 and whose
    last batch has 21,512, in a model without further metrics:

    | the step returns | Keras 2.8 | tf_keras 2.21 | Keras 3.15 |
    |---|---|---|---|
    | `{"loss": loss}`, a raw loss | 21512 | 21512 | 0.0 |
    | `{"my_loss": loss}` | 21512 | 21512 | 21512 |
    | `{"loss": loss, "other": ...}` | 21512 | 21512 | 21512 |
    | `{"loss": loss, "mae": self.mae.result()}`, no further metrics | 21512 | 21512 | 0.0 |
    | `{"loss": self.compiled_loss(y, y_pred)}` | 21512 | 29074 | 0.0 |
    | `{"loss": self.compute_loss(x, y, y_pred)}` | 21512 | 29074 | 0.0 |
    | `{"loss": loss}`, `compile(metrics=["mae"])` | 21512 | 21512 | ValueError |
    | `{"loss": tracker.result()}`, updated with the rows as weights | 29074 | 29074 | 29074 |

    One more metric as an attribute of the model, and the keys are no longer the same: then tf_keras and Keras 3
    show 21512 in every one of these rows but the last two.

    On Keras 2 the progress bar averages such values by itself and shows another number than `History` has.

    ## Example

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_diabetes
    from tensorflow import keras


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
            return {"loss": loss}  # TFL303: 25


    x, y = load_diabetes(return_X_y=True)
    y = y.reshape(-1, 1)
    model = Regressor()
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.0))  # nothing learns: every batch has its final loss
    history = model.fit(x, y, batch_size=32, shuffle=False, verbose=0).history

    as_written = history["loss"][-1]
    reference = (y**2).mean()  # the predictions are all zero
    ```

    ## Use instead

    A `Mean` that is an attribute of the model is reset by `fit()` and `evaluate()` at the right moments. The sample
    weight makes it a mean over the rows; without it a partial batch counts in full.

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_diabetes
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
                y_pred = self(x, training=True)
                loss = tf.reduce_mean(tf.square(y - y_pred))
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            self.tracker.update_state(loss, sample_weight=tf.shape(y)[0])
            return {"loss": self.tracker.result()}


    x, y = load_diabetes(return_X_y=True)
    y = y.reshape(-1, 1)
    model = Regressor()
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.0))
    history = model.fit(x, y, batch_size=32, shuffle=False, verbose=0).history

    as_written = history["loss"][-1]
    reference = (y**2).mean()
    ```

    ## Confidence

    *certain*: the value is the loss that the gradient is taken of, or that `compute_loss` returned. *likely*: it is
    another loss of labels and predictions. *possible*: it comes from a function that the file does not show.

    ## What it deliberately does not see

    - Results of metrics, learning rates, gradient norms, counters.
    - Losses that a variable is assigned as well: moving averages that the step keeps itself.
    - Steps that Keras does not call: functions of a loop of one's own may return what they like.

    ## References

    - Keras 2 up to 2.10: the logs of the last step. From Keras 2.11 on: the metrics' own results where the step's
      keys are the metrics' names. Keras 3.0: always the metrics' results. Since Keras 3.3: the step's logs, unless
      its keys are the metrics' names.
    - `keras.metrics.Mean.update_state(values, sample_weight=None)`.
    """

    code = "TFL303"
    name = "untracked-loss-log"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        for logs in program.logs:
            if not isinstance(logs.value, Mapping):
                continue
            for key, value in logs.value.items.items():
                node = logs.value.nodes.get(key)
                if node is None:
                    continue
                if is_raw_loss(program, logs, value) and not is_kept(program, logs, value):
                    message = _message(program, logs, key, value)
                    if message is not None:
                        yield Problem(node, message, _HELP, Confidence.CERTAIN, claim_of(logs, key))
                elif is_reset_in_step(program, logs, value):
                    yield Problem(
                        node,
                        f"the log {key!r} comes from a metric that the step itself resets: fit() shows the last batch",
                        "leave the reset to Keras, which does it at the start of every epoch",
                        Confidence.CERTAIN,
                        claim_of(logs, key),
                    )


def claim_of(logs: Logs, key: object) -> Claim:
    """That what is shown under the key is not the mean over the batches."""
    return Claim("shown log", facts={"key": str(key), "step": "" if logs.step is None else logs.step.name})


SHOWN = {
    Logged.LAST_BATCH: "the last batch alone",
    Logged.ZERO: "0.0, from a loss tracker that nothing updates",
    Logged.RAISES: "an error, since the compiled metrics are not built",
}
"""What `fit` makes of it, where that is wrong."""


def _message(program: Program, logs: Logs, key: object, value: Value) -> str | None:
    """What each targeted generation shows; ``None`` when all of them show the mean."""
    case = case_of(program, logs, key, value)
    shown = [pair for generation in sorted(program.targets, key=lambda g: g.value) for pair in _shown(generation, case)]
    if not shown:
        return None
    words = {word for _, word in shown}
    everywhere = len(words) == 1 and len(shown) == len(program.targets)
    where = words.pop() if everywhere else ", and ".join(f"{word} on {release}" for release, word in shown)
    return f"the log {key!r} is the loss of one batch and not a running mean: after an epoch fit() reports {where}"


def _shown(generation: Generation, case: str) -> Iterator[tuple[str, str]]:
    """The releases of a generation on which the log is wrong, each with what `fit` shows there."""
    known = facts(generation)
    if known.logs[case] in SHOWN:
        yield generation.title, SHOWN[known.logs[case]]
        return
    older = {release: changed.get(f"logs / {case}", "differs") for release, changed in known.exceptions.items()}
    yield from ((release.title(), SHOWN[Logged(word)]) for release, word in older.items() if Logged(word) in SHOWN)


def case_of(program: Program, logs: Logs, key: object, value: Value) -> str:
    """The name under which the facts know what becomes of this log."""
    model = None if logs.step is None else logs.step.model
    trackers = [] if model is None else [v for v in model.attrs.values() if isinstance(v, Object) and is_metric(v)]
    if key != "loss":
        return "raw, tracker of the same name" if any(named(t, key) for t in trackers) else "raw under another name"
    if isinstance(value, Tensor) and value.op == "compiled_loss":
        return "compute_loss, metrics compiled" if model is not None and compiles_metrics(model) else "compute_loss"
    if any(named(tracker, key) for tracker in trackers):
        return "raw, tracker of the same name"
    if any(is_compiled_metrics(u.metric) for u in program.metric_updates if u.step is logs.step):
        # They are built, and Keras 3 has no key for each of them in `self.metrics`: the logs are shown as they are.
        return "raw under another name"
    if model is not None and compiles_metrics(model):
        return "raw, metrics compiled"
    if not are_metrics(logs, trackers):
        return "raw under another name"
    return "raw" if model is not None and is_loss(compiled_loss_of(model)) else "raw, nothing compiled"


def are_metrics(logs: Logs, trackers: list[Object]) -> bool:
    """Whether the step returns, besides the loss, one log for each of the model's own metrics, by its name."""
    others = [key for key in logs.value.items if key != "loss"] if isinstance(logs.value, Mapping) else []
    return len(others) == len(trackers) and all(any(named(tracker, key) for tracker in trackers) for key in others)


def is_metric(value: Object) -> bool:
    """Whether it is a metric object of the library's."""
    return value.kind.startswith("keras.metrics.")


def is_compiled_metrics(metric: Value) -> bool:
    """Whether it stands for all metrics given to `compile`."""
    return isinstance(metric, Object) and metric.kind == "compiled metrics"


def named(tracker: Object, key: object) -> bool:
    """Whether a metric object bears the log's name."""
    return any(constant(value) == key for value in (*tracker.args, tracker.kwargs.get("name", UNKNOWN)))


def compiles_metrics(model: Object) -> bool:
    """Whether `compile` was given metrics."""
    compiled = model.attrs.get("compiled with")
    metrics = compiled.items[1] if isinstance(compiled, Sequence) else None
    return isinstance(metrics, Sequence) and bool(metrics.items)


_HELP = 'keep a `keras.metrics.Mean(name="loss")` as an attribute, update it with the loss and return its `result()`'


def is_raw_loss(program: Program, logs: Logs, value: Value) -> bool:
    """Whether it is a loss of this batch on every path: differentiated, or a comparison of labels and predictions."""
    targets = [gradient.target for gradient in program.gradients if gradient.step is logs.step]
    return all(
        isinstance(option, Tensor) and (any(option is target for target in targets) or bool(program.terms(option)))
        for option in options(value)
    )


def is_kept(program: Program, logs: Logs, value: Value) -> bool:
    """Whether the step assigns what it logs to a variable, as it does with a moving average of the losses."""
    return any(event.step is logs.step and event.value is value for event in program.assigned)


def is_reset_in_step(program: Program, logs: Logs, value: Value) -> bool:
    """Whether it is the result of a metric that the same step resets."""
    if not isinstance(value, Tensor) or value.op != "metric_result":
        return False
    return any(reset.step is logs.step and reset.metric is value.inputs[0] for reset in program.metric_resets)

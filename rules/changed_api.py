"""TFL502 changed-api."""

from __future__ import annotations

from collections.abc import Iterator, Set

import libcst as cst

from tfloss_lint.claim import Claim
from tfloss_lint.facts import Logged, facts
from tfloss_lint.finding import Confidence
from tfloss_lint.generation import BOTH, Generation
from tfloss_lint.program import Program
from tfloss_lint.reading.events import Gradient, Logs, MetricUpdate, Step
from tfloss_lint.reading.library.kinds import ANY_METRIC
from tfloss_lint.reading.values import (
    Function,
    Mapping,
    Method,
    Object,
    Sequence,
    Tensor,
    Value,
    constant,
)
from tfloss_lint.rule import Problem, Rule

from .dropped_regularization import READS_LOSSES, parts, penalties
from .missing_training_flag import tensors_behind
from .removed_api import is_guarded
from .untracked_loss_log import compiles_metrics, is_compiled_metrics


class ChangedApi(Rule):
    """The code calls something that both Keras generations have, and one of them silently does something else.

    ## What it does

    It finds steps whose logs are right on one generation and wrong on the other, a compiled loss that contains the
    penalties of the layers on one of them only, and metrics that override `reset_states`. The finding points at the
    call, at the returned logs, or at the name of the method.

    ## Why it is wrong

    Keras 3 kept names from Keras 2 and gave them other tasks, and no error tells. A model that predicts 2.8 on
    average, with a squared error whose mean over the samples is 4.5 and over three batches is 5.25:

    | the step | Keras 2.8 | tf_keras 2.21 | Keras 3.15 |
    |---|---|---|---|
    | `compiled_loss`, `compiled_metrics.update_state`, all results | 4.5 | 4.5 | 2.8, the mean prediction |
    | own `Mean`, `compiled_metrics.update_state`, its result | 5.25 | 5.25 | 3.72, both mixed |
    | `compute_loss`, `compute_metrics` or all results | 4.5 | 4.5 | 0.0 |
    | `compute_loss`, `update_state` in a loop over `self.metrics` | 4.78, no metrics | 4.78, no metrics | 5.25 |

    On Keras 3 `compute_loss` no longer updates the tracker of the loss, and `compiled_metrics` updates all metrics
    of the model: every `Mean` among them with the predictions. On Keras 2 `compute_loss` does update the tracker,
    and the compiled metrics are not among `self.metrics` before `compiled_metrics` is used.

    Whether the loss contains the penalties of the layers:

    | | Keras 2.8 | tf_keras 2.21 | Keras 3.15 |
    |---|---|---|---|
    | `compiled_loss(y, y_pred)` | no | no | yes |
    | `compiled_loss(y, y_pred, regularization_losses=self.losses)` | yes | yes | yes |
    | `compute_loss(x, y, y_pred)` | yes | yes | yes |

    ## Example

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_diabetes
    from tensorflow import keras


    class Regressor(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = keras.layers.Dense(1, kernel_initializer="zeros", bias_initializer="ones")

        def call(self, inputs):
            return self.head(inputs)

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                y_pred = self(x, training=True)
                loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            self.compiled_metrics.update_state(y, y_pred)  # TFL502: 9 (keras3 alone)
            return {metric.name: metric.result() for metric in self.metrics}


    x, y = load_diabetes(return_X_y=True)
    y = y.reshape(-1, 1)
    model = Regressor()
    model.compile(optimizer=keras.optimizers.SGD(0.0), loss="mse", metrics=["mae"])  # nothing learns

    as_written = model.fit(x, y, verbose=0).history["loss"][0]
    reference = ((y - 1.0) ** 2).mean()  # the predictions are all one
    ```

    ## Use instead

    A tracker of one's own and `compute_metrics` mean the same on Keras 2.8 and later and on Keras 3.

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_diabetes
    from tensorflow import keras


    class Regressor(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = keras.layers.Dense(1, kernel_initializer="zeros", bias_initializer="ones")
            self.tracker = keras.metrics.Mean(name="loss")

        def call(self, inputs):
            return self.head(inputs)

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                y_pred = self(x, training=True)
                loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            self.tracker.update_state(loss, sample_weight=tf.shape(y)[0])
            return {**self.compute_metrics(x, y, y_pred, None), "loss": self.tracker.result()}


    x, y = load_diabetes(return_X_y=True)
    y = y.reshape(-1, 1)
    model = Regressor()
    model.compile(optimizer=keras.optimizers.SGD(0.0), loss="mse", metrics=["mae"])

    as_written = model.fit(x, y, verbose=0).history["loss"][0]
    reference = ((y - 1.0) ** 2).mean()
    ```

    ## Confidence

    *certain*: it is wrong on every targeted generation; target Keras 2 or Keras 3 alone for it, by option,
    configuration, requirements or imports. *likely*: the target is both, and `compiled_loss` leaves penalties out on
    Keras 2, the generation that it was made for. *possible*: the target is both, and the code is right on one of
    them; the loop over `self.metrics`, which is Keras 3's own; the file shows no regularizer; or a metric overrides
    `reset_states`, which Keras 3 never calls: what it inherits sets the variables of the metric to zero, and often
    nothing else is wanted.

    ## What it deliberately does not see

    - What is used under a test of a version or of `hasattr`, or in a `try` with handlers: code for both generations.
    - Models that override the list of their `metrics`, but for their own trackers.
    - A loss tensor among the logs (TFL303), metrics that nothing resets (TFL304), loss classes and metric functions
      that Keras 3 no longer aligns (TFL201), names that are gone (TFL501).

    ## References

    - Keras 3: `compiled_metrics.update_state` passes `y_pred` to every metric of the class `Mean` in `self.metrics`.
    - Keras 3 guide "Customizing what happens in fit()", with the loop over `self.metrics`.
    - Keras 2: `LossesContainer.__call__(y_true, y_pred, sample_weight=None, regularization_losses=None)`.
    """

    code = "TFL502"
    name = "changed-api"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        for logs in program.logs:
            if logs.step is not None and not is_guarded_step(program, logs.step):
                yield from _of_logs(program, logs, logs.step)
        for gradient in program.gradients:
            if gradient.step is None or not is_guarded_step(program, gradient.step):
                yield from _of_penalties(program, gradient)
        if Generation.KERAS3 in program.targets:
            yield from _overrides(program)


CHANGED = frozenset({"compiled_metrics", "compiled_loss", "compute_loss", "compute_metrics", "metrics"})
"""Members of a model that mean different things."""


def is_guarded_step(program: Program, step: Step) -> bool:
    """Whether the step asks for the release before it uses what has changed."""
    uses = program.in_step(program.api_uses, step)
    return any(use.name in CHANGED and is_guarded(program, use) for use in uses)


# Logs

SHIM = "`compiled_metrics.update_state` passes the predictions to every `Mean` of the model"
SAID = {
    "compiled_loss, compiled_metrics and results": f"{SHIM}: the log 'loss' is the mean prediction",
    "tracker, compiled_metrics and results": f"{SHIM}, this step's tracker too: its result is mixed with them",
    "compute_loss and results": "the compiled loss does not update its tracker: the log 'loss' is 0.0",
    "compute_loss, loop over metrics": (
        "`compute_loss` has updated this metric already, and the compiled metrics are not in `self.metrics` yet: the "
        "loss counts twice, and the others are missing"
    ),
}
"""What goes wrong, by the case under which the facts know the logs."""
WRONG = frozenset({Logged.ZERO, Logged.PREDICTION_MEAN, Logged.DIFFERS})
LOGS_HELP = (
    'update a `keras.metrics.Mean(name="loss")` of the model with the loss, and return '
    '`{**self.compute_metrics(x, y, y_pred, sample_weight), "loss": self.tracker.result()}`'
)


def _of_logs(program: Program, logs: Logs, step: Step) -> Iterator[Problem]:
    found = case_of(program, logs, step)
    if found is None:
        return
    case, node = found
    # None of these cases is wrong on both.
    for generation in program.targets:
        if facts(generation).logs[case] in WRONG:
            message = f"on {generation.title} {SAID[case]}"
            # Who writes what is right on Keras 3 alone has Keras 3, whatever the requirements say.
            certain = len(program.targets) == 1 and generation is Generation.KERAS3
            firm = Confidence.CERTAIN if certain else Confidence.POSSIBLE
            yield Problem(node, message, LOGS_HELP, firm, claim_of_logs(program, logs, step, case))


def claim_of_logs(program: Program, logs: Logs, step: Step, case: str) -> Claim | None:
    """That another number is shown than the mean over the batches of what the step computes."""
    key: object = "loss"
    whole: cst.CSTNode | None
    if case == "tracker, compiled_metrics and results":
        updates = program.in_step(program.metric_updates, step)
        own = [update for update in updates if is_tracker(program, step.model, update.metric) and update.nodes]
        losses, whole = [update.nodes[0] for update in own], own[0].node if own else None
        key = key_of(logs.value, own[0].metric) if own else None
    else:
        losses = [event.node for event in program.in_step(program.compiled_losses, step) if event.via in COMPILED]
        whole = losses[0] if losses else None
    operands = program.parts(whole, loss=losses[0]) if len(losses) == 1 else {}
    if not operands or not isinstance(key, str):
        return None
    # The loop over the metrics also leaves out those that it does not know.
    return Claim("logged loss", operands, {"key": key, "step": step.name, "partly": "loop" in case})


def key_of(logs: Value, tracker: Value) -> object:
    """The name under which the logs hold the result of a tracker."""
    assert isinstance(tracker, Object)
    for key, value in logs.items.items() if isinstance(logs, Mapping) else ():
        if tracker in _metrics_in(value):
            return key
    return constant(tracker.config("name"))


def case_of(program: Program, logs: Logs, step: Step) -> tuple[str, cst.CSTNode] | None:
    """The name under which the facts know what becomes of the logs, and what is to blame."""
    shown = shown_metrics(logs.value)
    updates = list(program.in_step(program.metric_updates, step))
    shim = next((update for update in updates if is_shim(update)), None)
    if shim is not None:
        if any(is_any_metric(metric) for metric in shown):
            return "compiled_loss, compiled_metrics and results", shim.node
        if any(is_tracker(program, step.model, metric) for metric in shown):
            return "tracker, compiled_metrics and results", shim.node
        return None
    if not any(event.via in COMPILED for event in program.in_step(program.compiled_losses, step)):
        return None
    counted = [update for update in updates if len(update.arguments) == 1]
    looped = next((update for update in counted if is_any_metric(update.metric)), None)
    if looped is not None:
        return "compute_loss, loop over metrics", looped.node
    tracked = bool(counted) or not shows_all_updates(program)
    # Compiled metrics that nothing has updated end in an error.
    fails = compiles_metrics(step.model) and not any(is_compiled_metrics(update.metric) for update in updates)
    all_shown = any(is_any_metric(metric) for metric in shown)
    return ("compute_loss and results", logs.node) if all_shown and not tracked and not fails else None


COMPILED = frozenset({"compute_loss", "compiled_loss"})


def shown_metrics(value: Value) -> list[Value]:
    """The metrics whose results the logs hold; those of the model stand for one that is named `loss`."""
    if not isinstance(value, Mapping):
        return []
    results = list(value.items.values())
    if "loss" not in value.items:
        results.append(value.others)
    return [metric for result in results for metric in _metrics_in(result)]


def _metrics_in(value: Value) -> Iterator[Value]:
    if isinstance(value, Tensor) and value.op == "metric_result":
        yield value.inputs[0]
    elif isinstance(value, Tensor) and value.op == "either":
        for part in value.inputs:
            yield from _metrics_in(part)


def is_any_metric(metric: Value) -> bool:
    """Whether it is one of the metrics that Keras lists."""
    return isinstance(metric, Object) and metric.kind == ANY_METRIC


def is_shim(update: MetricUpdate) -> bool:
    """Whether it is `compiled_metrics.update_state`; `compute_metrics` updates these metrics, too."""
    return is_compiled_metrics(update.metric) and called(update.node) == "update_state"


def called(node: cst.CSTNode | None) -> str:
    """The name of the method that an expression calls."""
    return node.func.attr.value if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) else ""


def is_tracker(program: Program, model: Object, metric: Value) -> bool:
    """Whether it is a `Mean` of the model's own that Keras lists among its metrics."""
    if not isinstance(metric, Object) or metric.kind != "keras.metrics.Mean":
        return False
    listed = program.metrics_of(model)
    if listed is None:
        return any(value is metric for value in model.attrs.values())
    return isinstance(listed, Sequence) and any(value is metric for value in listed.items)


def shows_all_updates(program: Program) -> bool:
    """Whether every `update_state` in the text is one that was seen."""
    return program.text.count(".update_state(") <= len({update.node for update in program.metric_updates})


# Penalties


def _of_penalties(program: Program, gradient: Gradient) -> Iterator[Problem]:
    whole = list(parts(gradient.target))
    added = any(isinstance(part, Method) and part.name == "losses" for part in whole)
    for part in whole:
        node = part.node if isinstance(part, Tensor) and part.op == "compiled_loss" else None
        if node is None or called(node) not in COMPILED:
            continue
        method = called(node) + (", regularization_losses" if _hands_over_penalties(node) else "")
        included = {generation for generation in program.targets if facts(generation).penalties[method]}
        names, sure = _regularizers(program, gradient)
        if added and included:
            everywhere = sure and included == program.targets
            yield Problem(
                node,
                f"{_where(program, included)}`{called(node)}` contains the penalties of the model already: with "
                "`model.losses` they count twice",
                "leave `model.losses` out beside `compute_loss`, which contains them on every release",
                Confidence.CERTAIN if everywhere else Confidence.POSSIBLE,
                claim_of_penalties(program, node, twice=True),
            )
        elif names and included != program.targets and not READS_LOSSES.is_in(program.text):
            yield Problem(
                node,
                f"{_where(program, program.targets - included)}`compiled_loss` leaves out the penalties of the model: "
                f"{', '.join(names)} has no effect",
                "`self.compute_loss(x, y, y_pred)` (Keras >= 2.8), or `regularization_losses=self.losses` (Keras 2)",
                Confidence.LIKELY if sure else Confidence.POSSIBLE,
                claim_of_penalties(program, node, twice=False),
            )


def claim_of_penalties(program: Program, node: cst.CSTNode, twice: bool) -> Claim | None:
    """That the loss contains the penalties twice, or not at all."""
    assert isinstance(node, cst.Call)
    assert isinstance(node.func, cst.Attribute)
    operands = program.parts(node, model=node.func.value)
    return Claim("penalties", operands, {"twice": twice}) if operands else None


def _where(program: Program, generations: Set[Generation]) -> str:
    return "" if generations == BOTH or len(program.targets) == 1 else f"on {next(iter(generations)).title} "


REGULARIZATION_AT = 3


def _hands_over_penalties(node: cst.CSTNode) -> bool:
    """Whether `compiled_loss` is told of them."""
    assert isinstance(node, cst.Call)
    names = {arg.keyword.value for arg in node.args if arg.keyword is not None}
    return "regularization_losses" in names or (called(node) == "compiled_loss" and len(node.args) > REGULARIZATION_AT)


def _regularizers(program: Program, gradient: Gradient) -> tuple[list[str], bool]:
    """The regularizers of the layers whose outputs the loss is made of, and whether one of them certainly runs."""
    reached = tensors_behind(gradient.target)
    for forward in program.forwards:
        if any(id(result) in reached for result in forward.results):
            return penalties(forward)
    return [], False


# Metrics


def _overrides(program: Program) -> Iterator[Problem]:
    """Metrics of the file that Keras 3 resets in another way than Keras 2."""
    for cls in program.classes:
        is_metric = (cls.library or "").startswith("keras.metrics.")
        method = cls.members.get("reset_states")
        if is_metric and isinstance(method, Function) and cls.member("reset_state") is None:
            assert isinstance(method.node, cst.FunctionDef)
            yield Problem(
                method.node.name,
                "Keras 3 never calls `reset_states`: it sets the metric's variables to zero, and does no more",
                "name it `reset_state`, which Keras 2.5 and later call, too",
                Confidence.POSSIBLE,
                Claim("reset override"),
            )

"""What ``fit`` and ``evaluate`` report as the loss, by what the step returns.

``raw`` is the loss tensor of the batch, ``tracker`` an own ``Mean`` that the step updates with it.
"""

from typing import Any, Callable, Dict, Tuple

from ..attempts import tried
from ..closeness import close
from ..json_types import JSON
from ..models import make_model
from ..operands import INPUTS, TARGETS
from ..steps import Batch, make_step
from ..tensors import tensor


def measure_logs() -> JSON:
    """The meaning of the reported number, by case."""
    from tensorflow import keras

    mse, mae = {"loss": "mse"}, {"loss": "mse", "metrics": ["mae"]}
    # name: what the step logs, members of the model, arguments of compile, the key that is read
    cases: Dict[str, Tuple[Callable[[Batch], JSON], JSON, JSON, str]] = {
        "raw": (_log_raw, {}, mse, "loss"),
        "raw, metrics compiled": (_log_raw, {}, mae, "loss"),
        "raw, nothing compiled": (_log_raw, {}, {}, "loss"),
        "raw under another name": (_log_raw_under_another_name, {}, mse, "own"),
        "raw, tracker of the same name": (_log_raw_beside_tracker, _with_tracker("loss"), mse, "loss"),
        "raw, tracker of another name": (_log_raw_beside_tracker, _with_tracker("own"), mse, "loss"),
        "tracker": (_log_tracker, _with_tracker("loss"), mse, "loss"),
        "tracker of another name": (_log_tracker, _with_tracker("own"), mse, "own"),
        "compiled_loss": (_log_compiled_loss, {}, mse, "loss"),
        "compiled_loss, metrics compiled": (_log_compiled_loss, {}, mae, "loss"),
        "compute_loss": (_log_compute_loss, {}, mse, "loss"),
        "compute_loss, metrics compiled": (_log_compute_loss, {}, mae, "loss"),
        "compute_loss and results": (_log_compute_loss_and_results, {}, mse, "loss"),
        "compute_loss, compute_metrics": (_log_compute_metrics, {}, mae, "loss"),
        "compute_loss, loop over metrics": (_log_loop_over_metrics, {}, mae, "loss"),
        "compiled_loss, compiled_metrics and results": (_log_compiled, {}, mae, "loss"),
        "tracker, compiled_metrics and results": (_log_tracker_and_metrics, _with_added_tracker("own"), mae, "own"),
        "tracker alone, compiled_metrics and results": (_log_tracker_and_metrics, _with_tracker("own"), mae, "own"),
    }
    facts: JSON = {}
    for name, (log, members, arguments, key) in cases.items():
        words = set()
        for method, step_name in (("fit", "train_step"), ("evaluate", "test_step")):
            model = make_model((1,), **{**members, step_name: make_step(log)})
            model.compile(optimizer=keras.optimizers.SGD(0.0), run_eagerly=True, **arguments)
            words.add(_logged(model, method, key))
        facts[name] = " or ".join(sorted(words))
    return facts


def _logged(model: Any, method: str, key: str) -> str:
    x, y = tensor(INPUTS), tensor(TARGETS)

    def value() -> float:
        if method == "fit":
            return float(model.fit(x, y, batch_size=2, shuffle=False, verbose=0).history[key][-1])
        return float(model.evaluate(x, y, batch_size=2, verbose=0, return_dict=True)[key])

    number = tried(value)
    if number is None:
        return "raises"
    return next((word for word, known in _number_words().items() if close(number, known)), "differs")


def _number_words() -> Dict[str, float]:
    """Every meaning that a logged loss can have; batches of two, the last one partial."""
    errors = [(y - x[0]) ** 2 for x, y in zip(INPUTS, TARGETS)]
    batches = [errors[:2], errors[2:4], errors[4:]]
    means = [sum(batch) / len(batch) for batch in batches]
    return {
        "zero": 0.0,
        "last batch": means[-1],
        "mean over samples": sum(errors) / len(errors),
        "mean over batches": sum(means) / len(means),
        "mean prediction": sum(x[0] for x in INPUTS) / len(INPUTS),
    }


def _with_tracker(name: str) -> JSON:
    """Members of a model that lists its own ``Mean``."""
    from tensorflow import keras

    tracker = keras.metrics.Mean(name=name)
    return {"tracker": tracker, "metrics": property(lambda _: [tracker])}


def _with_added_tracker(name: str) -> JSON:
    """Members of a model that lists its own ``Mean`` beside what Keras lists."""
    from tensorflow import keras

    members = _with_tracker(name)
    inherited = keras.Model.metrics
    return {**members, "metrics": property(lambda self: [*inherited.fget(self), members["tracker"]])}


def _log_raw(batch: Batch) -> JSON:
    return {"loss": batch.loss}


def _log_raw_under_another_name(batch: Batch) -> JSON:
    return {"own": batch.loss}


def _log_tracker(batch: Batch) -> JSON:
    batch.model.tracker.update_state(batch.loss)
    return {batch.model.tracker.name: batch.model.tracker.result()}


def _log_raw_beside_tracker(batch: Batch) -> JSON:
    batch.model.tracker.update_state(batch.loss)
    return {"loss": batch.loss}


def _log_compiled_loss(batch: Batch) -> JSON:
    return {"loss": batch.model.compiled_loss(batch.labels, batch.predictions)}


def _log_compute_loss(batch: Batch) -> JSON:
    return {"loss": batch.model.compute_loss(None, batch.labels, batch.predictions, None)}


def _log_metrics(batch: Batch) -> JSON:
    batch.model.compiled_metrics.update_state(batch.labels, batch.predictions)
    return {metric.name: metric.result() for metric in batch.model.metrics}


def _log_compiled(batch: Batch) -> JSON:
    batch.model.compiled_loss(batch.labels, batch.predictions)
    return _log_metrics(batch)


def _log_compute_loss_and_results(batch: Batch) -> JSON:
    _log_compute_loss(batch)
    return {metric.name: metric.result() for metric in batch.model.metrics}


def _log_compute_metrics(batch: Batch) -> JSON:
    _log_compute_loss(batch)
    logs: JSON = batch.model.compute_metrics(None, batch.labels, batch.predictions, None)
    return logs


def _log_loop_over_metrics(batch: Batch) -> JSON:
    loss = _log_compute_loss(batch)["loss"]
    for metric in batch.model.metrics:
        if metric.name == "loss":
            metric.update_state(loss)
        else:
            metric.update_state(batch.labels, batch.predictions)
    return {metric.name: metric.result() for metric in batch.model.metrics}


def _log_tracker_and_metrics(batch: Batch) -> JSON:
    _log_tracker(batch)
    return _log_metrics(batch)

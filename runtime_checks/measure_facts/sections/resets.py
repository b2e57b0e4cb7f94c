"""Whether ``fit`` resets a metric between epochs, by where the metric lives."""

from typing import Any, Callable, Optional

from ..closeness import close
from ..json_types import JSON
from ..models import make_model
from ..operands import INPUTS, TARGETS
from ..steps import Batch, make_step
from ..tensors import tensor


def measure_resets() -> JSON:
    """``reset`` or ``kept``, by place."""
    import tensorflow as tf

    keras = tf.keras

    def word(place: Callable[[Any, Any], None], listed: Optional[bool] = None) -> str:
        metric = keras.metrics.Sum(name="count")

        def log(batch: Batch) -> JSON:
            metric.update_state(tf.ones_like(batch.labels))
            return {"seen": metric.result()}

        overriding = {} if listed is None else {"metrics": property(lambda _: [metric] if listed else [])}
        model = make_model((1,), train_step=make_step(log), **overriding)
        place(model, metric)
        model.compile(optimizer=keras.optimizers.SGD(0.0), run_eagerly=True)
        first, second = model.fit(tensor(INPUTS), tensor(TARGETS), batch_size=2, epochs=2, verbose=0).history["seen"]
        return "reset" if close(first, second) else "kept"

    return {
        "attribute": word(_place_as_attribute),
        "attribute in a list": word(_place_in_list),
        "attribute in a dictionary": word(_place_in_dictionary),
        "attribute of a layer": word(_place_on_layer),
        "attribute that an overriding metrics property leaves out": word(_place_as_attribute, listed=False),
        "global that an overriding metrics property lists": word(_place_nowhere, listed=True),
        "global": word(_place_nowhere),
    }


def _place_as_attribute(model: Any, metric: Any) -> None:
    model.counter = metric


def _place_in_list(model: Any, metric: Any) -> None:
    model.counters = [metric]


def _place_in_dictionary(model: Any, metric: Any) -> None:
    model.counters = {"count": metric}


def _place_on_layer(model: Any, metric: Any) -> None:
    model.layers[1].counter = metric


def _place_nowhere(model: Any, metric: Any) -> None:
    """The training step reaches it as a global."""

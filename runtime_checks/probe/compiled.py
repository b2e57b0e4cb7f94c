"""Losses and metrics that models are compiled with: which sites are among them, and the batches that they get.

Keras calls these, and not the program. So their measures are not given executions: they are handed the labels and
predictions of each batch.
"""

from __future__ import annotations

import contextlib
import functools
from typing import Any, Callable, Iterator, Sequence

from .. import keras_model
from .execution import Site
from .sites import Sites

BATCH = ("y_true", "y_pred", "sample_weight")
"""What a metric is updated with."""
MOST_ROWS = 64
"""So many rows of the data do for a batch where the program came to none."""


class Compiled:
    """What is known of compiled losses and metrics. A container is what holds those of one model."""

    def __init__(self, sites: Sites) -> None:
        self._sites = sites
        self._places: dict[int, Any] = {}
        """What the place of each site was last."""
        self._unclaimed: set[int] = set()
        """Sites whose place has been evaluated since the last ``compile``."""
        self._models: dict[int, tuple[Any, Any, list[Site]]] = {}
        """By container, the model, the container and the sites that are among what it holds."""
        self._used: set[int] = set()
        """The containers that have got a batch."""
        self._at_work: list[Any] = []

    # --- what is asked

    def last_with(self, site: Site) -> tuple[Any, Any]:
        """The last model that was compiled with a site, and its container."""
        found = [(model, container) for model, container, sites in self._models.values() if site in sites]
        return found[-1] if found else (None, None)

    def has_sites(self, container: Any) -> bool:
        """Whether sites are among what it holds."""
        return id(container) in self._models

    def is_used(self, container: Any) -> bool:
        """Whether Keras, or a step, has called it."""
        return id(container) in self._used

    @property
    def at_work(self) -> Any:
        """The innermost container that does its work now."""
        return self._at_work[-1] if self._at_work else None

    # --- what happens

    def evaluated(self, number: int, place: Any, hand: Callable[..., None]) -> None:
        """The place of a site has this value. A metric that a measure waits for hands on each batch that it gets."""
        self._places[number] = place
        self._unclaimed.add(number)
        waiting = self._listeners(number)
        if not waiting or not hasattr(place, "update_state") or not hasattr(place, "from_config"):
            return
        _watch_updates(place, functools.partial(hand, number, place))
        for measure in waiting:
            measure.metric = place

    def remember(self, model: Any, container: Any) -> None:
        """A model was compiled with what a container holds."""
        given, are_metrics = keras_model.given_to(container), hasattr(container, "update_state")
        own = []
        for number in sorted(self._unclaimed):
            if any(measure.of_metrics is not are_metrics for measure in self._sites.measures[number]):
                continue
            common = _common(_items(self._places[number]), given)
            if common:
                own.append(self._sites.by_number[number])
                for measure in self._sites.measures[number]:
                    measure.given = common
        self._unclaimed -= {site.id for site in own}
        if own:
            self._models[id(container)] = (model, container, own)

    def hand(self, number: int, to: Any, *batch: Any) -> None:
        """Give a batch to the measures of a site that wait for it."""
        for measure in self._listeners(number):
            if not measure.done:
                self._sites.let_work(measure, functools.partial(measure.called, to, *batch))
        self._sites.conclude(self._sites.by_number[number])

    def called(self, container: Any, *batch: Any) -> None:
        """Keras, or a step, hands a batch to a container that has sites."""
        self._used.add(id(container))
        for site in self._models[id(container)][2]:
            if all(measure.metric is None for measure in self._sites.measures[site.id]):
                self.hand(site.id, container, *batch)

    @contextlib.contextmanager
    def inside(self, container: Any) -> Iterator[None]:
        """A container does its work."""
        self._at_work.append(container)
        try:
            yield
        finally:
            self._at_work.pop()

    def batch(self, model: Any, data: Any) -> None:
        """A batch has been trained on or evaluated with the compiled loss."""
        for site in self._sites.open():
            for measure in self._sites.measures[site.id]:
                if measure.carrier != f"compiled {site.id}" or not callable(getattr(measure, "batch", None)):
                    continue
                if self._is_loss_of(model, site) and not measure.done:
                    self._sites.let_work(measure, functools.partial(measure.batch, model, data))
            self._sites.conclude(site)

    def fit_failed(self, model: Any, x: Any, y: Any) -> None:
        """``fit`` or ``evaluate`` of these data raised, perhaps before a compiled loss or metric got any values."""
        for container in keras_model.containers(model):
            for site in self._models[id(container)][2] if self.has_sites(container) else ():
                for measure in self._listeners(site.id):
                    if not measure.attempts:
                        self._sites.let_work(measure, functools.partial(_hand_over, measure, container, model, x, y))
                self._sites.conclude(site)

    def _is_loss_of(self, model: Any, site: Site) -> bool:
        """Whether the loss at a site is the one that a model was compiled with."""
        if site.id not in self._places:
            return False
        return bool(_common(_items(self._places[site.id]), _items(getattr(model, "loss", None))))

    def _listeners(self, number: int) -> list[Any]:
        """The measures of a site that is not settled which want what the compiled loss or metric gets."""
        measures = self._sites.measures[number] if self._sites.is_open(number) else ()
        return [measure for measure in measures if measure.listens and measure.carrier == f"compiled {number}"]


def _watch_updates(metric: Any, tell: Callable[..., None]) -> None:
    """Have a metric tell of each batch that it gets."""
    original = metric.update_state

    def update_state(*args: Any, **kwargs: Any) -> Any:
        given = {**dict(zip(BATCH, args)), **kwargs}
        tell(*map(given.get, BATCH))
        return original(*args, **kwargs)

    object.__setattr__(metric, "update_state", update_state)


def _hand_over(measure: Any, container: Any, model: Any, x: Any, y: Any) -> None:
    """Give a measure the first rows of the data that a model was to be trained on."""
    import tensorflow as tf

    if isinstance(x, tf.data.Dataset):
        x, y, _ = keras_model.unpack(next(iter(x)))
    x, y = keras_model.as_fit_would((x, y))
    features, labels = (tf.nest.map_structure(lambda leaf: leaf[:MOST_ROWS], part) for part in (x, y))
    measure.called(container, labels, model(features, training=False), None)


def _common(items: Sequence[Any], given: Sequence[Any]) -> list[Any]:
    """The losses or metrics that are among others: the same objects, or the same strings."""
    return [item for item in items for one in given if item is one or (isinstance(item, str) and item == one)]


def _items(value: Any) -> list[Any]:
    """What a list or dictionary of losses holds, or the one loss."""
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, (list, tuple)) else [value]

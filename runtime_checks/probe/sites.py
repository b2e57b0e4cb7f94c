"""The probe: what a rewritten program calls, and how its code is run again with other operands.

While the program runs, every carrier (an expression, a function or the block of a tape) leaves an ``Execution``: the
values that its taps have seen, and a way to run it again. The measures of its sites look at it then and there, with
the user's weights and the user's batch. Running again leaves nothing behind (``untouched``), and taps hand out the
values they are told to instead of their own.
"""

from __future__ import annotations

import contextlib
import functools
import os
import threading
from dataclasses import replace
from typing import Any, Callable, Iterator, Sequence

from .. import keras_model
from ..patching import in_place_of
from ..relations import summary
from ..untouched import untouched
from . import members
from .arrays import are_arrays, is_array
from .execution import Execution, Key, Replay, Replayed, Site, let_run_again
from .gradients import Flow, Flows
from .replicas import Replicas, is_replica_thread
from .verdicts import Verdict, inconclusive

BATCH = ("y_true", "y_pred", "sample_weight")
"""What a metric is updated with."""
MOST_ROWS = 64
"""So many rows of the data do for a batch where the program came to none."""


class EnoughError(BaseException):
    """Ends the program once every site is settled. No error of the user's, and not caught by ``except Exception``."""


class Unbound:
    """Stands for a name that had no value."""

    def __repr__(self) -> str:
        return "UNBOUND"


UNBOUND = Unbound()


class Probe:
    """The object that the rewritten text calls ``__tfloss_probe__``."""

    def __init__(self, sites: Sequence[Site], measures: dict[int, Any], tell: Callable[[int, Verdict], None]) -> None:
        self.sites = {site.id: site for site in sites}
        self.measures = measures
        """One for each carrier of each site: ``{site: [measure, ...]}``."""
        self._tell = tell
        self._stack: list[Execution] = []
        self._replaying: Replay | None = None
        self._measuring = False
        self._models: list[Any] = []
        self._told: set[int] = set()
        self._synthetic = False
        self._thread = threading.get_ident()
        self._process = os.getpid()
        self.functions: dict[int, Callable[..., Any]] = {}
        self.latest: dict[Key, Any] = {}
        """What each expression was last."""
        self._following = {
            number: [measure for measure in given if getattr(measure, "follows", False)]
            for number, given in measures.items()
        }
        self._containers: list[Any] = []
        self._unclaimed: set[int] = set()
        """Sites whose place has been evaluated since the last ``compile``."""
        self._compiled: dict[int, tuple[Any, Any, list[Site]]] = {}
        """A model, what holds its losses or metrics, and the sites that are among them."""
        self._used: set[int] = set()
        """What of it has got a batch."""
        self.overrides: dict[int, bool] = {}
        """Methods that were called since the metrics of a model were last reset."""
        self._flows = Flows(self._applied)
        self._replicas = Replicas()
        self.replicated: dict[int, int] = {}
        """On how many replicas at once sites were met."""

    # --- called by the rewritten text

    def tap(self, site: int, role: str, value: Any) -> Any:
        """Note the value of an expression, and hand it on."""
        if not self._here():
            replica = self._replicas.current()
            if replica is not None:
                replica.seen.setdefault((site, role), []).append(value)
            return value
        if self._replaying is not None:
            return self._replaying.tap((site, role), value)
        self.latest[(site, role)] = value
        if role == "place":
            self._unclaimed.add(site)
            self._watch(site, value)
        if not self._measuring:
            for measure in self._following.get(site, ()):
                self._guarded(measure, functools.partial(measure.tapped, role, value))
            for execution in self._stack:
                execution.seen.setdefault((site, role), []).append(value)
        return value

    def expression(self, site: int, evaluate: Callable[[], Any]) -> Any:
        """Evaluate an expression that may be evaluated again."""
        if not self._listening():
            return evaluate()
        execution = self._begin(f"expression {site}")
        execution.again = lambda _context: evaluate()
        try:
            execution.result = evaluate()
        except Exception as error:
            self._end(execution)
            execution.error = summary(error)
            self._measure(execution)
            raise
        finally:
            self._end(execution)
        read = {key: seen[0] for key, seen in execution.seen.items() if key[0] == site and key[1].startswith("other")}
        execution.others = [key for key, value in read.items() if is_array(value)]
        execution.context = tuple(read[key] for key in execution.others)
        self._measure(execution)
        return execution.result

    def function(self, number: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Decorate a function whose result is a loss."""

        def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
            @in_place_of(function)
            def call(*args: Any, **kwargs: Any) -> Any:
                if not self._listening():
                    return function(*args, **kwargs)
                execution = self._begin(f"function {number}")
                try:
                    execution.result = function(*args, **kwargs)
                finally:
                    self._end(execution)
                let_run_again(execution, lambda a, k: function(*a, **k), (args, kwargs))
                self._measure(execution)
                return execution.result

            self.functions[number] = call
            return call

        return decorate

    def step(self, number: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Decorate a model's ``train_step`` or ``test_step``."""

        def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
            @in_place_of(function)
            def call(model: Any, *args: Any, **kwargs: Any) -> Any:
                if not self._listening():
                    return function(model, *args, **kwargs)
                context = (args[0],) if args else tuple(kwargs.values())
                self._measure(Execution(f"step {number}", context=context, model=model, is_done=False))
                self._models.append(model)
                execution = self._begin(f"step {number}")
                execution.model, execution.context = model, context
                try:
                    execution.result = function(model, *args, **kwargs)
                finally:
                    self._end(execution)
                    self._models.pop()
                self._measure(execution)
                if execution.context:
                    self.compiled_batch(model, execution.context[0])
                return execution.result

            return call

        return decorate

    def peek(self, read: Callable[[], Any]) -> Any:
        """The value of a name, if it has one."""
        try:
            return read()
        except NameError:
            return UNBOUND

    def owner(self, site: int, value: Any) -> Any:
        """Note what is asked for a member, and hand it on."""
        self.latest[(site, "owner")] = value
        return value

    def reading(self, site: int, name: str, get: Callable[[], Any]) -> Any:
        """Read a member."""
        return members.read(self._tell_use, self._use(site, name), get) if self._listening() else get()

    def calling(self, site: int, name: str, get: Callable[[], Any]) -> Any:
        """What is called: a member of this name, or something that gets an argument of this name."""
        return members.watched(self._tell_use, self._use(site, name), get) if self._listening() else get()

    def assigning(self, site: int, name: str, owner: Any) -> None:
        """A member is about to be assigned to."""
        self._tell_use(members.Use(site, name, owner))

    def _use(self, site: int, name: str) -> members.Use:
        self.latest.pop((site, "owner"), None)
        return members.Use(site, name)

    def _tell_use(self, use: members.Use) -> None:
        if use.owner is members.MISSING:
            use.owner = self.latest.get((use.site, "owner"), members.MISSING)
        self.event("member_used", use)

    def override(self, site: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Decorate a method that Keras may call, or not."""

        def decorate(method: Callable[..., Any]) -> Callable[..., Any]:
            @in_place_of(method)
            def call(*args: Any, **kwargs: Any) -> Any:
                if self._listening():
                    self.overrides[site] = True
                return method(*args, **kwargs)

            self.latest[(site, "override")] = call
            return call

        return decorate

    def metrics_reset(self, model: Any) -> None:
        """Keras has reset the metrics of a model."""
        self.event("metrics_reset", model, self)
        self.overrides.clear()

    def epoch(self, site: int) -> None:
        """Begin another round of the loop over epochs that a site stands in."""
        if self._listening() and site not in self._told:
            for measure in self.measures[site]:
                self._guarded(measure, measure.epoch_begin)
            self._conclude(self.sites[site])
            self._stop_if_settled()

    def enter(self, number: int) -> None:
        """Begin the block of a tape."""
        if self._listening():
            carrier = f"block {number}"
            # An exception may have left the block without a word.
            names = [execution.carrier for execution in self._stack]
            if carrier in names:
                del self._stack[names.index(carrier) :]
            self._begin(carrier)

    def leave(self, number: int, block: Callable[..., Any]) -> None:
        """End the block of a tape; ``block`` is its text as a function of all names in it."""
        if not self._listening() or not self._stack or self._stack[-1].carrier != f"block {number}":
            return
        execution = self._stack.pop()
        names = dict(zip(block.__code__.co_varnames, block.__defaults__ or ()))
        let_run_again(execution, lambda _, values: block(**values), ((), names))
        self._measure(execution)

    # --- running again

    def replay(self, execution: Execution, substitutes: dict[Key, Any], context: Sequence[Any]) -> Replayed:
        """Run a carrier again."""
        given = {**dict(zip(execution.others, context)), **substitutes}
        outer, self._replaying = self._replaying, Replay(execution, given)
        try:
            result = execution.again(context) if execution.again is not None else None
            return Replayed(result, self._replaying.seen)
        finally:
            self._replaying = outer

    # --- measuring

    def settled(self) -> bool:
        """Whether there is nothing left to measure."""
        return all(self._is_settled(site) for site in self.sites.values())

    def finish(self, complete: bool) -> None:
        """Tell what is known of sites that are still open; ``complete``: the program has come to its own end."""
        for site in self.open_sites():
            seen = [measure for measure in self.measures[site.id] if measure.attempts]
            for measure in seen:
                measure.program_over = complete
                self._guarded(measure, measure.look_at_halves)
            if seen:
                self._say(site)

    def close(self) -> None:
        """Tell why nothing was measured at sites that were only met on several replicas at once."""
        for site in self.open_sites():
            if site.id in self.replicated:
                self._told.add(site.id)
                count = self.replicated[site.id]
                self._tell(
                    site.id, inconclusive(f"it runs on {count} replicas at once, each with its part of the batch")
                )

    def open_sites(self) -> list[Site]:
        """The sites that nothing was told of."""
        return [site for site in self.sites.values() if site.id not in self._told]

    @contextlib.contextmanager
    def synthetic(self) -> Iterator[None]:
        """Mark what is told from now on as measured on made-up tensors; the program is over, and nothing ends it."""
        self._synthetic = True
        yield

    def event(self, name: str, *args: Any) -> None:
        """Tell the measures of something that Keras did."""
        if not self._listening():
            return
        for site in self.sites.values():
            if site.id in self._told:
                continue
            for measure in self.measures[site.id]:
                handler = getattr(measure, name, None)
                if handler is not None:
                    self._guarded(measure, functools.partial(handler, *args))
            self._conclude(site)
        self._stop_if_settled()

    def compiled_batch(self, model: Any, data: Any) -> None:
        """A batch has been trained on or evaluated with the compiled loss."""
        if not self._listening() or self._stack:
            return
        for site in self.sites.values():
            for measure in self.measures[site.id] if site.id not in self._told else ():
                if measure.carrier != f"compiled {site.id}" or not callable(getattr(measure, "batch", None)):
                    continue
                if self.compiled_with(site, model) and not measure.done:
                    self._guarded(measure, functools.partial(measure.batch, model, data))
            self._conclude(site)
        self._stop_if_settled()

    # --- gradients and replicas

    def flows(self) -> Flows | None:
        """The gradients of this thread, if a site that is still open wants them followed."""
        if os.getpid() != self._process or self._replaying is not None or self._measuring:
            return None
        open_measures = (measure for site in self.open_sites() for measure in self.measures[site.id])
        if not any(measure.follows_gradients for measure in open_measures):
            return None
        if self._here():
            return self._flows
        replica = self._replicas.current()
        return None if replica is None else replica.flows

    def places(self) -> dict[int, Any]:
        """What the places of the sites are in this thread."""
        replica = None if self._here() else self._replicas.current()
        if replica is None:
            return {site: value for (site, role), value in self.latest.items() if role == "place"}
        return {site: replica.value(site, role) for site, role in replica.seen if role == "place"}

    def _applied(self, flow: Flow) -> None:
        """An optimizer has applied gradients."""
        self.event("applied", flow, self)

    def replicas_begin(self) -> None:
        """A strategy is about to run all its replicas."""
        if self._listening() and not is_replica_thread():
            self._replicas.begin()

    def replicas_end(self, strategy: Any) -> None:
        """A strategy has run all its replicas."""
        if not self._listening() or is_replica_thread():
            return
        found, count = self._replicas.end(), int(strategy.num_replicas_in_sync)
        for replica in found:
            self.replicated.update((site, count) for site, _ in replica.seen)
        self.event("replicas_ran", found, count, self)

    def compiled_with(self, site: Site, model: Any) -> bool:
        """Whether the loss at a site is the one that a model was compiled with."""
        wanted = self.latest.get((site.id, "place"), UNBOUND)
        return bool(_common(_items(wanted), _items(getattr(model, "loss", None))))

    def compiled(self, model: Any, container: Any) -> None:
        """A model was compiled; ``container`` holds its losses or its metrics."""
        if not self._here():
            return
        given, are_metrics = keras_model.given_to(container), hasattr(container, "update_state")
        own = []
        for number in sorted(self._unclaimed):
            if any(measure.of_metrics is not are_metrics for measure in self.measures[number]):
                continue
            common = _common(_items(self.latest[(number, "place")]), given)
            if common:
                own.append(self.sites[number])
                for measure in self.measures[number]:
                    measure.given = common
        self._unclaimed -= {site.id for site in own}
        if own:
            self._compiled[id(container)] = (model, container, own)

    def _watch(self, number: int, metric: Any) -> None:
        """Have a metric that a measure waits for tell of each batch that it gets."""
        waiting = self._listeners(number)
        if not waiting or not hasattr(metric, "update_state") or not hasattr(metric, "from_config"):
            return
        original = metric.update_state

        def update_state(*args: Any, **kwargs: Any) -> Any:
            given = {**dict(zip(BATCH, args)), **kwargs}
            y_true, y_pred, sample_weight = map(given.get, BATCH)
            if self._listening() and is_array(y_true) and is_array(y_pred):
                self._hand(self.sites[number], metric, y_true, y_pred, sample_weight)
                self._stop_if_settled()
            return original(*args, **kwargs)

        object.__setattr__(metric, "update_state", update_state)
        for measure in waiting:
            measure.metric = metric

    def _hand(self, site: Site, to: Any, *batch: Any) -> None:
        """Give a batch to the measures of a site that wait for it."""
        for measure in self._listeners(site.id):
            if not measure.done:
                self._guarded(measure, functools.partial(measure.called, to, *batch))
        self._conclude(site)

    def _listeners(self, number: int) -> list[Any]:
        """The measures of a site that is not settled which want what the compiled loss or metric gets."""
        measures = self.measures[number] if number not in self._told else ()
        return [measure for measure in measures if measure.listens and measure.carrier == f"compiled {number}"]

    def compiled_as(self, site: Site) -> tuple[Any, Any]:
        """The last model that was compiled with a site, and what holds its losses or metrics."""
        found = [(model, container) for model, container, sites in self._compiled.values() if site in sites]
        return found[-1] if found else (None, None)

    def is_used(self, container: Any) -> bool:
        """Whether Keras, or a step, has called it."""
        return id(container) in self._used

    def container_called(self, container: Any, y_true: Any, y_pred: Any, sample_weight: Any) -> None:
        """Keras, or a step, hands a batch to the compiled losses or metrics of a model."""
        if not self._listening() or not are_arrays(y_true) or not are_arrays(y_pred):
            return
        if id(container) not in self._compiled:
            return
        self._used.add(id(container))
        for site in self._compiled[id(container)][2]:
            if all(measure.metric is None for measure in self.measures[site.id]):
                self._hand(site, container, y_true, y_pred, sample_weight)
        self._stop_if_settled()

    @contextlib.contextmanager
    def inside(self, container: Any) -> Iterator[None]:
        """What holds the compiled losses or metrics of a model does its work."""
        self._containers.append(container)
        try:
            yield
        finally:
            self._containers.pop()

    def fit_failed(self, model: Any, x: Any, y: Any) -> None:
        """``fit`` or ``evaluate`` of these data raised, perhaps before a compiled loss or metric got any values."""
        if not self._listening():
            return
        for container in keras_model.containers(model):
            for site in self._compiled.get(id(container), (None, None, []))[2]:
                for measure in self._listeners(site.id):
                    if not measure.attempts:
                        self._guarded(measure, functools.partial(_hand_over, measure, container, model, x, y))
                self._conclude(site)
        self._stop_if_settled()

    def waits_for_epochs(self) -> bool:
        """Whether all sites that are open wait for the end of an epoch."""
        waiting = [site for site in self.sites.values() if site.id not in self._told]
        return bool(waiting) and all(
            hasattr(measure, "epoch_end") for site in waiting for measure in self.measures[site.id]
        )

    def _measure(self, execution: Execution) -> None:
        import tensorflow as tf

        if self._models and execution.model is None:
            execution.model = self._models[-1]
        if not tf.executing_eagerly():
            return
        for site in self.sites.values():
            if site.id in self._told or execution.carrier not in site.carriers:
                continue
            for measure in self.measures[site.id]:
                if execution.error and not measure.takes_errors:
                    continue
                is_its = measure.carrier == execution.carrier and measure.sees_before >= (not execution.is_done)
                if is_its and measure.is_for(execution) and not measure.done:
                    self._guarded(measure, functools.partial(measure.observe, execution))
            self._conclude(site)
        self._stop_if_settled()

    def _guarded(self, measure: Any, work: Callable[[], None]) -> None:
        """Let a measure work: whatever it does is taken back, whatever it raises is its reason."""
        self._measuring = True
        try:
            with contextlib.nullcontext() if measure.keeps_state else untouched():
                work()
        except Exception as error:  # noqa: BLE001 - the user's code may raise anything when it runs again
            measure.fails(summary(error))
        finally:
            self._measuring = False

    def _conclude(self, site: Site) -> None:
        if site.id not in self._told and self._is_settled(site):
            self._say(site)

    def _is_settled(self, site: Site) -> bool:
        """Whether the best carrier that runs has an answer, or all have given up.

        An expression is done before the block around it, which knows more: what becomes of the expression.
        """
        if site.id in self._told:
            return True
        measures = self.measures[site.id]
        for measure in measures:
            if measure.attempts and not measure.done:
                return False
            if measure.done and measure.verdict().settles:
                return True
        return bool(measures) and all(measure.done for measure in measures)

    def _say(self, site: Site) -> None:
        self._told.add(site.id)
        verdicts = [measure.verdict() for measure in self.measures[site.id] if measure.attempts]
        best = next((verdict for verdict in verdicts if verdict.settles), verdicts[0] if verdicts else None)
        if best is not None:
            self._tell(site.id, replace(best, synthetic=self._synthetic))

    def _stop_if_settled(self) -> None:
        if self.settled() and not self._stack and not self._synthetic:
            raise EnoughError

    # --- bookkeeping

    def _here(self) -> bool:
        """Whether this is the thread and the process that is measured."""
        if os.getpid() != self._process:
            return False
        return threading.get_ident() == self._thread or _is_only_replica()

    def _listening(self) -> bool:
        return self._here() and self._replaying is None and not self._measuring

    def _begin(self, carrier: str) -> Execution:
        execution = Execution(carrier, probe=self, container=self._containers[-1] if self._containers else None)
        self._stack.append(execution)
        return execution

    def _end(self, execution: Execution) -> None:
        if execution in self._stack:
            del self._stack[self._stack.index(execution) :]


def _is_only_replica() -> bool:
    """Whether this thread is the one in which a strategy with a single device runs the step, while all else waits."""
    if not is_replica_thread():
        return False
    import tensorflow as tf

    return int(tf.distribute.get_strategy().num_replicas_in_sync) == 1


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

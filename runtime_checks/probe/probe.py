"""The probe: what a rewritten program calls, and how its code is run again with other operands.

While the program runs, every carrier (an expression, a function or the block of a tape) leaves an ``Execution``: the
values that its taps have seen, and a way to run it again. The measures of its sites look at it then and there, with
the user's weights and the user's batch. Running again leaves nothing behind (``untouched``), and taps hand out the
values they are told to instead of their own.
"""

from __future__ import annotations

import os
import threading
from typing import Any, Callable, Sequence

from ..patching import in_place_of
from ..relations import summary
from . import members
from .arrays import are_arrays, is_array
from .compiled import Compiled
from .execution import Execution, Key, Replay, Replayed, let_run_again
from .gradients import Flow, Flows
from .replicas import Replicas, is_replica_thread
from .sites import Sites


class EnoughError(BaseException):
    """Ends the program once every site is settled. No error of the user's, and not caught by ``except Exception``."""


class Unbound:
    """Stands for a name that had no value."""

    def __repr__(self) -> str:
        return "UNBOUND"


UNBOUND = Unbound()


class Probe:
    """The object that the rewritten text calls ``__tfloss_probe__``."""

    def __init__(self, sites: Sites) -> None:
        self.sites = sites
        self.compiled = Compiled(sites)
        self.functions: dict[int, Callable[..., Any]] = {}
        """The functions whose result is a loss, by their numbers."""
        self.latest: dict[Key, Any] = {}
        """What each expression was last."""
        self.overrides: dict[int, bool] = {}
        """Methods that were called since the metrics of a model were last reset."""
        self.replicated: dict[int, int] = {}
        """On how many replicas at once sites were met."""
        self._stack: list[Execution] = []
        self._models: list[Any] = []
        self._replaying: Replay | None = None
        self._flows = Flows(self._applied)
        self._replicas = Replicas()
        self._thread = threading.get_ident()
        self._process = os.getpid()

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
            self.compiled.evaluated(site, value, self._metric_called)
        if not self.sites.measuring:
            self.sites.tapped(site, role, value)
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
                    self.batch_done(model, execution.context[0])
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

    def epoch(self, site: int) -> None:
        """Begin another round of the loop over epochs that a site stands in."""
        if self._listening() and self.sites.is_open(site):
            self.sites.epoch(site)
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

    # --- what Keras does

    def event(self, name: str, *args: Any) -> None:
        """Tell the measures of something that Keras did."""
        if self._listening():
            self.sites.event(name, *args)
            self._stop_if_settled()

    def metrics_reset(self, model: Any) -> None:
        """Keras has reset the metrics of a model."""
        self.event("metrics_reset", model, self)
        self.overrides.clear()

    def model_compiled(self, model: Any, container: Any) -> None:
        """A model was compiled; ``container`` holds its losses or its metrics."""
        if self._here():
            self.compiled.remember(model, container)

    def container_called(self, container: Any, y_true: Any, y_pred: Any, sample_weight: Any) -> None:
        """Keras, or a step, hands a batch to the compiled losses or metrics of a model."""
        if self._listening() and are_arrays(y_true) and are_arrays(y_pred) and self.compiled.has_sites(container):
            self.compiled.called(container, y_true, y_pred, sample_weight)
            self._stop_if_settled()

    def _metric_called(self, site: int, metric: Any, y_true: Any, y_pred: Any, sample_weight: Any) -> None:
        """Whoever updates a metric hands it a batch."""
        if self._listening() and is_array(y_true) and is_array(y_pred):
            self.compiled.hand(site, metric, y_true, y_pred, sample_weight)
            self._stop_if_settled()

    def batch_done(self, model: Any, data: Any) -> None:
        """A batch has been trained on or evaluated with the compiled loss."""
        if self._listening() and not self._stack:
            self.compiled.batch(model, data)
            self._stop_if_settled()

    def fit_failed(self, model: Any, x: Any, y: Any) -> None:
        """``fit`` or ``evaluate`` of these data raised."""
        if self._listening():
            self.compiled.fit_failed(model, x, y)
            self._stop_if_settled()

    # --- gradients and replicas

    def flows(self) -> Flows | None:
        """The gradients of this thread, if a site that is still open wants them followed."""
        if os.getpid() != self._process or self._replaying is not None or self.sites.measuring:
            return None
        if not self.sites.follow_gradients():
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

    # --- measuring

    def _measure(self, execution: Execution) -> None:
        """Have the measures look at a run of a carrier."""
        import tensorflow as tf

        if self._models and execution.model is None:
            execution.model = self._models[-1]
        if not tf.executing_eagerly():
            return
        self.sites.observe(execution)
        self._stop_if_settled()

    def _stop_if_settled(self) -> None:
        if self.sites.settled() and not self._stack and not self.sites.is_synthetic:
            raise EnoughError

    # --- bookkeeping

    def _here(self) -> bool:
        """Whether this is the thread and the process that is measured."""
        if os.getpid() != self._process:
            return False
        return threading.get_ident() == self._thread or _is_only_replica()

    def _listening(self) -> bool:
        return self._here() and self._replaying is None and not self.sites.measuring

    def _begin(self, carrier: str) -> Execution:
        execution = Execution(carrier, probe=self, container=self.compiled.at_work)
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

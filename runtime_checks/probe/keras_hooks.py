"""Watches what Keras does in the user's program: epochs, batches and compiled losses.

Everything is put in place once TensorFlow or a Keras has been imported by the program itself, so that whatever the
program sets before the import (environment variables, flags) still has its effect.
"""

from __future__ import annotations

import functools
import importlib
import importlib.abc
import importlib.machinery
import inspect
import sys
from types import ModuleType
from typing import Any, Callable, Sequence

from ..keras_model import containers
from .finders import found_by_others
from .gradients import watch_optimizers, watch_tapes
from .probe import Probe
from .replicas import watch_strategies

KERAS = ("keras", "tf_keras")
MOST_STEPS = 200
"""An epoch of which more is needed than its batches is ended after so many."""


class AfterImport(importlib.abc.MetaPathFinder):
    """Calls back once a module of these names has been imported."""

    def __init__(self, callbacks: dict[str, Callable[[ModuleType], None]]) -> None:
        self._callbacks = dict(callbacks)

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module's own spec, whose loader calls back."""
        if name not in self._callbacks:
            return None
        spec = found_by_others(self, name, path, target)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            # Many programs only ask whether there is a spec, so nothing counts before the module has been executed.
            callback = self._callbacks.pop(name, None)
            if callback is not None:
                callback(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def watch(probe: Probe, check_device: Callable[[], None]) -> None:
    """Have TensorFlow run eagerly and Keras tell what it does, from their import on."""

    def tensorflow_imported(module: ModuleType) -> None:
        run_eagerly(module)
        leave_code_as_it_is(module)
        check_device()
        watch_gradients(module, probe)
        patch_loaded(probe)

    callbacks = {"tensorflow": tensorflow_imported, **{name: lambda _: patch_loaded(probe) for name in KERAS}}
    sys.meta_path.insert(0, AfterImport(callbacks))


def run_eagerly(tensorflow: ModuleType) -> None:
    """Have functions run eagerly, unless the program goes back to the graphs of TensorFlow 1."""
    tensorflow.config.run_functions_eagerly(True)

    def after_all_not(disable: Callable[[], None]) -> Callable[[], None]:
        @functools.wraps(disable)
        def call() -> None:
            tensorflow.config.run_functions_eagerly(False)
            disable()

        return call

    old = tensorflow.compat.v1
    for name in ("disable_eager_execution", "disable_v2_behavior"):
        setattr(old, name, after_all_not(getattr(old, name)))


def leave_code_as_it_is(tensorflow: ModuleType) -> None:
    """Keep AutoGraph from putting the text of the file in the place of the rewritten code while all runs eagerly.

    Keras 2 has loss functions, and what a strategy runs, converted even then.
    """
    config: Any = importlib.import_module("tensorflow.python.autograph.core.config")

    class NothingWhileEager:
        """The first of the rules that AutoGraph asks which module's code to convert."""

        def get_action(self, _module: ModuleType) -> Any:
            eager = tensorflow.config.functions_run_eagerly()
            return config.Action.DO_NOT_CONVERT if eager else config.Action.NONE

    config.CONVERSION_RULES = (NothingWhileEager(), *config.CONVERSION_RULES)


def watch_gradients(tensorflow: ModuleType, probe: Probe) -> None:
    """Have tapes and strategies tell the probe what they do."""
    watch_tapes(tensorflow, probe)
    watch_strategies(tensorflow, probe)


_patched: list[type] = []


def patch_loaded(probe: Probe) -> None:
    """Patch the models of every Keras that is loaded; lazily loaded ones as soon as something asks for them."""
    for name in KERAS:
        module = sys.modules.get(name)
        model = getattr(module, "Model", None)
        if module is not None and isinstance(model, type) and model not in _patched:
            _patched.append(model)
            _patch(model, probe)
            watch_optimizers(module, probe)


def _patch(model: type, probe: Probe) -> None:
    for name in ("fit", "evaluate"):
        for owner in model.__mro__:
            if name in vars(owner):
                setattr(owner, name, _with_callback(vars(owner)[name], probe))
                break
    for owner in model.__mro__:
        if "compile" in vars(owner):
            owner.compile = _remembering(vars(owner)["compile"], probe)  # type: ignore[attr-defined]
            break
    for name in ("train_step", "test_step"):
        for owner in model.__mro__:
            if name in vars(owner):
                setattr(owner, name, _telling(vars(owner)[name], probe))
                break
    for owner in model.__mro__:
        if "reset_metrics" in vars(owner):
            owner.reset_metrics = _telling_of_reset(vars(owner)["reset_metrics"], probe)  # type: ignore[attr-defined]
            break


def _telling_of_reset(method: Callable[..., Any], probe: Probe) -> Callable[..., Any]:
    @functools.wraps(method)
    def reset_metrics(model: Any) -> None:
        method(model)
        probe.metrics_reset(model)

    return reset_metrics


def _with_callback(method: Callable[..., Any], probe: Probe) -> Callable[..., Any]:
    """``fit`` or ``evaluate`` with a callback more."""
    signature = inspect.signature(method)

    @functools.wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            given = signature.bind(*args, **kwargs)
        except TypeError:
            return method(*args, **kwargs)  # which says what is wrong
        given.arguments["callbacks"] = _with(given.arguments.get("callbacks"), probe)
        try:
            return method(*given.args, **given.kwargs)
        except Exception:
            # Keras 3 tries the model on tensors without values first.
            probe.fit_failed(given.arguments["self"], given.arguments.get("x"), given.arguments.get("y"))
            raise

    return call


def _with(callbacks: Any, probe: Probe) -> Any:
    """The callbacks and one more; Keras's own list of them, which ``fit`` hands to ``evaluate``, has it already."""
    if isinstance(callbacks, (list, tuple)):
        return [*callbacks, Watcher(probe)]
    if isinstance(getattr(callbacks, "callbacks", None), list):
        return callbacks
    return [Watcher(probe)] if callbacks is None else [callbacks, Watcher(probe)]


def _remembering(method: Callable[..., Any], probe: Probe) -> Callable[..., Any]:
    """``compile`` that keeps whether the user asked for eager steps, and tells what it was given."""

    @functools.wraps(method)
    def call(model: Any, *args: Any, **kwargs: Any) -> Any:
        result = method(model, *args, **kwargs)
        object.__setattr__(model, "_tfloss_run_eagerly", bool(kwargs.get("run_eagerly")))
        for container in containers(model):
            _watch_calls(type(container), probe)
            probe.model_compiled(model, container)
        return result

    return call


def _watch_calls(kind: type, probe: Probe) -> None:
    """Have what holds the compiled losses or metrics of a model tell what it is called with."""
    for name in ("update_state", "__call__"):
        if name in vars(kind) and kind not in _patched:
            _patched.append(kind)
            setattr(kind, name, _called(vars(kind)[name], probe))


def _called(method: Callable[..., Any], probe: Probe) -> Callable[..., Any]:
    @functools.wraps(method)
    def call(container: Any, y_true: Any, y_pred: Any, sample_weight: Any = None, *args: Any, **kwargs: Any) -> Any:
        probe.container_called(container, y_true, y_pred, sample_weight)
        with probe.compiled.inside(container):
            return method(container, y_true, y_pred, sample_weight, *args, **kwargs)

    return call


def _telling(method: Callable[..., Any], probe: Probe) -> Callable[..., Any]:
    """Keras's own ``train_step`` or ``test_step``, which tells of its batch."""

    @functools.wraps(method)
    def call(model: Any, data: Any) -> Any:
        result = method(model, data)
        probe.batch_done(model, data)
        return result

    return call


class Watcher:
    """A callback of both generations, which inherits from none of their classes."""

    _supports_tf_logs = False
    _chief_worker_only = None
    async_safe = False

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self.model: Any = None
        self.params: Any = None

    def set_params(self, params: Any) -> None:
        """Keep what Keras says of the run."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Keep the model."""
        self.model = model

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 - Keras names them
        """Another epoch of ``fit``."""
        self._probe.event("epoch_begin", self.model, "train")

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        """End a long epoch, if what is shown at its end is all that is missing."""
        if batch + 1 >= MOST_STEPS and self._probe.sites.waits_for_epochs():
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        """What ``fit`` shows of an epoch."""
        self._probe.event("epoch_end", self.model, "train", dict(logs or {}))

    def on_test_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        """An evaluation, also that of validation data."""
        self._probe.event("epoch_begin", self.model, "test")

    def on_test_end(self, logs: Any = None) -> None:
        """What ``evaluate`` shows."""
        self._probe.event("epoch_end", self.model, "test", dict(logs or {}))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("on_"):
            return _nothing
        if name.startswith("_implements_"):
            return _no if "predict" in name else _yes
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


def _nothing(*_args: Any, **_kwargs: Any) -> None:
    """Stand in for the other hooks."""


def _no() -> bool:
    return False


def _yes() -> bool:
    return True

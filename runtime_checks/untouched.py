"""Runs training code in a way that leaves nothing behind.

Inside ``untouched(model)`` optimizers apply no gradients, and afterwards all of this is as it was:

- variables: those of the model, of its metrics and optimizer, and every other one that is assigned to by ``assign``
  and its kin, such as moving averages, counters, and the states of Keras 3's seed generators;
- random numbers: of Python, NumPy and TensorFlow (global seed, ``tf.random.Generator``), and of Keras 2's layers;
- the model's own attributes that are plain numbers, strings, booleans or tuples.

Functions run eagerly. What the code prints through Python, its warnings and ``tf.summary`` are not shown. What it reads
from iterators or changes in lists, dictionaries, files and foreign objects is beyond this module. A model that was not
built yet is built afterwards.
"""

from __future__ import annotations

import contextlib
import io
import random
import sys
import threading
import warnings
from typing import Any, Callable, Iterator

from .keras_model import keras_package, optimizer_classes
from .patching import around, with_subclasses

PLAIN = (bool, int, float, complex, str, bytes, tuple, type(None))
SET_BY_BUILDING = ("built", "inputs", "outputs", "input_names", "output_names")
"""Attributes of Keras's own, without which a model that has been built meanwhile cannot be called."""
SAMPLING = ("normal", "truncated_normal", "uniform", "uniform_full_int", "binomial", "make_seeds", "split", "skip")
OWN_SEED = 20_011_108
"""The global seed of TensorFlow inside. Eager random operations keep a state for each pair of seeds, which nothing can
save; under a seed of their own they leave the states of the user's operations alone."""


class Untouched:
    """What has been changed so far, and how to undo it."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []
        self._variables: dict[int, tuple[Any, Any]] = {}

    def remember(self, variable: Any) -> None:
        """Keep the value of a TensorFlow variable, if it is not kept yet."""
        import tensorflow as tf

        if id(variable) not in self._variables:
            with tf.init_scope():  # out of any graph that the code may be building
                # The variable is kept as well, so that no other object gets its id.
                self._variables[id(variable)] = (variable, variable.read_value())

    def on_restore(self, undo: Callable[[], None]) -> None:
        """Call this on every ``restore``."""
        self._undo.append(undo)

    def restore(self) -> None:
        """Put everything back to where it was when the context began."""
        for variable, value in list(self._variables.values()):
            variable.assign(value)
        for undo in self._undo:
            undo()


@contextlib.contextmanager
def untouched(model: Any = None, random_numbers: bool = True) -> Iterator[Untouched]:
    """Leave the model, and everything that the top of this module names, as they were.

    ``random_numbers=False`` draws from the program's own, and puts none back. Without a model, optimizers apply
    gradients, which are taken back, and the seeds of Keras 2's layers count on.
    """
    state = Untouched()
    with contextlib.ExitStack() as stack:
        stack.callback(state.restore)
        kinds: list[Callable[..., Any]] = [_variables, _eager, _quiet]
        kinds += [_random_numbers] if random_numbers else []
        if model is not None:
            kinds += [_frozen_optimizers, _attributes]
            kinds += [_keras2_seeds] if random_numbers else []
        for enter in kinds:
            stack.enter_context(enter(model, state))
        yield state


@contextlib.contextmanager
def _variables(model: Any, state: Untouched) -> Iterator[None]:
    import tensorflow as tf

    for variable in _variables_of(model):
        state.remember(variable)

    def assign(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        state.remember(self)
        return original(self, *args, **kwargs)

    def sample(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        state.remember(self.state)
        return original(self, *args, **kwargs)

    classes = [owner for owner in type(tf.Variable(0.0)).__mro__ if owner.__name__.endswith("ResourceVariable")]
    names = {name for owner in classes for name in vars(owner)}
    with contextlib.ExitStack() as stack:
        for name in sorted(names):
            if name.startswith(("assign", "scatter_", "batch_scatter_")):
                stack.enter_context(around(classes, name, assign))
        for name in SAMPLING:
            stack.enter_context(around(with_subclasses([tf.random.Generator]), name, sample))
        yield


def _variables_of(model: Any) -> Iterator[Any]:
    """TensorFlow's variables behind the model, its metrics and its optimizer."""
    if model is None:
        return
    optimizer = getattr(model, "optimizer", None)
    of_optimizer = getattr(optimizer, "variables", ())
    groups = [_made_variables(model), of_optimizer() if callable(of_optimizer) else of_optimizer]
    groups.extend(metric.variables for metric in model.metrics)
    for variable in (variable for group in groups for variable in group):
        value = getattr(variable, "_value", variable) if hasattr(variable, "assign") else None
        for candidate in (value, variable):
            if hasattr(candidate, "read_value") and hasattr(candidate, "assign"):
                yield candidate
                break


def _made_variables(model: Any) -> Any:
    try:
        return model.variables
    except ValueError:
        return ()  # a `Sequential` of Keras 2 will not be asked before its first call


@contextlib.contextmanager
def _random_numbers(_model: Any, state: Untouched) -> Iterator[None]:
    import numpy as np

    states = random.getstate(), np.random.get_state()

    def restore() -> None:
        random.setstate(states[0])
        np.random.set_state(states[1])

    state.on_restore(restore)
    with _own_tensorflow_seed():
        yield


@contextlib.contextmanager
def _own_tensorflow_seed() -> Iterator[None]:
    """Draw TensorFlow's operation seeds from a stream of our own, without clearing any cache."""
    from tensorflow.python.eager import context

    eager = context.context()
    if not hasattr(eager, "_seed"):
        yield
        return
    saved = {name: getattr(eager, name) for name in ("_seed", "_rng") if hasattr(eager, name)}
    eager._seed = OWN_SEED
    eager._rng = random.Random(OWN_SEED)  # noqa: S311 - as TensorFlow itself draws them
    try:
        yield
    finally:
        for name in ("_seed", "_rng"):
            if name in saved:
                setattr(eager, name, saved[name])
            else:
                delattr(eager, name)


@contextlib.contextmanager
def _keras2_seeds(model: Any, state: Untouched) -> Iterator[None]:
    """The seeds that Keras 2's layers count up, and the generator that new ones come from."""
    package = keras_package(model)
    backend = sys.modules.get(f"{package}.src.backend") or sys.modules.get(f"{package}.backend")
    owner = getattr(backend, "RandomGenerator", None)
    if backend is None or owner is None:
        yield
        return
    source = getattr(backend._SEED_GENERATOR, "generator", None)
    if source is not None:
        drawn = source.getstate()
        state.on_restore(lambda: source.setstate(drawn))
    generators: dict[int, tuple[Any, dict[str, Any]]] = {}

    def remember(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        generators.setdefault(id(self), (self, dict(vars(self))))
        return original(self, *args, **kwargs)

    def restore() -> None:
        for generator, attributes in generators.values():
            vars(generator).clear()
            vars(generator).update(attributes)

    state.on_restore(restore)
    with around([owner], "_maybe_init", remember), around([owner], "make_legacy_seed", remember):
        yield


@contextlib.contextmanager
def _frozen_optimizers(model: Any, _state: Untouched) -> Iterator[None]:
    classes = with_subclasses(optimizer_classes(model))

    def nothing(*_args: Any, **_kwargs: Any) -> None:
        """Apply no gradients: neither weights nor the optimizer's own variables change, and none are made."""

    def unscaled(_original: Any, _self: Any, loss: Any) -> Any:
        return loss

    with contextlib.ExitStack() as stack:
        for name in ("apply_gradients", "apply"):
            stack.enter_context(around(classes, name, nothing))
        # The scale of mixed precision is none of the loss.
        for name in ("scale_loss", "get_scaled_loss", "get_unscaled_gradients"):
            stack.enter_context(around(classes, name, unscaled))
        yield


@contextlib.contextmanager
def _attributes(model: Any, state: Untouched) -> Iterator[None]:
    saved = {
        name: value
        for name, value in vars(model).items()
        if isinstance(value, PLAIN) and not name.startswith("_") and name not in SET_BY_BUILDING
    }

    def restore() -> None:
        for name, value in saved.items():
            if vars(model).get(name) is not value:
                vars(model)[name] = value

    state.on_restore(restore)
    yield


@contextlib.contextmanager
def _eager(_model: Any, _state: Untouched) -> Iterator[None]:
    import tensorflow as tf

    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before)


@contextlib.contextmanager
def _quiet(_model: Any, _state: Untouched) -> Iterator[None]:
    import tensorflow as tf

    with warnings.catch_warnings(), tf.summary.record_if(False):
        warnings.simplefilter("ignore")
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        with contextlib.redirect_stdout(io.StringIO()):
            yield

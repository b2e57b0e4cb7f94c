"""Names of libraries: which of them the reader knows, and what a call of one gives."""

from __future__ import annotations

import functools

from tfloss_lint.reading import attributes
from tfloss_lint.reading.instances import place_under_strategy, placed
from tfloss_lint.reading.library import (
    arrays,
    builtins,
    data,
    elementwise,
    layers,
    losses,
    reducing,
    scores,
    training,
)
from tfloss_lint.reading.library.kinds import MODELS, OBJECT_HOMES, OPTIMIZERS
from tfloss_lint.reading.library.table import FUNCTIONS, Call, opaque
from tfloss_lint.reading.values import UNKNOWN, Object, Ref, Role, Tensor, Value

# The tables are filled when these modules are imported.
_TABLES = (arrays, data, elementwise, losses, reducing, scores, training)


def is_known(name: str) -> bool:
    """Whether a canonical name means something to the reader."""
    home, _, last = name.rpartition(".")
    known_object = (home == "keras.layers" and last in layers.KNOWN) or (
        home == "keras.losses" and last in losses.CLASSES
    )
    return known_object or name in FUNCTIONS or name in MODELS or name in _namespaces()


def is_object(name: str) -> bool:
    """Whether it can be the name of a layer, loss, metric, callback or optimizer."""
    return name.startswith(OBJECT_HOMES) and name.rpartition(".")[2][:1].isupper()


@functools.cache
def _namespaces() -> frozenset[str]:
    """The modules that hold what the reader knows."""
    names = [*FUNCTIONS, *OBJECT_HOMES]
    return frozenset(name[:at] for name in names for at, letter in enumerate(name) if letter == ".")


def call_library(call: Call, callee: Ref) -> Value:
    """A call of a function or class of a library."""
    name = callee.name
    handler = FUNCTIONS.get(name) or builtins.BUILTINS.get(name)
    if handler is not None:
        return handler(call)
    last = name.rsplit(".", 1)[-1]
    if name in MODELS:
        model = Object(
            "keras.Sequential" if name.endswith("Sequential") else "keras.Model",
            args=call.args,
            kwargs=call.kwargs,
            node=call.node,
        )
        place_under_strategy(call, model)
        call.interpreter.objects.append(model)
        return model
    if name in ("keras.Input", "keras.layers.Input"):
        declared = layers.input_shape(Object("keras.layers.Input", args=call.args, kwargs=call.kwargs))
        return Tensor(declared, frozenset({Role.FEATURES}), "input", (), call.node)
    if name.startswith(OBJECT_HOMES) and last[:1].isupper():
        if name.startswith(("keras.losses.", "keras.metrics.", "keras.layers.")):
            call.interpreter.mark(call.node)
        if name.startswith(OPTIMIZERS):
            attributes.arguments_used(call, name)
        return placed(call, Object(name, args=call.args, kwargs=call.kwargs, node=call.node))
    if name.startswith("keras.applications.") and last[:1].isupper():
        return Object("keras.Model", kwargs={"outputs": UNKNOWN}, node=call.node)
    return opaque(call, *call.args, *call.kwargs.values())

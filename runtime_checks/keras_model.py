"""What the two Keras generations keep in different places: the compiled loss, logs, classes.

Every function takes a Keras model. ``keras2`` is Keras up to 2.15 and ``tf_keras``; ``keras3`` is Keras from 3.0 on.
"""

from __future__ import annotations

import platform
import sys
from typing import Any, Mapping, Sequence

ROOTS = ("keras", "tf_keras", "tensorflow")
"""The packages that Keras lives in, or lived in."""


class UnsupportedModelError(TypeError):
    """The object is no Keras model, or one whose training TensorFlow does not run."""


def keras_package(model: Any) -> str:
    """The package of the Keras that the model belongs to: ``keras`` or ``tf_keras``."""
    for owner in type(model).__mro__:
        if owner.__name__ == "Model" and _root(owner) in ROOTS:
            return _root(owner)
    raise UnsupportedModelError(f"a Keras model is needed, not {type(model).__name__}")


def keras_version(model: Any) -> str:
    """The version of that package."""
    package = sys.modules[keras_package(model)]
    version = getattr(package, "__version__", None) or getattr(getattr(package, "keras", None), "__version__", "")
    return str(version)


def is_keras3(model: Any) -> bool:
    """Whether the model belongs to Keras 3."""
    return keras_version(model).split(".")[0] == "3"


def check(model: Any) -> None:
    """Raise ``UnsupportedModelError`` unless the model is one whose ``train_step`` TensorFlow runs."""
    package = keras_package(model)
    if is_keras3(model):
        backend = sys.modules[package].backend.backend()
        if backend != "tensorflow":
            raise UnsupportedModelError(f"Keras runs on {backend}; train_step is only audited on TensorFlow")


def versions(model: Any) -> dict[str, str]:
    """What decides how the model behaves."""
    import tensorflow as tf

    return {
        "python": platform.python_version(),
        "tensorflow": str(tf.__version__),
        keras_package(model): keras_version(model),
    }


def replicas(model: Any) -> int:
    """On how many devices the model trains at once."""
    return int(model.distribute_strategy.num_replicas_in_sync)


def is_built(model: Any) -> bool:
    """Whether all layers of the model have their weights."""
    layers = list(model._flatten_layers(include_self=False))
    return all(layer.built for layer in layers) if layers else bool(model.built)


def is_own(model: Any, method: str) -> bool:
    """Whether a method of the model is the user's and not Keras's."""
    if method in vars(model):
        return True
    for owner in type(model).__mro__:
        if method in vars(owner):
            return _root(owner) not in ROOTS
    return False


# --- the compiled loss


def compiled_loss_object(model: Any) -> Any | None:
    """What computes the loss that ``compile`` was given; ``None`` where it was given none."""
    if is_keras3(model):
        return getattr(model, "_compile_loss", None)
    container = getattr(model, "compiled_loss", None)
    return container if getattr(container, "_user_losses", None) is not None else None


def compiled_loss(model: Any, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
    """The loss that ``compile`` was given, without penalties; the model and its metrics stay as they are."""
    container = compiled_loss_object(model)
    if container is None:
        raise ValueError("the model was compiled without a loss")
    if not container.built:
        # Its first use makes metrics, and with them Keras 2 logs something else.
        container = fresh(container)
    before = [(variable, _value(variable)) for metric in container.metrics for variable in metric.variables]
    try:
        return container(y_true, y_pred, sample_weight)
    finally:
        for variable, value in before:
            variable.assign(value)


def compiled_loss_of_output(model: Any, output: Any, name: Any) -> Any:
    """What computes the loss that ``compile`` was given for one of several outputs, as if this were the only one."""
    container = compiled_loss_object(model)
    if container is None:
        raise ValueError("the model was compiled without a loss")
    return fresh_for_output(container, output, name)


def fresh_for_output(container: Any, output: Any, name: Any) -> Any:
    """The same compiled loss, not used yet, of one of several outputs as if this were the only one."""
    if output is None:
        return fresh(container)
    [loss] = given_to(container, output, name)
    return type(container)(loss)


def of_output(structure: Any, output: Any, name: Any) -> Any:
    """What of several losses, labels or outputs belongs to one output: by its position, or by its key or name.

    All of it where ``output`` is ``None``: there is only one.
    """
    if output is None:
        return structure
    if isinstance(structure, dict):
        return structure[output if output in structure else name]
    if isinstance(structure, (list, tuple)):
        return structure[output]
    return structure


def containers(model: Any) -> list[Any]:
    """What holds the losses and the metrics that ``compile`` was given."""
    metrics = getattr(model, "_compile_metrics", None) if is_keras3(model) else getattr(model, "compiled_metrics", None)
    return [container for container in (compiled_loss_object(model), metrics) if container is not None]


def given_to(container: Any, output: Any = None, name: Any = None) -> list[Any]:
    """The losses or metrics that ``compile`` was given, of what holds them; all of them, or those of one output."""
    attributes = ("_user_losses", "_user_loss", "_user_metrics", "_user_weighted_metrics")
    waiting = [of_output(getattr(container, attribute, None), output, name) for attribute in attributes]
    found = []
    while waiting:
        given = waiting.pop(0)
        if isinstance(given, dict):
            waiting[:0] = given.values()
        elif isinstance(given, (list, tuple)):
            waiting[:0] = given
        elif given is not None:
            found.append(given)
    return found


def fresh(container: Any) -> Any:
    """The same compiled loss, not used yet."""
    if hasattr(container, "_user_losses"):
        names = container._output_names
        return type(container)(container._user_losses, container._user_loss_weights, output_names=names)
    names = container.output_names
    return type(container)(container._user_loss, container._user_loss_weights, output_names=names)


def takes_logits(model: Any) -> bool:
    """Whether the compiled loss is one that was told to take logits."""
    loss: Any = getattr(model, "loss", None)
    return hasattr(loss, "get_config") and bool(loss.get_config().get("from_logits"))


def is_compiled_with_own_loss(model: Any) -> bool:
    """Whether ``compile`` was given one function or object that is no part of Keras."""
    loss = getattr(model, "loss", None)
    if not callable(loss):
        return False
    owner = loss if hasattr(loss, "__name__") else type(loss)
    return str(getattr(owner, "__module__", "")).split(".")[0] not in ROOTS


def compiled_loss_name(model: Any) -> str:
    """What ``compile`` was given, in words."""
    loss = getattr(model, "loss", None)
    if isinstance(loss, str):
        return repr(loss)
    if not callable(loss):
        return "losses"
    return str(getattr(loss, "__name__", type(loss).__name__))


# --- logs


def shown_logs(model: Any, logs: Mapping[str, Any]) -> Mapping[str, Any]:
    """What ``fit`` makes of the logs of an epoch's last step."""
    for name in ("_get_metrics_result_or_logs", "_validate_and_get_metrics_result"):
        method = getattr(model, name, None)
        if method is not None:
            shown: Mapping[str, Any] = method(logs)
            return shown
    if is_keras3(model):
        result: Mapping[str, Any] = model.get_metrics_result()
        return result
    return logs


# --- classes


def layer_classes(model: Any) -> list[type]:
    """Every class in which a call of a layer or of the model may be defined, or its losses."""
    classes = [owner for owner in type(model).__mro__ if owner is not object]
    return [owner for owner in classes if "__call__" in vars(owner) or "losses" in vars(owner)]


def optimizer_classes(model: Any) -> list[type]:
    """The roots of the classes of optimizers."""
    import tensorflow as tf

    package = sys.modules[keras_package(model)]
    modules = [getattr(package, "optimizers", None), tf.keras.optimizers]
    modules += [getattr(module, name, None) for module in modules for name in ("legacy", "experimental")]
    found = [getattr(module, "Optimizer", None) for module in modules]
    found += [type(value) for value in vars(model).values() if hasattr(value, "apply_gradients")]
    found.append(type(getattr(model, "optimizer", None)))
    roots: list[type] = []
    for owner in found:
        for ancestor in reversed(getattr(owner, "__mro__", ())):
            if "apply_gradients" in vars(ancestor):
                roots.append(ancestor)
                break
    return roots


def unpack(data: Any) -> tuple[Any, Any, Any]:
    """Features, labels and sample weights of a batch, as ``fit`` hands it over."""
    if isinstance(data, list):
        data = tuple(data)
    if not isinstance(data, tuple):
        return data, None, None
    if len(data) > 3:
        raise ValueError(f"a batch is (x,), (x, y) or (x, y, sample_weight), not {len(data)} parts")
    return data + (None,) * (3 - len(data))


def repack(data: Any, parts: Sequence[Any]) -> Any:
    """A batch of the same form with other features, labels and sample weights."""
    if not isinstance(data, (tuple, list)):
        return parts[0]
    return tuple(parts[: len(data)])


def as_fit_would(batch: Any) -> Any:
    """The batch with tensors in the place of arrays: real numbers in Keras's float type, a Series as a column."""
    import numpy as np
    import tensorflow as tf

    floatx = tf.keras.backend.floatx()

    def convert(leaf: Any) -> Any:
        if leaf is None or tf.is_tensor(leaf) or isinstance(leaf, tf.RaggedTensor):
            return leaf
        if hasattr(leaf, "to_numpy"):
            array = leaf.to_numpy()
            leaf = array[:, None] if array.ndim == 1 else array
        array = np.asarray(leaf)
        return tf.convert_to_tensor(array.astype(floatx) if array.dtype.kind == "f" else array)

    return _map(convert, batch)


def _map(convert: Any, structure: Any) -> Any:
    """Apply to every leaf; unlike ``tf.nest`` it takes a pandas object for a leaf and looks into dictionaries."""
    if isinstance(structure, dict):
        return {key: _map(convert, value) for key, value in structure.items()}
    if isinstance(structure, (tuple, list)):
        return tuple(_map(convert, value) for value in structure)
    return convert(structure)


def _value(variable: Any) -> Any:
    import tensorflow as tf

    return tf.identity(tf.convert_to_tensor(variable))


def _root(owner: type) -> str:
    return owner.__module__.split(".")[0]

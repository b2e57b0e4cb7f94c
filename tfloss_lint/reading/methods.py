"""Methods: what a call of one gives, by what it is a method of."""

from __future__ import annotations

from tfloss_lint.reading.library import data, datasets, frames, mappings, models, sequences, training
from tfloss_lint.reading.library.kinds import METRICS, OPTIMIZERS
from tfloss_lint.reading.library.table import FUNCTIONS, TENSOR_METHODS, Call, opaque
from tfloss_lint.reading.values import NONE, UNKNOWN, Const, Dataset, Mapping, Method, Object, Sequence, Tensor, Value


def call_method(call: Call, callee: Method) -> Value:
    """A call of ``owner.name``."""
    owner, name = callee.owner, callee.name
    if isinstance(owner, Tensor):
        handler = TENSOR_METHODS.get(name)
        return handler(call, owner) if handler is not None else opaque(call, owner, *call.args)
    if isinstance(owner, Dataset):
        return data.dataset_method(call, owner, name)
    if isinstance(owner, Sequence):
        return sequences.sequence_method(call, owner, name)
    if isinstance(owner, Mapping):
        return mappings.mapping_method(call, owner, name)
    if isinstance(owner, Object):
        return _object_method(call, owner, name)
    if isinstance(owner, Const) and name == "format":
        for value in (*call.args, *call.kwargs.values()):
            call.interpreter.show(value, call.node)
    return opaque(call, *call.args, *call.kwargs.values())


def _object_method(call: Call, owner: Object, name: str) -> Value:
    if owner.kind == "tf.GradientTape":
        return training.tape_method(call, owner, name)
    if models.is_model(owner):
        return models.method(call, owner, name)
    if owner.kind.startswith(METRICS):
        return training.metric_method(call, owner, name)
    if owner.kind.startswith(OPTIMIZERS):
        return training.optimizer_method(call, owner, name)
    if owner.kind == "tf.distribute.Strategy":
        return training.strategy_method(call, owner, name)
    if frames.is_table(owner):
        return frames.table_method(call, owner, name)
    if owner.kind in datasets.SCALERS:
        return datasets.scaler_method(call, owner, name)
    if owner.kind == "numpy.random.Generator":
        return _generator_method(call, name)
    if name == "__init__":
        # super().__init__(...) of a library class: these are the arguments it is configured with.
        owner.args, owner.kwargs = list(call.args), dict(call.kwargs)
        return NONE
    return opaque(call, *call.args, *call.kwargs.values())


def _generator_method(call: Call, name: str) -> Value:
    handler = FUNCTIONS.get("numpy.random." + {"integers": "randint", "standard_normal": "random"}.get(name, name))
    return UNKNOWN if handler is None else handler(call)

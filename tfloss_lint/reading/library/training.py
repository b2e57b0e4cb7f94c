"""Tapes, optimizers, metrics and strategies: the objects a training loop is made of."""

from __future__ import annotations

import libcst as cst

from tfloss_lint.reading import calls
from tfloss_lint.reading.events import Applied, DtypePolicy, Gradient, MetricRead, MetricReset, MetricUpdate
from tfloss_lint.reading.library.table import Call, as_tensor, function
from tfloss_lint.reading.values import MORE, NONE, UNKNOWN, Const, Mapping, Object, Sequence, Tensor, Value


@function("tf.GradientTape")
def _tape(call: Call) -> Value:
    return Object("tf.GradientTape", args=call.args, kwargs=call.kwargs, node=call.node)


@function("keras.mixed_precision.Policy")
def _policy(call: Call) -> Value:
    # A policy is as good as its name.
    return call.argument(0, "name")


@function("keras.mixed_precision.set_global_policy")
def _set_policy(call: Call) -> Value:
    name, certain = call.argument(0, "policy"), not call.interpreter.conditions
    call.interpreter.record(DtypePolicy(call.node, *call.interpreter.place(), name=name, certain=certain))
    return NONE


def tape_method(call: Call, tape: Object, name: str) -> Value:
    """A method of a ``GradientTape``."""
    if name == "gradient":
        target, over = call.argument(0, "target"), call.argument(1, "sources")
        node = call.argument_node(0, "target")
        if node is not None:
            call.interpreter.mark(node)
            _record_gradient(call, target, node, over)
        wanted = as_tensor(over)
        # The gradient has the shape of what it is taken over, and is no prediction any more.
        return Tensor(None if wanted is None else wanted.shape, frozenset(), "gradient", (target,), call.node)
    return UNKNOWN


def _record_gradient(call: Call, target: Value, node: cst.CSTNode, over: Value) -> None:
    strategy = _running(call)
    call.interpreter.record(
        Gradient(call.node, *call.interpreter.place(), target=target, target_node=node, over=over, strategy=strategy)
    )


def _running(call: Call) -> Object | None:
    """The strategy on whose replicas is executed what is being executed."""
    replicated = call.interpreter.replicated
    return replicated[-1] if replicated else None


def optimizer_method(call: Call, optimizer: Object, name: str) -> Value:
    """A method of an optimizer."""
    if name in ("minimize", "apply_gradients", "apply"):
        call.interpreter.record(Applied(call.node, *call.interpreter.place(), optimizer=optimizer))
    if name == "minimize":
        target = call.argument(0, "loss")
        node = call.argument_node(0, "loss")
        if node is not None:
            if not isinstance(target, Tensor):
                target = calls.call_value(call.interpreter, target, [], {}, call.node)
            call.interpreter.mark(node)
            _record_gradient(call, target, node, call.argument(1, "var_list"))
        return NONE
    if name in ("get_scaled_loss", "scale_loss"):
        return call.argument(0, "loss")
    return UNKNOWN


def metric_method(call: Call, metric: Object, name: str) -> Value:
    """A method of a metric object, or of the compiled metrics."""
    if name == "update_state":
        record_update(call, metric, call.args)
        return NONE
    if name in ("reset_state", "reset_states"):
        call.interpreter.record(MetricReset(call.node, *call.interpreter.place(), metric=metric))
        return NONE
    if name == "result":
        call.interpreter.record(MetricRead(call.node, *call.interpreter.place(), metric=metric))
        call.interpreter.mark(call.node)
        return Tensor((), frozenset(), "metric_result", (metric,), call.node)
    return UNKNOWN


def call_metric(call: Call, metric: Object) -> Value:
    """``metric(y, p)`` updates and reads."""
    record_update(call, metric, call.args)
    call.interpreter.mark(call.node)
    return Tensor((), frozenset(), "metric_result", (metric,), call.node)


def record_update(call: Call, metric: Value, args: list[Value]) -> None:
    """Record a metric's update with its arguments in the order label, prediction or value."""
    nodes = [call.nodes[at] for at in range(len(call.args)) if at in call.nodes]
    values = list(args)
    for name in ("y_true", "values", "y", "y_pred"):
        if name in call.kwargs:
            values.append(call.kwargs[name])
            nodes.append(call.nodes.get(name, call.node))
    for node in nodes:
        call.interpreter.mark(node)
    call.interpreter.record(
        MetricUpdate(
            call.node,
            *call.interpreter.place(),
            metric=metric,
            arguments=tuple(values),
            nodes=tuple(nodes),
            weighted=call.given(None, "sample_weight"),
            strategy=_running(call),
        )
    )


STRATEGIES = frozenset(
    f"tf.distribute.{prefix}{name}"
    for prefix in ("", "experimental.")
    for name in (
        "MirroredStrategy",
        "TPUStrategy",
        "MultiWorkerMirroredStrategy",
        "OneDeviceStrategy",
        "CentralStorageStrategy",
    )
)


def _strategy(call: Call, name: str) -> Value:
    """A strategy; ``replicas`` is their number where it is known, and unknown on other machines."""
    devices = call.argument(0, "devices") if name.endswith(".MirroredStrategy") else UNKNOWN
    number = len(devices.items) if isinstance(devices, Sequence) and not devices.open else None
    if name.endswith((".OneDeviceStrategy", ".get_strategy")):
        # Without a scope around it, the default strategy has one replica.
        number = 1
    replicas = UNKNOWN if number is None else Const(number)
    return Object("tf.distribute.Strategy", attrs={"replicas": replicas}, node=call.node)


for _name in (*sorted(STRATEGIES), "tf.distribute.get_strategy"):
    function(_name)(lambda call, name=_name: _strategy(call, name))  # type: ignore[misc]


def strategy_method(call: Call, strategy: Object, name: str) -> Value:
    """A method of a distribution strategy."""
    if name in ("run", "experimental_run_v2", "experimental_run"):
        args, kwargs = call.argument(1, "args"), call.argument(2, "kwargs")
        given = list(args.items) if isinstance(args, Sequence) and not args.open else []
        named = (
            {key: item for key, item in kwargs.items.items() if isinstance(key, str)}
            if isinstance(kwargs, Mapping)
            else {}
        )
        if (call.given(1, "args") and not isinstance(args, Sequence)) or (call.given(2, "kwargs") and not named):
            named[MORE] = UNKNOWN
        call.interpreter.replicated.append(strategy)
        try:
            return calls.call_value(call.interpreter, call.argument(0, "fn"), given, named, call.node)
        finally:
            call.interpreter.replicated.pop()
    if name == "scope":
        return Object("tf.distribute.Scope", args=[strategy])
    if name == "experimental_distribute_dataset":
        return call.argument(0, "dataset")
    if name == "reduce":
        tensor = as_tensor(call.argument(1, "value"))
        return UNKNOWN if tensor is None else call.tensor(None, "opaque", tensor)
    return UNKNOWN

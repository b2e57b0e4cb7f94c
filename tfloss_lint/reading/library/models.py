"""Keras models: what they predict, and what ``compile``, ``fit`` and ``evaluate`` do with them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from tfloss_lint.reading import attributes, calls
from tfloss_lint.reading.bound_methods import bound, loss_method
from tfloss_lint.reading.events import Batching, Compile, CompiledLoss, Fit, Forward, FunctionResult, Logs, Step
from tfloss_lint.reading.library import data, forward, layers, losses, training
from tfloss_lint.reading.library.kinds import ANY_METRIC, LOSS_TRACKER, MODELS
from tfloss_lint.reading.library.table import Call, as_tensor, function
from tfloss_lint.reading.values import (
    BATCH,
    NONE,
    UNKNOWN,
    Class,
    Dataset,
    Function,
    Mapping,
    Object,
    Ref,
    Role,
    Sequence,
    Shape,
    Tensor,
    Value,
    admitted,
    constant,
    integer,
    join,
)

if TYPE_CHECKING:
    from tfloss_lint.reading.interpreter import Interpreter

STEPS = ("train_step", "test_step")
RUNS = frozenset({"fit", "evaluate", "predict", "train_on_batch", "test_on_batch"})
"""Methods whose arguments differ from release to release."""
DEFAULT_BATCH_SIZE = 32
"""What ``fit`` takes when no ``batch_size`` is given."""


def is_model(value: Value) -> bool:
    """Whether it is a Keras model, of the library's or of the file's own class."""
    if not isinstance(value, Object):
        return False
    if value.kind in MODELS:
        return True
    return value.cls is not None and any(value.cls.member(step) is not None for step in STEPS)


def predict(call: Call, model: Object) -> Value:
    """``model(x)``: a prediction for a batch."""
    inputs = call.argument(0, "inputs", "x")
    first = _first_length(inputs)
    member = model.cls.member("call") if model.cls is not None else None
    function = bound(member, model) if isinstance(member, Function) else None
    flag = forward.flag_of(call, function)
    interpreter = call.interpreter
    with forward.passing(interpreter, flag) as current:
        if function is not None:
            inner = interpreter.call_function(function, call.args, forward.with_flag(call, function, flag))
        else:
            inner = _library_output(call, model, inputs)
            if model.given("outputs", 1):
                current.uses += forward.uses_of_graph(interpreter, inner, flag)
    predicted = _as_prediction(call, inner, inputs, first)
    results = tuple(forward.tensors_of(predicted))
    interpreter.used_for.update(dict.fromkeys(results, current.uses))
    if not interpreter.passes:
        place = interpreter.place()
        interpreter.record(
            Forward(call.node, *place, model=model, flag=flag, uses=tuple(current.uses), results=results)
        )
    return predicted


def prediction(interpreter: Interpreter, model: Object, inputs: Value | None = None) -> Value:
    """What the model makes of these inputs, or of inputs that the file does not show."""
    given = Tensor(None, frozenset({Role.FEATURES}), "input") if inputs is None else inputs
    return predict(Call(interpreter, model.node or cst.Pass(), interpreter.module, [given], {}, {}), model)


def _library_output(call: Call, model: Object, inputs: Value) -> Value:
    outputs = model.config("outputs", 1)
    if model.given("outputs", 1):
        # Keras hands out the only output of a list by itself.
        alone = isinstance(outputs, Sequence) and len(outputs.items) == 1 and not outputs.open
        return outputs.items[0] if alone and isinstance(outputs, Sequence) else outputs
    stacked = model.config("layers", 0)
    if isinstance(stacked, Sequence) and not stacked.open:
        return _stack(call, [*stacked.items, *_added(model)], inputs)
    if _added(model) and not model.args:
        return _stack(call, _added(model), inputs)
    return UNKNOWN


def _added(model: Object) -> list[Value]:
    added = model.attrs.get("layers added")
    return list(added.items) if isinstance(added, Sequence) else []


def _stack(call: Call, stacked: list[Value], inputs: Value) -> Value:
    value = inputs
    for layer in stacked:
        if isinstance(layer, Tensor) and layer.op == "input":
            # keras.Input(...) first in a Sequential declares the shape.
            known = as_tensor(value)
            value = layer if known is None or known.shape is None else value
            continue
        if not isinstance(layer, Object):
            value = UNKNOWN
            continue
        declared = layers.input_shape(layer)
        tensor = as_tensor(value)
        if declared is not None and (tensor is None or tensor.shape is None):
            value = Tensor(declared, frozenset({Role.FEATURES}), "input")
        if layers.short_name(layer.kind) in ("InputLayer", "Input"):
            continue
        value = calls.call_value(call.interpreter, layer, [value], {}, call.node)
    return value


def _first_length(value: Value) -> str | int | None:
    """The number of samples that the inputs hold."""
    if isinstance(value, Sequence) and value.items:
        return _first_length(value.items[0])
    if isinstance(value, Mapping) and value.items:
        return _first_length(next(iter(value.items.values())))
    tensor = as_tensor(value)
    if tensor is None or tensor.shape is None:
        return BATCH
    return tensor.shape[0] if tensor.shape else BATCH


def _as_prediction(call: Call, value: Value, inputs: Value, first: str | int | None) -> Value:
    if isinstance(value, Sequence):
        return Sequence([_as_prediction(call, item, inputs, first) for item in value.items], value.is_list, value.open)
    if isinstance(value, Mapping):
        return Mapping({k: _as_prediction(call, v, inputs, first) for k, v in value.items.items()}, {}, value.open)
    tensor = as_tensor(value)
    shape: Shape = None if tensor is None else tensor.shape
    if shape and (shape[0] == BATCH or shape[0] is None):
        shape = (first, *shape[1:])
    call.interpreter.mark(call.node)
    detail = NONE if tensor is None else tensor
    return Tensor(shape, frozenset({Role.PREDICTION}), "predict", (inputs,), call.node, None, detail)


def apply_layer(call: Call, layer: Object) -> Value:
    """``layer(x)`` for a library layer."""
    inputs = call.argument(0, "inputs")
    call.interpreter.mark(call.node)
    if isinstance(inputs, Sequence):
        merged = call.tensor(layers.merged_shape(layer, inputs.items), "layer", *inputs.items, detail=layer)
        forward.used(call, layer, merged)
        return merged
    if layer.kind.endswith(".Lambda"):
        return calls.call_value(call.interpreter, layer.config("function", 0), [inputs], {}, call.node)
    tensor = as_tensor(inputs)
    shape = layers.output_shape(layer, None if tensor is None else tensor.shape)
    result = Tensor(shape, frozenset({Role.PREDICTION}), "layer", (inputs,), call.node, None, layer)
    forward.used(call, layer, result)
    return result


MERGES = ("add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate")
"""Functions that stand for a merging layer: ``keras.layers.concatenate([a, b])``."""


def _merge(call: Call, name: str) -> Value:
    layer = Object(f"keras.layers.{name.capitalize()}", args=call.args[1:], kwargs=call.kwargs, node=call.node)
    return apply_layer(call, layer)


for _name in MERGES:
    function(f"keras.layers.{_name}")(lambda call, name=_name: _merge(call, name))  # type: ignore[misc]


@function("keras.models.load_model", "keras.saving.load_model")
def _load(call: Call) -> Value:
    """A model of which the file shows nothing."""
    return Object("keras.Model", kwargs={"outputs": UNKNOWN}, node=call.node)


# Methods


def method(call: Call, model: Object, name: str) -> Value:
    """A library method of a model."""
    if name in RUNS:
        attributes.arguments_used(call, f"keras.Model.{name}")
    if name == "compile":
        return _compile(call, model)
    if name in ("fit", "evaluate", "train_on_batch", "test_on_batch"):
        return _fit(call, model, name)
    if name in ("compute_loss", "compiled_loss", "_compute_loss"):
        return _compiled_loss(call, model, name)
    if name in STEPS:
        return _library_step(call, model, name)
    if name == "predict":
        value = call.argument(0, "x")
        inner = Call(call.interpreter, call.node, call.scope, [value], {}, {})
        return predict(inner, model)
    if name == "call":
        return predict(call, model)
    if name == "add" and call.args:
        existing = model.attrs.setdefault("layers added", Sequence([], True))
        if isinstance(existing, Sequence):
            # A layer that a loop or a branch adds stands for any number of layers.
            certain = not (call.interpreter.frame.loops or call.interpreter.branches)
            existing.items.append(admitted(call.args[0], existing) if certain else UNKNOWN)
        return NONE
    if name == "__init__":
        model.args, model.kwargs = list(call.args), dict(call.kwargs)
        return NONE
    if name == "compute_metrics":
        training.record_update(call, Object("compiled metrics", attrs={"model": model}), call.args[1:])
    if name in ("compute_metrics", "get_metrics_result") and not lists_own_metrics(model):
        result = call.tensor((), "metric_result", any_metric(model))
        return Mapping({}, open=True, others=result)
    return UNKNOWN


def _compile(call: Call, model: Object) -> Value:
    loss = call.argument(1, "loss")
    if not call.given(1, "loss"):
        loss = NONE
    metrics = call.argument(2, "metrics")
    items = tuple(metrics.items) if isinstance(metrics, Sequence) else () if metrics is UNKNOWN else (metrics,)
    node = call.argument_node(1, "loss")
    if node is not None:
        call.interpreter.mark(node)
    nodes = _metric_nodes(call, len(items))
    place = call.interpreter.place()
    event = Compile(call.node, *place, model=model, loss=loss, loss_node=node, metrics=items, metric_nodes=nodes)
    call.interpreter.record(event)
    optimizer = call.argument(0, "optimizer")
    compiled: Value = Sequence([loss, Sequence(list(items)), optimizer])
    if call.interpreter.branches and "compiled with" in model.attrs:
        compiled = join(model.attrs["compiled with"], compiled)
    model.attrs["compiled with"] = compiled
    return NONE


def _metric_nodes(call: Call, number: int) -> tuple[cst.CSTNode, ...]:
    """The expressions of that many metrics given to ``compile``."""
    node = call.argument_node(2, "metrics")
    if node is None:
        return ()
    listed = [element.value for element in node.elements] if isinstance(node, (cst.List, cst.Tuple)) else []
    nodes = tuple(listed) if len(listed) == number else (node,) * number
    for each in nodes:
        call.interpreter.mark(each)
    return nodes


def compiled_loss_of(model: Object) -> Value:
    """What ``compile(loss=...)`` set up; ``UNKNOWN`` when the file shows no ``compile``."""
    compiled = model.attrs.get("compiled with")
    return losses.resolve(compiled.items[0]) if isinstance(compiled, Sequence) else UNKNOWN


def _compiled_loss(call: Call, model: Object, name: str) -> Value:
    positions = (0, 1) if name == "compiled_loss" else (1, 2)
    label = losses.leaf(call.argument(positions[0], "y", "y_true"))
    prediction = losses.leaf(call.argument(positions[1], "y_pred"))
    weights = losses.weights_of(call, positions[1] + 1)
    result = call.tensor((), "compiled_loss", label, prediction, *weights, detail=model)
    call.interpreter.record(CompiledLoss(call.node, *call.interpreter.place(), model=model, via=name, result=result))
    return result


def _library_step(call: Call, model: Object, name: str) -> Value:
    """``super().train_step(data)``: Keras's own step uses the compiled loss."""
    call.interpreter.record(CompiledLoss(call.node, *call.interpreter.place(), model=model, via=name))
    return Mapping({}, open=True)


def _fit(call: Call, model: Object, name: str) -> Value:
    x, y = call.argument(0, "x"), call.argument(1, "y")
    labels = y if call.given(1, "y") else NONE
    weights = _weights(call, name)
    batch = data.fit_element(call, x, labels, weights)
    class_weights = _class_weights(call) if constant(weights) is None else NONE
    weighted = batch if constant(class_weights) is None else data.fit_element(call, x, labels, class_weights)
    if name.endswith("_on_batch"):
        given = [part for part in (x, y) if part is not UNKNOWN]
        batch = data.with_roles(Sequence(given))
        more = [part for part in (weights, class_weights) if constant(part) is not None and len(given) == 2]
        weighted = data.with_roles(Sequence([*given, *more]))
    validation = _validation(call, batch) if name == "fit" else None
    call.interpreter.record(
        Fit(
            call.node,
            *call.interpreter.place(),
            model=model,
            method=name,
            batches=(batch,) if validation is None else (batch, validation),
            compiled=model.attrs.get("compiled with", UNKNOWN),
        )
    )
    if name in ("fit", "evaluate") and not isinstance(x, Dataset):
        size = integer(call.argument(2, "batch_size")) if call.given(2, "batch_size") else DEFAULT_BATCH_SIZE
        call.interpreter.record(
            Batching(
                call.node,
                *call.interpreter.place(),
                size=size,
                size_node=call.argument_node(2, "batch_size"),
                samples=None if call.given(None, "validation_split") else data.first_length(x),
                drops_remainder=False,
            )
        )
    training = name in ("fit", "train_on_batch")
    run_step(call, model, "train_step" if training else "test_step", weighted, reached=True)
    if validation is not None:
        run_step(call, model, "test_step", validation, reached=True)
    return Object("keras.callbacks.History", node=call.node) if name == "fit" else UNKNOWN


def _validation(call: Call, batch: Value) -> Value | None:
    """A batch of the data that ``fit`` validates on, if it does."""
    if call.given(None, "validation_data"):
        given = call.argument(None, "validation_data")
        if not isinstance(given, Sequence):
            return data.fit_element(call, given, NONE, NONE)
        parts = [*given.items, NONE, NONE][:3]
        return data.fit_element(call, parts[0], parts[1], parts[2])
    return batch if call.given(None, "validation_split") else None


def _weights(call: Call, name: str) -> Value:
    """The sample weights that a call gives, ``NONE`` for none."""
    position = 2 if name.endswith("_on_batch") else None
    return call.argument(position, "sample_weight") if call.given(position, "sample_weight") else NONE


def _class_weights(call: Call) -> Value:
    """The sample weights that Keras makes of class weights, ``NONE`` for none."""
    given = call.argument(None, "class_weight") if "class_weight" in call.kwargs else NONE
    if given is UNKNOWN or constant(given) is None:
        return given
    return Tensor((None,), data.DATA, "array", (), call.node)


def run_step(call: Call, model: Object, name: str, element: Value, *, reached: bool) -> None:
    """Execute the model's own ``train_step`` or ``test_step`` on a batch."""
    member = model.cls.member(name) if model.cls is not None else None
    if not isinstance(member, Function) or not isinstance(member.node, cst.FunctionDef):
        if reached:
            _run_compiled(call, model, element)
        return
    interpreter = call.interpreter
    step = Step(name, model, member.node, reached, element)
    function = bound(member, model)
    for value, node in interpreter.returns_of(function, [element], {}, step=step):
        interpreter.record(Logs(node, step, interpreter.frame.loops, member.node, value=value))


def _run_compiled(call: Call, model: Object, element: Value) -> None:
    """Execute the file's own losses and metric functions given to ``compile``, as Keras's own steps call them."""
    compiled = model.attrs.get("compiled with")
    if not isinstance(compiled, Sequence) or not isinstance(element, Sequence) or len(element.items) < 2:
        return
    loss, metrics = compiled.items[0], compiled.items[1]
    own_loss = loss_method(loss)
    functions = [
        v for v in (loss, *(metrics.items if isinstance(metrics, Sequence) else ())) if isinstance(v, Function)
    ]
    whole_loss = model.cls.member("compute_loss") if model.cls is not None else None
    if not functions and own_loss is None and whole_loss is None:
        return
    interpreter = call.interpreter
    inner = Call(interpreter, call.node, call.scope, [element.items[0]], {}, {})
    prediction, label = as_tensor(predict(inner, model)), as_tensor(element.items[1])
    if prediction is None or label is None:
        return
    if isinstance(whole_loss, Function):
        _result(call, bound(whole_loss, model), [element.items[0], label, prediction])
    for compiled_function in functions:
        _result(call, compiled_function, [aligned(label, prediction), prediction])
        if compiled_function is not loss:
            _as_keras_calls(call, compiled_function, "metric_function", label, prediction)
    if own_loss is not None:
        _result(call, own_loss, [aligned(label, prediction), prediction])
        _as_keras_calls(call, own_loss, "own_loss", label, prediction)


def _result(call: Call, function: Function, args: list[Value]) -> None:
    interpreter = call.interpreter
    for value, node in interpreter.returns_of(function, args, {}):
        interpreter.record(
            FunctionResult(
                node,
                None,
                interpreter.frame.loops,
                function.node,
                name=function.name,
                owner=None if function.owner is None else function.owner.name,
                value=value,
            )
        )


def _as_keras_calls(call: Call, function: Function, how: str, label: Tensor, prediction: Tensor) -> None:
    """Execute once more with the ranks as they are: which generation aligns them is for the rules to look up."""
    if label.rank == prediction.rank:
        return
    call.interpreter.compiled_as = how
    try:
        call.interpreter.returns_of(function, [label, prediction], {})
    finally:
        call.interpreter.compiled_as = None


def aligned(label: Tensor, prediction: Tensor) -> Tensor:
    """The label with a trailing axis of length 1 added or dropped to have the prediction's rank."""
    if label.shape is None or prediction.shape is None or abs(len(label.shape) - len(prediction.shape)) != 1:
        return label
    if len(label.shape) < len(prediction.shape) and prediction.shape[-1] == 1:
        return replace(label, shape=(*label.shape, 1))
    if len(label.shape) > len(prediction.shape) and label.shape[-1] == 1:
        return replace(label, shape=label.shape[:-1])
    return label


def attribute(interpreter: Interpreter, model: Object, name: str, node: cst.CSTNode) -> Value:
    """A library attribute of a model."""
    if name == "loss":
        interpreter.record(CompiledLoss(node, *interpreter.place(), model=model, via="loss"))
        return compiled_loss_of(model)
    if name == "optimizer":
        compiled = model.attrs.get("compiled with")
        given = compiled.items[2] if isinstance(compiled, Sequence) else UNKNOWN
        return given if isinstance(given, Object) else Object("keras.optimizers.Optimizer", args=[given])
    if name == "compiled_metrics":
        return Object("compiled metrics", attrs={"model": model})
    if name == "metrics":
        return Sequence([any_metric(model)], True, open=True, ordered=False)
    if name == "_loss_tracker":
        return Object(LOSS_TRACKER, attrs={"model": model})
    return UNKNOWN


def lists_own_metrics(model: Object) -> bool:
    """Whether the model's class overrides the list of its metrics."""
    return model.cls is not None and model.cls.member("metrics") is not None


def any_metric(model: Object) -> Object:
    """What a loop over ``model.metrics`` binds, where the model leaves the list to Keras."""
    return Object(ANY_METRIC, attrs={"model": model})


def is_user_model(cls: Class) -> bool:
    """Whether a class of the file is a Keras model, by its base or by a step that Keras could call."""
    return cls.library in MODELS or any(map(_takes_a_batch, map(cls.member, STEPS)))


def _takes_a_batch(step: Value | None) -> bool:
    """Whether it is a method that can be called with one argument."""
    if not isinstance(step, Function):
        return False
    parameters = step.node.params
    places = [*parameters.posonly_params, *parameters.params]
    needed = [parameter for parameter in places if parameter.default is None]
    return len(needed) <= 2 <= len(places) or (len(places) < 2 and isinstance(parameters.star_arg, cst.Param))


def describe_loss(value: Value) -> str:
    """A compiled loss as messages name it."""
    if isinstance(value, Ref):
        return value.name.rsplit(".", 1)[-1]
    if isinstance(value, Object):
        return value.cls.name if value.cls is not None else value.kind.rsplit(".", 1)[-1]
    if isinstance(value, Function):
        return value.name
    text = constant(value)
    return repr(text) if isinstance(text, str) else "the compiled loss"

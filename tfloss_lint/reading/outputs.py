"""What the last activation of a model makes of its outputs: logits, probabilities, and by which way, or values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from tfloss_lint.reading.library.layers import CHANNELS_LAST, short_name
from tfloss_lint.reading.values import Const, Object, Ref, Tensor, Value, constant

Kind: TypeAlias = Literal["logits", "softmax", "sigmoid", "values"]

RESHAPED = "reshaped"
FOR_VALUES = frozenset({"relu", "leaky_relu", "elu", "selu", "gelu", "silu", "swish", "softplus", "tanh"})
"""Activations of hidden layers, and of values: what they give is neither from 0 to 1 nor any number."""
LAYERS_FOR_VALUES = frozenset({"ReLU", "LeakyReLU", "PReLU", "ELU"})
LINEAR = frozenset({"Dense", "DepthwiseConv1D", "DepthwiseConv2D", *CHANNELS_LAST})
"""Layers whose outputs are any number when they are given no activation."""
ACTIVATION_AT = {"Dense": 1, "Activation": 0}
"""Where the activation stands among the positional arguments, as far as people write it so."""
RESHAPING = frozenset({"Reshape", "Flatten", "Permute"})
RESHAPING_OPERATIONS = frozenset({"reshape", "squeeze", "expand", "transpose", "select"})
FORMS = {
    "keras.activations": "keras function",
    "keras.ops": "keras.ops function",
    "keras.backend": "backend function",
    "tf": "tf function",
    "tf.nn": "tf function",
}
"""How the function of a namespace computes an activation, in the words of the facts."""


@dataclass(frozen=True, slots=True)
class Output:
    """What comes last. ``form`` is how an activation is written, in the words of the facts; empty for logits.

    Of values it is the activation's name.
    """

    kind: Kind
    form: str = ""


LOGITS = Output("logits")


def output_of(value: Value) -> Output | None:
    """What a prediction is; ``None`` where the file does not show it."""
    if not isinstance(value, Tensor):
        return None
    if value.op in ("softmax", "sigmoid"):
        return _function(value.detail)
    if value.op == "predict":
        return output_of(value.detail)
    if value.op == "layer":
        return _layer(value)
    if value.op in RESHAPING_OPERATIONS:
        return _behind(output_of(value.inputs[0]))
    if value.op == "either":
        found = {output_of(part) for part in value.inputs}
        return found.pop() if len(found) == 1 else None
    return None


def _function(value: Value) -> Output | None:
    """An activation given as a function."""
    if not isinstance(value, Ref):
        return None
    namespace, _, name = value.name.rpartition(".")
    form = FORMS.get(namespace)
    if name == "linear":
        return LOGITS
    if name in FOR_VALUES and form:
        return Output("values", name)
    if name == "softmax" and form:
        return Output("softmax", form)
    return Output("sigmoid", form) if name == "sigmoid" and form else None


def _layer(tensor: Tensor) -> Output | None:
    layer = tensor.detail
    if not isinstance(layer, Object):
        # A layer of the file's own: what its call returns.
        return output_of(tensor.inputs[0])
    name = short_name(layer.kind)
    if name in RESHAPING:
        return _behind(output_of(tensor.inputs[0]))
    if name == "Softmax":
        return Output("softmax", "layer") if not layer.args and not layer.kwargs else None
    if name in LAYERS_FOR_VALUES:
        return Output("values", name)
    output = _activation(layer, name) if name in LINEAR or name == "Activation" else None
    # An activation that does nothing is there to cast.
    return output_of(tensor.inputs[0]) if name == "Activation" and output is LOGITS else output


def _activation(layer: Object, name: str) -> Output | None:
    position = ACTIVATION_AT.get(name)
    if position is None and len(layer.args) > 2:
        return None
    if not layer.given("activation", position):
        return LOGITS
    value = layer.config("activation", position)
    if isinstance(value, Const):
        text = constant(value)
        if text in (None, "linear"):
            return LOGITS
        if isinstance(text, str) and text in FOR_VALUES:
            return Output("values", text)
        return Output(text, "activation") if text in ("softmax", "sigmoid") else None
    if isinstance(value, Object):
        return Output("softmax", "layer") if value.kind == "keras.layers.Softmax" and not value.args else None
    return _function(value)


def _behind(output: Output | None) -> Output | None:
    """What is left after the outputs have been given another shape: Keras no longer sees the activation."""
    is_activated = output is not None and output.kind in ("softmax", "sigmoid")
    return replace(output, form=RESHAPED) if output is not None and is_activated else output

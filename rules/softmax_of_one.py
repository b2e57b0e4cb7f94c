"""TFL404 softmax-of-one."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from tfloss_lint.claim import Claim
from tfloss_lint.finding import Confidence
from tfloss_lint.program import Program
from tfloss_lint.reading.library.layers import short_name
from tfloss_lint.reading.outputs import RESHAPING, RESHAPING_OPERATIONS, output_of
from tfloss_lint.reading.shapes import describe
from tfloss_lint.reading.values import Mapping, Object, Sequence, Tensor, Value
from tfloss_lint.rule import Problem, Rule


class SoftmaxOfOne(Rule):
    """A model ends in a softmax over a single output, which is 1.0 for every sample.

    ## What it does

    It reports the activation of a model's output, or of any prediction that meets labels, where it is a softmax and the
    last axis has one entry: `Dense(1, activation="softmax")`, `Conv2D(1, 1, activation="softmax")`,
    `tf.nn.softmax(logit)`. The finding points at the layer, or at the call.

    ## Why it is wrong

    A softmax divides by the sum of all outputs. Of a single one nothing is left: the model predicts 1.0 for every
    sample, and the gradient that comes back through the softmax is zero. A network for the breast cancer data
    set, of which 62.7 % are of class 1, after five epochs, on Keras 3.15, tf_keras 2.21 and Keras 2.8 alike:

    | loss | accuracy with `"softmax"` | with `"sigmoid"` |
    |---|---|---|
    | `"mse"`, `"mae"`, `"hinge"` | 62.7 % | 87 to 93 % |
    | `"binary_crossentropy"` | 62.7 % | 88 to 93 % |

    The loss may well go down. Keras remembers the logits of its own activations, so `"binary_crossentropy"` trains the
    weights as if the model ended in a sigmoid: the loss of the two models is the same to the last digit, while
    `predict()` and all metrics see nothing but ones.

    ## Example

    ```python
    import numpy as np
    from sklearn.datasets import load_breast_cancer
    from tensorflow import keras

    x, y = load_breast_cancer(return_X_y=True)
    x, y = ((x - x.mean(axis=0)) / x.std(axis=0)).astype("float32"), y.astype("float32")
    keras.utils.set_random_seed(0)
    head = keras.layers.Dense(1, activation="softmax")  # TFL404: 8
    model = keras.Sequential([keras.layers.Dense(8, activation="relu"), head])
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=5, verbose=0)

    as_written = model.evaluate(x, y, verbose=0)[1]
    hidden_kernel, hidden_bias, kernel, bias = model.get_weights()
    logits = np.maximum(x @ hidden_kernel + hidden_bias, 0) @ kernel + bias
    reference = np.mean((logits[:, 0] > 0) == y)  # what the weights have learnt
    ```

    ## Use instead

    One output and two classes go with a sigmoid; a softmax needs an output per class.

    ```python
    import numpy as np
    from sklearn.datasets import load_breast_cancer
    from tensorflow import keras

    x, y = load_breast_cancer(return_X_y=True)
    x, y = ((x - x.mean(axis=0)) / x.std(axis=0)).astype("float32"), y.astype("float32")
    keras.utils.set_random_seed(0)
    head = keras.layers.Dense(1, activation="sigmoid")
    model = keras.Sequential([keras.layers.Dense(8, activation="relu"), head])
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=5, verbose=0)

    as_written = model.evaluate(x, y, verbose=0)[1]
    hidden_kernel, hidden_bias, kernel, bias = model.get_weights()
    logits = np.maximum(x @ hidden_kernel + hidden_bias, 0) @ kernel + bias
    reference = np.mean((logits[:, 0] > 0) == y)
    ```

    ## Confidence

    *certain*: the file shows the softmax and the size of the axis.

    ## What it deliberately does not see

    - A softmax over another axis, as attention has it: `tf.nn.softmax(scores, axis=1)` over the time steps.
    - Layers in the middle of a model, and outputs that the file neither compiles with a loss nor compares with labels.
    - Layers whose number of units is not written down.

    ## References

    - `keras.ops.softmax` of Keras 3 warns: "This axis has size 1. The softmax operation will always return the value 1,
      which is likely not what you intended."
    - `keras.activations.softmax` keeps its logits for the cross-entropies.
    """

    code = "TFL404"
    name = "softmax-of-one"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        """Report each softmax once, however many losses look at it."""
        reported: set[cst.CSTNode] = set()
        for prediction in _predictions(program):
            node = _softmax_of_one(prediction)
            if node is not None and node not in reported:
                reported.add(node)
                yield Problem(node, _message(prediction), _HELP, Confidence.CERTAIN, Claim("constant output"))


_HELP = (
    '`activation="sigmoid"` for two classes, as many outputs as there are classes for a softmax, and no activation for '
    "a value"
)


def _message(prediction: Tensor) -> str:
    return (
        f"a softmax over a single output is 1.0 whatever goes in: the model predicts 1.0 for every sample, "
        f"{describe(prediction.shape)}, before and after training"
    )


def _predictions(program: Program) -> Iterator[Tensor]:
    """The outputs of models that are compiled with a loss, and what labels meet."""
    for event in program.compiles:
        if event.loss_node is not None:
            yield from _tensors(program.output_of(event.model))
    for meeting in program.meetings:
        yield meeting.prediction


def _tensors(outputs: Value) -> Iterator[Tensor]:
    """Each output of a model."""
    parts = [outputs]
    if isinstance(outputs, (Sequence, Mapping)):
        parts = list(outputs.items.values()) if isinstance(outputs, Mapping) else outputs.items
    return (part for part in parts if isinstance(part, Tensor))


def _softmax_of_one(prediction: Value) -> cst.CSTNode | None:
    """The layer or call that applies a softmax to an axis of one entry, if that comes last."""
    if not isinstance(prediction, Tensor):
        return None
    if prediction.op == "predict":
        return _softmax_of_one(prediction.detail)
    layer = prediction.detail if prediction.op == "layer" else None
    is_passed_on = prediction.op in RESHAPING_OPERATIONS or (
        prediction.op == "layer" and (not isinstance(layer, Object) or short_name(layer.kind) in RESHAPING)
    )
    if is_passed_on:
        return _softmax_of_one(prediction.inputs[0])
    output, shape = output_of(prediction), prediction.shape
    if output is None or output.kind != "softmax" or shape is None or len(shape) < 2 or shape[-1] != 1:
        return None
    return layer.node if isinstance(layer, Object) else prediction.node

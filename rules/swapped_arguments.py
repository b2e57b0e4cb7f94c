"""TFL403 swapped-arguments."""

from __future__ import annotations

from collections.abc import Iterator

from tfloss_lint.claim import Claim
from tfloss_lint.facts import facts
from tfloss_lint.finding import Confidence
from tfloss_lint.generation import Generation
from tfloss_lint.program import Program
from tfloss_lint.reading.events import Meeting
from tfloss_lint.reading.library.losses import NN_LOSSES
from tfloss_lint.reading.values import Role
from tfloss_lint.rule import Problem, Rule


class SwappedArguments(Rule):
    """A loss gets the predictions as labels and the labels as predictions, and is not symmetric.

    ## What it does

    It finds calls of library losses, functions and objects, in which the first argument is a prediction and the
    second one a label. It also follows `compile()` into loss functions of the file: Keras passes the labels first,
    whatever the parameters are called. Losses for which the order changes nothing are left alone.

    ## Why it is wrong

    The order is `(y_true, y_pred)` in all of Keras; scikit-learn has the same, PyTorch and TensorFlow 1 had the other
    one. A cross-entropy takes the logarithm of its second argument. Of labels 0 and 1 that is the logarithm of a
    clipped number, -16.1 or 0 (-15.4 on Keras 2): the loss no longer is the likelihood of the labels but a
    straight line, and nothing raises an error, since both have one shape. For predictions of 0.5 and the labels of
    the example below the loss is 0.693, and its derivative by the prediction 2 per sample. Swapped, the loss is
    8.00 (Keras 2: 7.68), and the derivative 16.1 (15.4), the same for a good prediction and a bad one. Other
    losses merely find another model:

    | loss | swapped |
    |---|---|
    | binary and categorical cross-entropy, focal losses | linear in the prediction, up to 16 per sample |
    | `tf.nn.sigmoid_cross_entropy_with_logits` | the slope is `-y`: negative samples do not train at all |
    | KL divergence | the reverse divergence: it covers one mode and leaves the others |
    | Poisson | `y - p log y`: linear in `p`, without a minimum |
    | percentage error | errors relative to the prediction: it favours large predictions |
    | hinge, squared hinge | labels 0 and 1 are no longer turned into -1 and 1 |
    | squared, absolute and logarithmic error, Huber, log-cosh, cosine similarity | the same |

    ## Example

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_breast_cancer
    from sklearn.preprocessing import scale
    from tensorflow import keras

    x, y = load_breast_cancer(return_X_y=True)
    x, y = scale(x).astype("float32"), y.astype("float32").reshape(-1, 1)
    model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid", kernel_initializer="zeros")])
    loss_function = keras.losses.BinaryCrossentropy()

    for features, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(569):
        with tf.GradientTape() as tape:
            probabilities = model(features, training=True)
            loss = loss_function(probabilities, labels)  # TFL403: 16
        gradient = tape.gradient(loss, model.trainable_variables)[0]

    as_written = gradient[:, 0]
    reference = (x.T @ (0.5 - y))[:, 0] / len(y)
    ```

    ## Use instead

    Labels first. Keywords say it aloud: `loss_function(y_true=labels, y_pred=probabilities)`.

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_breast_cancer
    from sklearn.preprocessing import scale
    from tensorflow import keras

    x, y = load_breast_cancer(return_X_y=True)
    x, y = scale(x).astype("float32"), y.astype("float32").reshape(-1, 1)
    model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid", kernel_initializer="zeros")])
    loss_function = keras.losses.BinaryCrossentropy()

    for features, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(569):
        with tf.GradientTape() as tape:
            probabilities = model(features, training=True)
            loss = loss_function(labels, probabilities)
        gradient = tape.gradient(loss, model.trainable_variables)[0]

    as_written = gradient[:, 0]
    reference = (x.T @ (0.5 - y))[:, 0] / len(y)
    ```

    ## Confidence

    *certain*: the file shows that one argument is made of labels alone, the other one of predictions alone.

    ## What it deliberately does not see

    - Symmetric losses: the order makes no difference to their value or gradient.
    - `sparse_categorical_crossentropy`: swapped, it raises an error.
    - Two predictions, as in distillation, and two arrays of which nothing says which one the labels are.
    - Formulas that are written out, metrics, and the arguments of `compute_loss` and `compiled_loss`.

    ## References

    - The order `(y_true, y_pred)`: `keras.losses.Loss.__call__` and every function of `keras.losses`.
    - `tf.nn.sigmoid_cross_entropy_with_logits(labels, logits)` has the labels first, too.
    """

    code = "TFL403"
    name = "swapped-arguments"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        """Report meetings of labels and predictions in the wrong order."""
        for meeting in program.meetings:
            if not meeting.swapped or meeting.loss is None:
                continue
            sure = meeting.label.role is Role.LABEL and meeting.prediction.role is Role.PREDICTION
            if sure and any(order_matters(generation, meeting.loss) for generation in program.targets):
                yield Problem(
                    meeting.node,
                    f"the predictions come first and the labels second, and for {meeting.loss.rpartition('.')[2]} the "
                    "order matters: it takes the labels for what the model says",
                    "labels first: `loss(y_true, y_pred)`; Keras itself passes them in this order, too",
                    Confidence.CERTAIN,
                    claim_of(program, meeting),
                )


def claim_of(program: Program, meeting: Meeting) -> Claim | None:
    """That the loss is another one with its arguments exchanged."""
    operands = program.operand_nodes(meeting.node)
    return Claim("order", operands) if operands else None


def order_matters(generation: Generation, loss: str) -> bool:
    """Whether a loss, by its canonical name, is another number with its arguments swapped, and no error."""
    known = facts(generation)
    function = f"keras.losses.{NN_LOSSES[loss][0]}" if loss in NN_LOSSES else known.function_of(loss)
    fact = known.functions.get(function) if function else None
    # No ranks: the labels are class ids, and predictions in their place raise an error.
    return fact is not None and not fact.symmetric and fact.ranks is not None

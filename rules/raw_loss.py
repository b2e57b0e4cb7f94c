"""TFL101 raw-loss."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from tfloss_lint.claim import Claim
from tfloss_lint.finding import Confidence
from tfloss_lint.program import Program
from tfloss_lint.reading.events import Gradient, Step
from tfloss_lint.reading.library.losses import function_of, is_loss, reduction_of
from tfloss_lint.reading.library.models import compiled_loss_of, describe_loss
from tfloss_lint.reading.terms import Term
from tfloss_lint.reading.values import Object, Role, Tensor, Value
from tfloss_lint.rule import Problem, Rule


class RawLoss(Rule):
    """A step trains on a raw loss and bypasses the loss that `compile()` was given.

    ## What it does

    It finds a `train_step` of a model that was compiled with `loss=...`, in which the gradient comes from another
    loss of the batch's labels and the model's predictions: a function of `keras.losses`, a loss object, a formula
    written out, or `self.loss`. The finding points at the expression that turns labels and predictions into that
    loss.

    ## Why it is wrong

    The argument of `compile()` then trains nothing, and nothing says so. Whoever changes `loss="mse"` to a Huber
    loss and sees no difference looks for the reason everywhere else. `compute_loss` also does things that a raw
    loss leaves out:

    | `compute_loss(x, y, y_pred, sample_weight)` | the raw loss |
    |---|---|
    | adds the penalties of `kernel_regularizer` and `add_loss` | leaves them out |
    | applies sample weights and loss weights | leaves them out |
    | gives labels `(batch,)` the shape of predictions `(batch, 1)` | may broadcast them (TFL201) |
    | is a mean over the batch | `keras.losses.mse(y, p)` is a vector (TFL102) |
    | is what `evaluate()` and the validation of `fit()` report | is another number |

    In the example below `fit()` reports 2.892 for the very weights for which `evaluate()` reports 1.184 (Keras 3.15
    and tf_keras 2.21; Keras 2.8: 2.887 and 1.184): the squared error without the penalty, and the Huber loss with
    it. With labels +1 of weight 3 and labels -1 of weight 1, a step that drops the weights moves a bias by 0
    instead of by 1.

    ## Example

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_diabetes
    from tensorflow import keras


    class Regressor(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = keras.layers.Dense(1, kernel_regularizer=keras.regularizers.L2(0.1))
            self.tracker = keras.metrics.Mean(name="mean_loss")

        def call(self, inputs):
            return self.head(inputs)

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                y_pred = self(x, training=True)
                loss = tf.reduce_mean(tf.square(y - y_pred))  # TFL101: 20, TFL103: 20
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            self.tracker.update_state(loss)
            return {"loss": self.tracker.result()}


    keras.utils.set_random_seed(0)
    x, y = load_diabetes(return_X_y=True)
    y = y.reshape(-1, 1) / 100
    model = Regressor()
    model.compile(optimizer="sgd", loss=keras.losses.Huber())

    reference = model.evaluate(x, y, batch_size=442, verbose=0, return_dict=True)["loss"]
    as_written = model.fit(x, y, batch_size=442, verbose=0).history["loss"][0]
    ```

    ## Use instead

    `compute_loss` exists since Keras 2.8. Before that, and on Keras 2 in general, `self.compiled_loss(y, y_pred,
    sample_weight, regularization_losses=self.losses)` does the same; on Keras 3 that is a deprecated alias. If the
    step is meant to have a loss of its own, leave `loss=` out of `compile()`.

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_diabetes
    from tensorflow import keras


    class Regressor(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = keras.layers.Dense(1, kernel_regularizer=keras.regularizers.L2(0.1))
            self.tracker = keras.metrics.Mean(name="mean_loss")

        def call(self, inputs):
            return self.head(inputs)

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                y_pred = self(x, training=True)
                loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            self.tracker.update_state(loss)
            return {"loss": self.tracker.result()}


    keras.utils.set_random_seed(0)
    x, y = load_diabetes(return_X_y=True)
    y = y.reshape(-1, 1) / 100
    model = Regressor()
    model.compile(optimizer="sgd", loss=keras.losses.Huber())

    reference = model.evaluate(x, y, batch_size=442, verbose=0, return_dict=True)["loss"]
    as_written = model.fit(x, y, batch_size=442, verbose=0).history["loss"][0]
    ```

    ## Confidence

    *certain*: the raw loss is of another kind than the compiled one, or is reduced in another way, or the file
    shows penalties or sample weights that it leaves out. *likely*: all of that looks the same, so only later
    changes to `compile()` will be lost. *possible*: the step calls a function that this file does not show.

    ## What it deliberately does not see

    - Steps of models that are compiled without a loss: GANs, VAEs, diffusion, distillation, contrastive learning
      and the official guides bring their own, and rightly so. Of 45 public overrides that we counted, 30 are of
      this kind.
    - A `compile()` of one's own that keeps the loss to itself and hands none to `super().compile()`.
    - Losses that take no labels: reconstructions, penalties, rewards.
    - A raw loss beside the compiled one that is only shown or tracked, and a compiled loss that other terms are
      added to.
    - `self.loss(...)` where `compile()` was given a loss object with `reduction="none"`: a step that masks or weights
      the values by itself needs them unreduced.
    - Loops outside of the model's class. They are TFL105's.

    ## References

    - `Model.compute_loss`: Keras 2.8 and later; `training=` is a parameter since Keras 3.5.
    - `Model.compiled_loss`: an object on Keras 2; on Keras 3 a deprecated method, and only with the TensorFlow
      backend.
    - On Keras 2 `compiled_loss(y, y_pred)` leaves the penalties out unless it gets
      `regularization_losses=self.losses`. On Keras 3 it includes them; `compute_loss` does so on both.
    - `self.loss` is what `compile()` was given, as it is: a string, a function without a mean over the batch, or an
      object.
    - Keras guide "Customizing what happens in fit()".
    """

    code = "TFL101"
    name = "raw-loss"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        for gradient in program.gradients:
            if gradient.step is None or not passes_by_compiled_loss(program, gradient, gradient.step):
                continue
            compiled = compiled_loss_of(gradient.step.model)
            if calls_it_itself(program, gradient.step) and is_unreduced(compiled):
                continue
            (term,) = program.terms(gradient.target)
            yield Problem(
                loss_call(program, gradient, term),
                _message(program, gradient.step, term, describe_loss(compiled)),
                "`self.compute_loss(x=x, y=y, y_pred=y_pred)` (Keras >= 2.8), or `self.compiled_loss(y, y_pred, "
                "regularization_losses=self.losses)` (Keras 2)",
                Confidence.LIKELY if function_of(compiled) == function_of_term(term) else Confidence.CERTAIN,
                Claim("step"),
            )


def _message(program: Program, step: Step, term: Term, name: str) -> str:
    """What the step does instead, and what is lost with it."""
    if calls_it_itself(program, step):
        return (
            f"the step calls what compile() was given as loss, {name}, by itself: sample weights, regularization "
            "losses and the loss tracker are lost with the compiled loss"
        )
    return (
        f"the step trains on its own {term.family} and passes by the compiled loss {name}: "
        "rank alignment, sample weights, regularization losses and the loss tracker are lost with it"
    )


def calls_it_itself(program: Program, step: Step) -> bool:
    """Whether the step calls what `compile()` was given, as `self.loss`."""
    return any(event.via == "loss" for event in program.in_step(program.compiled_losses, step))


def is_unreduced(loss: Value) -> bool:
    """Whether a loss gives a value per sample: who compiles such a one reduces it in a step, with a mask or weights."""
    return isinstance(loss, Object) and loss.cls is None and reduction_of(loss) == "none"


def passes_by_compiled_loss(program: Program, gradient: Gradient, step: Step) -> bool:
    """Whether a step trains on one supervised loss of its own where the compiled one would do."""
    terms = program.terms(gradient.target)
    bypasses = is_loss(compiled_loss_of(step.model)) and not uses_compiled_loss(program, step)
    return bypasses and len(terms) == 1 and is_supervised(terms[0])


def uses_compiled_loss(program: Program, step: Step) -> bool:
    """Whether the step calls the compiled loss; reading the raw function in `self.loss` is no such call."""
    return any(event.via != "loss" for event in program.in_step(program.compiled_losses, step))


def is_supervised(term: Term) -> bool:
    """Whether it compares this batch's labels with the model's predictions, and nothing else."""
    return term.label.sources == {Role.LABEL} and term.prediction.sources == {Role.PREDICTION}


def function_of_term(term: Term) -> str | None:
    """The short name of the library function that the term calls."""
    return None if term.loss is None else function_of(term.loss)


def loss_call(program: Program, gradient: Gradient, term: Term) -> cst.CSTNode:
    """The loss as the step itself writes it: the library call, the call of a helper, or the whole expression."""
    assert gradient.step is not None
    if program.statement_function(term.node) is gradient.step.node and term.via != "by hand":
        return term.node
    target = gradient.target
    call = program.call_of(target)
    if call is not None:
        return call
    made = target.node if isinstance(target, Tensor) else None
    if made is not None and program.statement_function(made) is gradient.step.node:
        return made
    return gradient.target_node

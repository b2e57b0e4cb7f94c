"""TFL105 unused-compile-loss."""

from __future__ import annotations

from collections.abc import Iterator

from tfloss_lint.claim import Claim
from tfloss_lint.finding import Confidence
from tfloss_lint.program import Program
from tfloss_lint.reading.events import Compile, Gradient
from tfloss_lint.reading.library.losses import FAMILIES, function_of, is_loss
from tfloss_lint.reading.library.models import describe_loss
from tfloss_lint.reading.terms import is_label_of_batch
from tfloss_lint.rule import Problem, Rule


class UnusedCompileLoss(Rule):
    """`compile(loss=...)` is given, and no step uses it.

    ## What it does

    It finds a loss in `compile()` that nothing ever calls: the model is trained by a loop under `tf.GradientTape`
    on another loss and never by `fit()` or `evaluate()`, or both its `train_step` and its `test_step` are
    overridden and use neither `compute_loss` nor `compiled_loss` nor `self.loss`. The finding points at the value
    of `loss=`.

    ## Why it is wrong

    `compile()` does no more than remember the loss. It says one thing and the loop does another, and the reader
    believes `compile()`. In the example below ten epochs of the squared error reach a third coefficient of 0.717,
    where the absolute error that `compile()` names reaches 0.270, on Keras 2 and on Keras 3. In an autoencoder
    whose steps both measure the squared error, `fit()` reports 0.179; the binary cross-entropy that was asked for
    is 0.693.

    ## Example

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_diabetes

    x, y = load_diabetes(return_X_y=True)
    x, y = x.astype("float32"), (y / y.std()).astype("float32").reshape(-1, 1)
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(32)
    model = tf.keras.Sequential([tf.keras.Input((10,)), tf.keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile(optimizer=tf.keras.optimizers.SGD(0.1), loss="mae")  # TFL105: 60

    for epoch in range(10):
        for features, target in dataset:
            with tf.GradientTape() as tape:
                prediction = model(features, training=True)
                loss = tf.reduce_mean(tf.square(target - prediction))
            gradients = tape.gradient(loss, model.trainable_variables)
            model.optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    twin = tf.keras.Sequential([tf.keras.Input((10,)), tf.keras.layers.Dense(1, kernel_initializer="zeros")])
    twin.compile(optimizer=tf.keras.optimizers.SGD(0.1), loss="mae")
    twin.fit(dataset, epochs=10, verbose=0)

    as_written = model.get_weights()[0]
    reference = twin.get_weights()[0]
    ```

    ## Use instead

    Ask the model for its loss; or leave `loss=` out, and the next reader looks at the loop at once.

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_diabetes

    x, y = load_diabetes(return_X_y=True)
    x, y = x.astype("float32"), (y / y.std()).astype("float32").reshape(-1, 1)
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(32)
    model = tf.keras.Sequential([tf.keras.Input((10,)), tf.keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile(optimizer=tf.keras.optimizers.SGD(0.1), loss="mae")

    for epoch in range(10):
        for features, target in dataset:
            with tf.GradientTape() as tape:
                prediction = model(features, training=True)
                loss = model.compute_loss(x=features, y=target, y_pred=prediction)
            gradients = tape.gradient(loss, model.trainable_variables)
            model.optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    twin = tf.keras.Sequential([tf.keras.Input((10,)), tf.keras.layers.Dense(1, kernel_initializer="zeros")])
    twin.compile(optimizer=tf.keras.optimizers.SGD(0.1), loss="mae")
    twin.fit(dataset, epochs=10, verbose=0)

    as_written = model.get_weights()[0]
    reference = twin.get_weights()[0]
    ```

    ## Confidence

    *certain*: all steps and loops over the model are in the file, and the loss that trains is of another kind.
    *likely*: the loss that trains could not be read in full. *possible*: the model also leaves the file, as an
    argument or a result, so that others may call `fit()`.

    ## What it deliberately does not see

    - A compiled loss that is the loss of the loop: `compile(loss="mse", optimizer=...)` is a common way to give a
      model its optimizer, and nothing is wrong as long as both agree.
    - An inherited `test_step`: it uses the compiled loss. So does any call of `fit()` or `evaluate()` without
      overridden steps.
    - A loop that takes the loss from the model: `model.loss(y, p)`, `model.compute_loss(...)`,
      `model.compiled_loss(...)`.

    ## References

    - `Model.compile`: stores `loss`; `Model.compute_loss` (Keras 2.8 and later) is what applies it.
    - TFL101 says at the step itself that a supervised `train_step` bypasses the compiled loss.
    """

    code = "TFL105"
    name = "unused-compile-loss"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        for compile_call in program.compiles:
            if compile_call.loss_node is None or not is_loss(compile_call.loss) or is_used(program, compile_call):
                continue
            gradients = [g for g in program.gradients if program.trained_model(g) is compile_call.model]
            if not gradients or any(_is_raw_loss(program, gradient) for gradient in gradients):
                # Nothing trains the model here, or TFL101 says it at the step itself.
                continue
            where = "its train_step" if gradients[0].step is not None else "the loop under a GradientTape"
            yield Problem(
                compile_call.loss_node,
                f"the loss {describe_loss(compile_call.loss)} is compiled and never used: {where} trains on another "
                "one; Keras 3 reports a loss of 0.0 for it",
                "drop `loss=` from compile(), or train on `self.compute_loss(...)`",
                _confidence(program, compile_call, gradients),
                _claim(program, gradients[0]),
            )


def _confidence(program: Program, compile_call: Compile, gradients: list[Gradient]) -> Confidence:
    """A loop that trains on the same error only repeats what compile() says."""
    compiled = function_of(compile_call.loss)
    families = {term.family for gradient in gradients for term in program.terms(gradient.target)}
    other = compiled is not None and bool(families) and FAMILIES[compiled] not in families
    return Confidence.LIKELY if gradients[0].step is not None or other else Confidence.POSSIBLE


def _claim(program: Program, gradient: Gradient) -> Claim | None:
    """That the compiled loss is another one than the one that is differentiated."""
    if gradient.step is not None:
        own = program.statement_function(gradient.node) is gradient.step.node
        operands = program.parts(gradient.node, call=gradient.target_node) if own else {}
    else:
        terms = program.terms(gradient.target)
        operands = program.operand_nodes(terms[0].node) if len(terms) == 1 else {}
        operands = {**operands, "call": terms[0].node} if operands else {}
    return Claim("unused loss", operands) if operands else None


def is_used(program: Program, compile_call: Compile) -> bool:
    """Whether Keras's own steps, or a step of the model's, use the compiled loss."""
    model = compile_call.model
    if any(event.model is model for event in program.compiled_losses):
        return True
    own = {step.name for step in program.steps if step.model is model}
    inherited = {
        "fit": "train_step",
        "train_on_batch": "train_step",
        "evaluate": "test_step",
        "test_on_batch": "test_step",
    }
    return any(fit.model is model and inherited[fit.method] not in own for fit in program.fits)


def _is_raw_loss(program: Program, gradient: Gradient) -> bool:
    terms = program.terms(gradient.target)
    return gradient.step is not None and len(terms) == 1 and is_label_of_batch(terms[0].label)

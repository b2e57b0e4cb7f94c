"""TFL201 rank-broadcast."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from tfloss_lint.claim import Claim
from tfloss_lint.facts import Alignment, facts
from tfloss_lint.finding import Confidence
from tfloss_lint.generation import Generation
from tfloss_lint.program import Program
from tfloss_lint.reading.events import Meeting
from tfloss_lint.reading.library.arrays import is_numpy
from tfloss_lint.reading.shapes import broadcast, describe
from tfloss_lint.reading.values import Role, Shape, Tensor
from tfloss_lint.rule import Problem, Rule


class RankBroadcast(Rule):
    """Labels and predictions of different rank meet elementwise, so that every label meets every prediction.

    ## What it does

    It finds the place where labels `(batch,)` and predictions `(batch, 1)` meet without being brought to one shape:
    in a `train_step` or `test_step`, in a loop under `tf.GradientTape`, in an overridden `compute_loss`, in the
    `call` of a `Loss` subclass or in a metric function. The finding points at the call of a library loss, or at the
    smallest expression in which the two meet. Where that stands in a function that is also given to `compile()`,
    which aligns the ranks itself, it points at the call that does not.

    ## Why it is wrong

    `(32,) - (32, 1)` is a `(32, 32)` matrix of all differences, and its mean is a number that looks like a loss.
    Its gradient pulls every prediction towards the mean label, so the model learns the mean and nothing else. The
    value hides it: for a model that predicts zero both losses are equal to the last digit. On the diabetes data of
    the examples, on all stacks:

    | trained on | mean squared error after 3 epochs, variance of the labels 1 |
    |---|---|
    | `(32,) - (32, 1)` | 0.967 |
    | `(32, 1) - (32, 1)` | 0.487 |

    Keras aligns the ranks in some places. Which ones depends on the generation, with labels `(n,)` and predictions
    `(n, 1)`:

    | | Keras 2 (2.8, tf_keras 2.21) | Keras 3 (3.15) |
    |---|---|---|
    | formula written out | broadcasts | broadcasts |
    | function `mse`, `mae`, `mape`, `msle`, `huber`, `log_cosh`, `cosine_similarity` | broadcasts | aligns |
    | function `poisson`, `kl_divergence`, `hinge`, `squared_hinge`, `categorical_hinge` | broadcasts | broadcasts |
    | function `binary_crossentropy` of logits, or of what a sigmoid layer puts out | refuses | refuses |
    | function `binary_crossentropy` of other probabilities, e.g. clipped ones | broadcasts | refuses |
    | function `binary_focal_crossentropy` | broadcasts | refuses |
    | loss object, both arguments tensors | aligns | aligns |
    | loss object, labels a numpy array | broadcasts | aligns |
    | metric object | aligns | aligns |
    | loss function in `compile()` | aligns | aligns |
    | `Loss` subclass in `compile()` | aligns | broadcasts |
    | metric function in `compile()` | aligns | broadcasts |
    | overridden `compute_loss` | broadcasts | broadcasts |

    ## Example

    A formula written out broadcasts everywhere.

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_diabetes

    x, y = load_diabetes(return_X_y=True)  # x (442, 10), y (442,)
    x, y = x.astype("float32"), ((y - y.mean()) / y.std()).astype("float32")
    dataset = tf.data.Dataset.from_tensor_slices((20 * x, y)).batch(32)
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer="zeros")])
    optimizer = tf.keras.optimizers.SGD(0.05)

    for epoch in range(3):
        for features, target in dataset:
            with tf.GradientTape() as tape:
                prediction = model(features, training=True)
                loss = tf.reduce_mean(tf.square(target - prediction))  # TFL201: 45
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    twin = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer="zeros")])
    twin.compile(optimizer=tf.keras.optimizers.SGD(0.05), loss="mse")
    twin.fit(dataset, epochs=3, verbose=0)

    as_written = ((model.predict(20 * x, verbose=0)[:, 0] - y) ** 2).mean()
    reference = ((twin.predict(20 * x, verbose=0)[:, 0] - y) ** 2).mean()
    ```

    Keras's own function broadcasts on Keras 2. One step of gradient descent from zero ends at zero instead of at `2
    * x.T @ y / n`.

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_diabetes
    from tensorflow import keras


    class Regressor(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = keras.layers.Dense(1, kernel_initializer="zeros")
            self.tracker = keras.metrics.Mean(name="loss")

        def call(self, inputs):
            return self.head(inputs)

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                y_pred = self(x, training=True)
                loss = tf.reduce_mean(keras.losses.MSE(y, y_pred))  # TFL201: 35 (keras2)
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            self.tracker.update_state(loss)
            return {"loss": self.tracker.result()}


    x, y = load_diabetes(return_X_y=True)
    model = Regressor()
    model.compile(optimizer=keras.optimizers.SGD(1.0))
    model.fit(x, y, batch_size=442, epochs=1, verbose=0)

    as_written = model.head.kernel.numpy()[:, 0]
    reference = 2 * x.T @ y / 442  # one step of gradient descent on the mean squared error, from zero
    ```

    A `Loss` subclass in `compile()` broadcasts on Keras 3.

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_diabetes
    from tensorflow import keras


    class SquaredError(keras.losses.Loss):
        def call(self, y_true, y_pred):
            return tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)  # TFL201: 41 (keras3)


    x, y = load_diabetes(return_X_y=True)
    model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile(optimizer=keras.optimizers.SGD(1.0), loss=SquaredError())
    model.fit(x, y, batch_size=442, epochs=1, verbose=0)

    as_written = model.get_weights()[0][:, 0]
    reference = 2 * x.T @ y / 442
    ```

    ## Use instead

    Give the labels the axis that they lack, in the step or in the data.

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_diabetes

    x, y = load_diabetes(return_X_y=True)  # x (442, 10), y (442,)
    x, y = x.astype("float32"), ((y - y.mean()) / y.std()).astype("float32")
    dataset = tf.data.Dataset.from_tensor_slices((20 * x, y)).batch(32)
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer="zeros")])
    optimizer = tf.keras.optimizers.SGD(0.05)

    for epoch in range(3):
        for features, target in dataset:
            with tf.GradientTape() as tape:
                prediction = model(features, training=True)
                loss = tf.reduce_mean(tf.square(target[:, None] - prediction))
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    twin = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer="zeros")])
    twin.compile(optimizer=tf.keras.optimizers.SGD(0.05), loss="mse")
    twin.fit(dataset, epochs=3, verbose=0)

    as_written = ((model.predict(20 * x, verbose=0)[:, 0] - y) ** 2).mean()
    reference = ((twin.predict(20 * x, verbose=0)[:, 0] - y) ** 2).mean()
    ```

    `tf.reshape(y, tf.shape(y_pred))` says what is meant and fails where it cannot be.

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_diabetes
    from tensorflow import keras


    class Regressor(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = keras.layers.Dense(1, kernel_initializer="zeros")
            self.tracker = keras.metrics.Mean(name="loss")

        def call(self, inputs):
            return self.head(inputs)

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                y_pred = self(x, training=True)
                loss = tf.reduce_mean(keras.losses.MSE(tf.reshape(y, tf.shape(y_pred)), y_pred))
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            self.tracker.update_state(loss)
            return {"loss": self.tracker.result()}


    x, y = load_diabetes(return_X_y=True)
    model = Regressor()
    model.compile(optimizer=keras.optimizers.SGD(1.0))
    model.fit(x, y, batch_size=442, epochs=1, verbose=0)

    as_written = model.head.kernel.numpy()[:, 0]
    reference = 2 * x.T @ y / 442  # one step of gradient descent on the mean squared error, from zero
    ```

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_diabetes
    from tensorflow import keras


    class SquaredError(keras.losses.Loss):
        def call(self, y_true, y_pred):
            return tf.reduce_mean(tf.square(tf.reshape(y_true, tf.shape(y_pred)) - y_pred), axis=-1)


    x, y = load_diabetes(return_X_y=True)
    model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile(optimizer=keras.optimizers.SGD(1.0), loss=SquaredError())
    model.fit(x, y, batch_size=442, epochs=1, verbose=0)

    as_written = model.get_weights()[0][:, 0]
    reference = 2 * x.T @ y / 442
    ```

    ## Confidence

    *certain*: the file shows both shapes, from the data and from the model's last layer. *likely*: one of them
    follows from what data of this kind always look like. *possible*: the prediction is `(batch, 1)`, and nothing
    tells the rank of the labels.

    ## What it deliberately does not see

    - Broadcasts that are meant: `y[:, None] - p[None, :]`, pairwise distances, similarity matrices, masks.
    - A column `(batch, 1)` against several outputs `(batch, k)`: quantiles, ensembles. (Class numbers against `k`
      outputs are a matter of label encoding.)
    - The mean of a difference, as in the loss of a Wasserstein GAN: over all pairs it is that over the right ones.
    - Batches of one row, in which a label meets no other row's prediction.
    - A pandas Series that goes into `fit()`: Keras makes a column of it before `train_step` sees it.
    - Evaluation outside of steps, such as `np.mean((y - model.predict(x)) ** 2)`.

    ## References

    - TensorFlow broadcasting follows NumPy's rules: shapes are compared from the last axis.
    - `keras.losses` of Keras 3: `squeeze_or_expand_to_same_rank` stands in the seven regression losses named above.
    - Keras 2: `LossFunctionWrapper.call` squeezes tensors only; `compile_utils.match_dtype_and_rank` aligns
      compiled losses.
    - Up to TensorFlow 2.6 the built-in `train_step` expanded labels to `(batch, 1)`; an overridden one never saw
      that.
    - TensorFlow 2.21's `tf.keras.losses` has `MSE`, not `mean_squared_error`; the package `keras` has it the other
      way round.
    """

    code = "TFL201"
    name = "rank-broadcast"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        for meeting in program.meetings:
            label, prediction = meeting.label, meeting.prediction
            if lost_batch_axis(prediction):
                yield _lost_batch(meeting)
                continue
            if may_broadcast(program, meeting):
                yield _maybe(program, meeting)
            if not broadcasts(label.shape, prediction.shape) or on_purpose(label) or on_purpose(prediction):
                continue
            if is_averaged_at_once(program, meeting.result):
                continue
            where = frozenset(g for g in program.targets if _is_wrong(g, meeting))
            confidence = _confidence(program, meeting)
            if where and confidence is not None:
                yield _problem(program, meeting, where, confidence)


def broadcasts(label: Shape, prediction: Shape) -> bool:
    """Whether one has a trailing axis of length 1 more than the other: ``(batch,)`` and ``(batch, 1)``."""
    if label is None or prediction is None or abs(len(label) - len(prediction)) != 1:
        return False
    shorter, longer = sorted((label, prediction), key=len)
    if not shorter or longer[-1] != 1 or shorter[-1] == 1:
        return False
    # A batch may happen to hold as many samples as a number says; two different numbers are no samples of one batch.
    return all(a == b or not (isinstance(a, int) and isinstance(b, int)) for a, b in zip(shorter, longer))


def on_purpose(tensor: Tensor) -> bool:
    """Whether a new axis is written at the place itself, as in ``y[:, None] - p[None]``."""
    return tensor.op == "expand"


def is_averaged_at_once(program: Program, difference: Tensor) -> bool:
    """Whether the mean of a difference alone is trained on: over all pairs it is that over the right ones."""
    uses = [tensor for tensor in program.differentiated.values() if any(part is difference for part in tensor.inputs)]
    return difference.op == "subtract" and bool(uses) and all(use.op == "mean" and use.axes is None for use in uses)


def lost_batch_axis(prediction: Tensor) -> bool:
    """Whether an argmax without an axis has reduced the samples away."""
    inner = prediction.inputs[0] if prediction.op == "argmax" and prediction.axes == (0,) else None
    return isinstance(inner, Tensor) and inner.op in ("input", "predict") and inner.rank != 1


def _is_wrong(generation: Generation, meeting: Meeting) -> bool:
    """Whether these ranks broadcast on the generation: some of its losses align them, others refuse them."""
    known = facts(generation)
    if meeting.compiled_as is not None:
        ranks = known.compiled.get(meeting.compiled_as)
    elif meeting.loss is None:
        return True
    elif meeting.loss in known.losses and is_numpy(meeting.label):
        ranks = known.losses[meeting.loss].numpy_ranks
    else:
        ranks = known.ranks_of(meeting.loss)
    if ranks is None:
        return False
    label_is_shorter = (meeting.label.rank or 0) < (meeting.prediction.rank or 0)
    return (ranks.label_vector if label_is_shorter else ranks.prediction_vector) is Alignment.BROADCASTS


def _confidence(program: Program, meeting: Meeting) -> Confidence | None:
    if meeting.label.role is Role.LABEL:
        return Confidence.CERTAIN
    # Data that nothing calls labels: they serve as such when the result is trained on.
    if id(meeting.result) in program.differentiated:
        return Confidence.CERTAIN if meeting.loss is not None else Confidence.LIKELY
    return Confidence.POSSIBLE if meeting.loss is not None else None


def may_broadcast(program: Program, meeting: Meeting) -> bool:
    """Whether predictions of one output meet, by hand and on the way to a gradient, labels of unknown rank."""
    prediction = meeting.prediction.shape
    one_output = prediction is not None and len(prediction) > 1 and prediction[-1] == 1
    by_hand = meeting.loss is None and meeting.compiled_as is None
    return by_hand and one_output and meeting.label.shape is None and id(meeting.result) in program.differentiated


def place(program: Program, meeting: Meeting) -> cst.CSTNode:
    """Where to point: at the call, when the function is right for `compile()`, which aligns the ranks itself."""
    function = program.statement_function(meeting.node)
    if meeting.compiled_as is None and meeting.call is not None and function in program.compiled_functions:
        return meeting.call
    return meeting.node


def _problem(program: Program, meeting: Meeting, where: frozenset[Generation], confidence: Confidence) -> Problem:
    names = program.operands(meeting.node)
    first, second = ("labels", "predictions") if names is None else (f"`{names[0]}`", f"`{names[1]}`")
    shapes = (meeting.label.shape, meeting.prediction.shape)
    if names is not None and meeting.result.inputs and meeting.result.inputs[0] is meeting.prediction:
        shapes = (shapes[1], shapes[0])
    size = program.batch_size_for(meeting.label)
    only = f" on {next(iter(where)).title}" if len(where) < len(program.targets) else ""
    return Problem(
        place(program, meeting),
        f"{first} {describe(shapes[0])} and {second} {describe(shapes[1])} broadcast to "
        f"{describe(broadcast(*shapes))}{only}: every label meets every prediction, so a batch of {size} compares "
        f"{size * size:,} pairs, of which {size * (size - 1):,} are wrong",
        _HELP,
        confidence,
        claim_of(program, meeting),
    )


def claim_of(program: Program, meeting: Meeting) -> Claim | None:
    """That the order of the labels does not matter where these two meet, and their shape does."""
    operands = program.operand_nodes(meeting.node)
    shapes = {
        f"{role}_shape": ",".join(str(length or "") for length in shape)
        for role, shape in (("label", meeting.label.shape), ("prediction", meeting.prediction.shape))
        if shape
    }
    return Claim("broadcast", operands, {"linear": meeting.result.op == "subtract", **shapes}) if operands else None


_HELP = (
    "give both the same rank, e.g. `y_true = tf.reshape(y_true, tf.shape(y_pred))`; the compiled loss aligns them by "
    "itself"
)


def _maybe(program: Program, meeting: Meeting) -> Problem:
    return Problem(
        meeting.node,
        f"predictions {describe(meeting.prediction.shape)} meet labels whose rank the file does not show: labels of "
        "shape (batch,) would broadcast to (batch, batch)",
        _HELP,
        Confidence.POSSIBLE,
        claim_of(program, meeting),
    )


def _lost_batch(meeting: Meeting) -> Problem:
    return Problem(
        meeting.node,
        "the predictions have lost their batch axis in an argmax over axis 0, so the labels of all samples meet the "
        "winners of all classes",
        "take the argmax over the class axis: `axis=-1`",
        Confidence.LIKELY,
    )

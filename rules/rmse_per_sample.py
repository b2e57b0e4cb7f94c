"""TFL204 rmse-per-sample."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from tfloss_lint.claim import Claim
from tfloss_lint.finding import Confidence
from tfloss_lint.program import LossUse, Program
from tfloss_lint.reading.events import Compile, FunctionResult
from tfloss_lint.reading.terms import Term, Treatment
from tfloss_lint.reading.values import Function, options
from tfloss_lint.rule import Problem, Rule


class RmsePerSample(Rule):
    """The root is taken per sample or per batch and averaged afterwards, which is not the root mean squared error.

    ## What it does

    It finds the square root of a mean squared error in a loss or metric function, in a `Loss` subclass or in what a
    loop feeds to a `Mean`, where Keras or the loop goes on to average over samples or batches. The finding points
    at the root.

    ## Why it is wrong

    Roots and means do not swap. `keras.losses.MSE(y, p)` has one value per sample; for one output its root is the
    absolute error of that sample, and what is reported as RMSE is the mean absolute error. The root of each batch,
    averaged over the batches, is closer, but it depends on the batch size and on the order of the rows. For one
    model on the diabetes data, on Keras 2.8, tf_keras 2.21 and Keras 3.15 alike:

    | | reported |
    |---|---|
    | `RootMeanSquaredError()` | 170.51 |
    | root of each batch of 32, averaged | 169.45 |
    | root of each batch of 17, rows sorted by label, averaged | 152.20 |
    | `tf.sqrt(MSE(y, p))` | 152.13 |
    | `MeanAbsoluteError()` | 152.13 |

    As a loss it trains on the absolute error, which fits medians instead of means. And where a sample is predicted
    exactly its gradient is NaN, since the root has no slope at zero: the next step makes every weight NaN.

    ## Example

    ```python
    import tensorflow as tf
    from sklearn.datasets import load_diabetes
    from tensorflow import keras


    def root_mean_squared_error(y_true, y_pred):
        return tf.sqrt(keras.losses.MSE(y_true, y_pred))  # TFL204: 12


    keras.utils.set_random_seed(0)
    x, y = load_diabetes(return_X_y=True)
    y = y.reshape(-1, 1)
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse", metrics=[root_mean_squared_error])
    model.fit(x, y, verbose=0)

    as_written = model.evaluate(x, y, verbose=0, return_dict=True)["root_mean_squared_error"]
    reference = ((model.predict(x, verbose=0) - y) ** 2).mean() ** 0.5
    ```

    ## Use instead

    Train on the squared error, which has the same minimum, and take `RootMeanSquaredError` for the report. It keeps
    sum and count over the epoch and takes the root once.

    ```python
    from sklearn.datasets import load_diabetes
    from tensorflow import keras

    keras.utils.set_random_seed(0)
    x, y = load_diabetes(return_X_y=True)
    y = y.reshape(-1, 1)
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse", metrics=[keras.metrics.RootMeanSquaredError()])
    model.fit(x, y, verbose=0)

    as_written = model.evaluate(x, y, verbose=0, return_dict=True)["root_mean_squared_error"]
    reference = ((model.predict(x, verbose=0) - y) ** 2).mean() ** 0.5
    ```

    ## Confidence

    *certain*: the root is taken per sample. *likely*: it is taken per batch, and the result is reported as a metric
    or averaged over batches. *possible*: it is taken over the batch and used as training loss only; that is a
    choice, though what `fit()` reports is still no RMSE.

    ## What it deliberately does not see

    - The root of a sum of squares: a distance or a norm, as in contrastive and triplet losses or in gradient
      penalties.
    - A root that is taken once, at the end: of `metric.result()`, of `model.evaluate(...)`, of all predictions.
    - Roots of other things than the squared error of labels and predictions.

    ## References

    - `keras.metrics.RootMeanSquaredError`: Keras 2 and 3.
    - A metric function's values are averaged by `MeanMetricWrapper`. A function that returns a scalar counts as one
      value per batch, so that a partial last batch weighs as much as a full one: over batches of 100, 100, 100, 100
      and 42 sorted rows `fit()` and `evaluate()` report 169.53 where the rows' shares would give 153.20, on Keras 2
      and 3.
    """

    code = "TFL204"
    name = "rmse-per-sample"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        for use in program.uses:
            for term in program.terms(use.value):
                root = root_of_mean(term)
                if root is None or root.node is None:
                    continue
                before = term.treatments[: term.treatments.index(root)]
                per_sample = not any(t.over_batch is True for t in before)
                width = term.whole[-1] if term.whole else None
                confidence = _confidence(program, use, per_sample)
                # A mean of roots is another number than the root of the mean, whether that was meant or not.
                claim = None if confidence is Confidence.POSSIBLE else Claim("root")
                yield Problem(root.node, _message(per_sample, width), _HELP, confidence, claim)


_HELP = (
    "train on the MSE, whose minimum is the same, and report `keras.metrics.RootMeanSquaredError()`, which takes the "
    "root of the mean over the whole epoch"
)


def root_of_mean(term: Term) -> Treatment | None:
    """The root of a mean squared error; the root of a sum is a distance and no RMSE."""
    if term.family != "squared error":
        return None
    kinds = [treatment.kind for treatment in term.treatments]
    if "root" not in kinds:
        return None
    before = kinds[: kinds.index("root")]
    return term.treatments[kinds.index("root")] if before and set(before) == {"mean"} else None


def _message(per_sample: bool, width: object) -> str:
    if not per_sample:
        return (
            "the root of one batch's MSE is averaged over the batches: not the RMSE, which is the root of the mean "
            "over all samples, and never larger than it"
        )
    if width == 1:
        return (
            "the root is taken per sample: with one output, sqrt((y - p)**2) is |y - p|, so this is the mean "
            "absolute error and not the RMSE"
        )
    return (
        "the root is taken per sample and then averaged: not the RMSE, which is the root of the mean over all "
        "samples; with one output this is the mean absolute error"
    )


def _confidence(program: Program, use: LossUse, per_sample: bool) -> Confidence:
    event = use.event
    if isinstance(event, FunctionResult) and is_named_rmse(event) and per_sample:
        return Confidence.LIKELY
    compiled = program.compiled_functions.get(event.function) if event.function is not None else None
    if per_sample:
        return Confidence.LIKELY if compiled is not None or use.purpose == "gradient" else Confidence.POSSIBLE
    # As a loss, the root of one batch's mean only rescales the gradient; as a metric it is shown as the RMSE.
    shown = use.purpose == "metric" or (compiled is not None and not is_loss_of(compiled, event.function))
    return Confidence.LIKELY if shown else Confidence.POSSIBLE


def is_named_rmse(event: FunctionResult) -> bool:
    """Whether the function, or the class that it is the method of, is called an RMSE."""
    names = (event.name, event.owner or "")
    return any(word in name.lower() for name in names for word in ("rmse", "root_mean", "rootmean"))


def is_loss_of(compiled: Compile, function: cst.CSTNode | None) -> bool:
    """Whether `compile` was given the function as its loss, rather than as a metric."""
    return any(isinstance(option, Function) and option.node is function for option in options(compiled.loss))

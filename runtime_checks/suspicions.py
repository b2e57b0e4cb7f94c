"""What may be wrong with the loss of a step, each with the numbers that prove or deny it."""

from __future__ import annotations

from typing import Any, Sequence

from . import keras_model
from .comparison import (
    Comparison,
    NothingToCompareError,
    added,
    compared,
    divided,
    near,
    shape_of,
    with_other_weights,
)
from .families import families_of
from .labels import perfect_predictions
from .relations import (
    AGREES,
    CONFIRMED,
    DIVERGES,
    INCONCLUSIVE,
    INVALID,
    REFUTED,
    Evaluation,
    Loss,
    Measurement,
    alignment,
    broadcast_shape,
    duplication,
    evaluate,
    label_shuffle,
    settle,
)
from .report import AuditFinding, Numbers, factor, gradients, number

LEAST = 1e-3
"""Two ways to compute one loss may differ in how they clip and smooth; less than this, relative, proves nothing."""
EXACT = 1e-3
"""How near a ratio must be to a number to be called that number."""


def suspicions(
    here: Comparison, partial_batches: bool | None, notes: list[str], suspected: str = ""
) -> list[AuditFinding]:
    """All findings about the loss; what could not be compared is added to the notes.

    ``suspected`` is the code of a rule that has found its mistake in the text of the step.
    """
    shuffled = here.measure(label_shuffle, here.step_loss)
    if shuffled[0].verdict == INVALID:
        for known in ("random", "ignores"):
            if known in shuffled[0].reason:
                raise NothingToCompareError(shuffled[0].reason)
    found: list[AuditFinding] = []
    found += rank_broadcasts(here)
    loss = here.aligned if any(finding.status == CONFIRMED for finding in found) else here.step_loss
    own_loss = here.subject.own_step or keras_model.is_own(here.model, "compute_loss")
    if not own_loss:
        # Keras's own step is only worth a word if the loss that it was given is proved wrong.
        if keras_model.is_compiled_with_own_loss(here.model) and len(here.parts) > 1:
            doubled = here.measure(duplication, loss)
            found += divisor_without_reference(here, loss, doubled, partial_batches, notes=[])
        return [finding for finding in found if finding.status == CONFIRMED]
    vector = vector_gradient(here, loss)
    found += scale(here, loss, partial_batches, notes) if vector is None else [vector]
    penalties = dropped_regularization(here)
    found += [] if penalties is None else [penalties]
    weights = dropped_sample_weight(here, loss, suspected == "TFL104")
    found += [] if weights is None else [weights]
    if here.has_compiled_loss:
        raw = raw_loss(here, loss, found)
        found += [] if raw is None else [raw]
    else:
        notes.append("the model was compiled without a loss: there is no reference for the step's")
    if len(here.parts) == 1:
        notes.append(
            f"nothing is confirmed on {here.whole.rows} rows, which are too few to compare halves of the batch"
        )
    return found


# --- TFL201


def rank_broadcasts(here: Comparison) -> list[AuditFinding]:
    """Every output whose labels have another rank, and whether every label meets every prediction there."""
    found = [rank_broadcast(here, index) for index in here.outputs_of_other_rank()]
    return [finding for finding in found if finding is not None]


def rank_broadcast(here: Comparison, output: int) -> AuditFinding | None:
    """Whether every label meets every prediction: only then does the order of the labels not matter."""
    shuffled = here.measure_output(label_shuffle, output)
    met = here.measure_output(alignment, output)
    by_shuffle = settle(shuffled, mistake=AGREES)
    by_shape = settle(met, mistake=DIVERGES, least=LEAST)
    labels, predictions = met[0].shapes["y_true"], met[0].shapes["y_pred"]
    together = broadcast_shape(labels, predictions)
    shapes = {"y_true": labels, "y_pred": predictions, **({"result": together} if together else {})}
    if by_shuffle[0] == REFUTED or (by_shuffle[0] == CONFIRMED and by_shape[0] == REFUTED):
        if here.compiled_loss_is_trained():
            return None  # it aligns the labels, nobody would suspect it
        text = f"labels {labels} meet predictions {predictions} row by row"
        return here.subject.finding("TFL201", REFUTED, text, shapes=shapes)
    if by_shuffle[0] != CONFIRMED or by_shape[0] != CONFIRMED:
        reason = by_shuffle[1] or by_shape[1]
        return here.subject.finding("TFL201", INCONCLUSIVE, "", reason=reason, shapes=shapes)
    measured = compared(here.weights_gradient(here.step_loss), here.weights_gradient(here.aligned))
    text = (
        f"labels {labels} x predictions {predictions} -> {together}; "
        f"loss {number(met[0].as_written)} vs {number(met[0].reference)}; {gradients(measured, cosine_only=True)}"
    )
    return here.subject.finding("TFL201", CONFIRMED, text, shapes=shapes, numbers=numbers_of(met[0], measured))


# --- TFL102


def vector_gradient(here: Comparison, loss: Loss) -> AuditFinding | None:
    """Whether a loss with one value per sample is differentiated, which makes the gradient that of the sum."""
    shape = tuple(int(size) for size in here.target.shape)
    size = int(here.target.shape.num_elements())
    if not shape or size < 2:
        return None
    import numpy as np
    import tensorflow as tf

    def mean(*arguments: Any) -> Any:
        return tf.reduce_mean(loss(*arguments))

    total = float(np.asarray(here.target, dtype=np.float64).sum())
    shapes = {"y_true": shape_of(here.whole.y_true), "y_pred": shape_of(here.whole.y_pred), "loss": shape}
    numbers = {
        "as_written": total,
        "reference": total / size,
        "ratio": float(size),
        "gradient_ratio": float(size),
        "gradient_cosine": 1.0,
    }
    text = f"loss {shape}: the gradient is that of the sum {number(total)}, {size} times that of the mean"
    if here.has_compiled_loss:
        if settle(here.against(loss, here.compiled))[0] == REFUTED:
            text = f"the values of loss {shape} add up to the compiled loss"
            return here.subject.finding("TFL102", REFUTED, text, shapes=shapes, numbers=numbers)
        known = settle(here.against(mean, here.compiled))[0] == REFUTED
        proof = "; their mean is the compiled loss"
    else:
        family = known_family(here, loss)
        known = bool(family)
        proof = f"; the values are those of {family}"
    if known:
        return here.subject.finding("TFL102", CONFIRMED, text + proof, shapes=shapes, numbers=numbers)
    reason = "the values may be scaled on purpose, and there is no reference for them"
    return here.subject.finding(
        "TFL102", INCONCLUSIVE, f"{text}; {reason}", reason=reason, shapes=shapes, numbers=numbers
    )


def known_family(here: Comparison, loss: Loss) -> str:
    """The well-known loss whose values per sample these are, on all parts; empty if there is none."""
    import numpy as np

    if len(here.parts) == 1:
        return ""
    known = [
        families_of(
            np.asarray(loss(part.y_true, part.y_pred, *part.context), dtype=np.float64).ravel(),
            part.y_true,
            part.y_pred,
        )
        for part in here.parts
    ]
    return next((name for name in known[0] if all(name in others for others in known)), "")


# --- TFL202, TFL203


def scale(here: Comparison, loss: Loss, partial_batches: bool | None, notes: list[str]) -> list[AuditFinding]:
    """Whether the loss is a sum for a mean or the reverse, or has a divisor that does not know the rows."""
    doubled = here.measure(duplication, loss)
    if len(here.parts) == 1:
        return []
    if not here.has_compiled_loss:
        return divisor_without_reference(here, loss, doubled, partial_batches, notes)
    against = here.against(loss, here.compiled)
    if not all(map(proportional, against)):
        return []
    grows, reference_grows = common_factor(doubled), common_factor(here.measure_compiled(duplication))
    times = against[0].ratio or 0.0
    rows, width = here.whole.rows, width_of(here)
    name = keras_model.compiled_loss_name(here.model)
    said = (
        f"loss {number(against[0].as_written)} is {factor(times)} times {number(against[0].reference)}, "
        f"the compiled {name}"
    )
    numbers = numbers_of(against[0], here.against_compiled(loss))

    def sum_vs_mean(why: str) -> AuditFinding:
        return here.subject.finding("TFL203", CONFIRMED, f"{said}: {why}", numbers=numbers)

    if (grows, reference_grows) == (2.0, 1.0):
        divisor = constant_divisor(times, rows, width)
        if divisor is None:
            return [sum_vs_mean("a sum over the rows")]
        found = [hardcoded_divisor(here, divisor, partial_batches, against, numbers)]
        if is_number(times, width) and width > 1 and not here.compiled_loss_is_trained():
            found.append(sum_vs_mean(f"a sum over the {width} outputs"))
        return found
    if (grows, reference_grows) == (1.0, 2.0):
        return [sum_vs_mean("a mean over the rows, where the compiled loss is a sum")]
    if (grows, reference_grows) == (0.5, 1.0):
        return [sum_vs_mean("a mean, divided by the rows once more")]
    if (grows, reference_grows) == (1.0, 1.0) and width > 1 and not here.compiled_loss_is_trained():
        if all(is_number(part.ratio, width) for part in against):
            return [sum_vs_mean(f"a sum over the {width} outputs, where the compiled loss is a mean")]
        if all(is_number(part.ratio, 1.0 / width) for part in against):
            return [sum_vs_mean(f"a mean over the {width} outputs, where the compiled loss is a sum")]
    return []


def hardcoded_divisor(
    here: Comparison,
    divisor: float,
    partial_batches: bool | None,
    against: Sequence[Measurement],
    numbers: Numbers,
) -> AuditFinding:
    """A sum over the rows that is divided by a constant."""
    rows, half = here.whole.rows, against[1]
    if not is_number(divisor, rows):
        text = (
            f"divided by {divisor:.4g} where the batch has {rows} rows; "
            f"loss {number(against[0].as_written)} vs {number(against[0].reference)}"
        )
        return here.subject.finding("TFL202", CONFIRMED, text, numbers=numbers)
    expected = (against[0].ratio or 1.0) * (half.reference or 0.0)
    of_half = {
        "as_written": half.as_written,
        "reference": expected,
        "ratio": divided(half.as_written, expected),
        "gradient_ratio": divided(half.gradient_ratio, against[0].gradient_ratio),
        "gradient_cosine": half.gradient_cosine,
    }
    text = f"loss {number(half.as_written)} vs {number(expected)}"
    return where_batches_differ(here, text, partial_batches, of_half)


def divisor_without_reference(
    here: Comparison,
    loss: Loss,
    doubled: Sequence[Measurement],
    partial_batches: bool | None,
    notes: list[str],
) -> list[AuditFinding]:
    """A sum that is divided by the rows of this batch, or a mean divided once more, told from the well-known losses."""
    grows = common_factor(doubled)
    if grows not in (2.0, 0.5):
        return []
    rows, few = here.whole.rows, here.parts[1].rows
    values = [here.value_of(loss, part) for part in here.parts]
    for name, labels_of, options in here.families():
        totals = here.totals(name, labels_of, options)
        for outputs in sorted({1, width_of(here)}):
            divisors = [divided(total * outputs, value) for total, value in zip(totals, values)]
            if grows == 2.0 and divisors and rows >= 8 and all(is_number(divisor, rows) for divisor in divisors):
                text = f"the sum of {name}: {number(values[1])} vs {number(values[1] * rows / few)}"
                numbers = {
                    "as_written": values[1],
                    "reference": values[1] * rows / few,
                    "ratio": few / rows,
                    "gradient_ratio": few / rows,
                    "gradient_cosine": 1.0,
                }
                return [where_batches_differ(here, text, partial_batches, numbers)]
            if (
                grows == 0.5
                and divisors
                and all(is_number(divisor, part.rows**2) for divisor, part in zip(divisors, here.parts))
            ):
                text = f"loss {number(values[0])} is the mean of {name}, divided by the {rows} rows once more"
                numbers = {
                    "as_written": values[0],
                    "reference": values[0] * rows,
                    "ratio": 1 / rows,
                    "gradient_ratio": 1 / rows,
                    "gradient_cosine": 1.0,
                }
                return [here.subject.finding("TFL203", CONFIRMED, text, numbers=numbers)]
    if grows == 2.0:
        notes.append("the loss is a sum over the rows: it doubles when every row is there twice")
    return []


def where_batches_differ(
    here: Comparison, measured: str, partial_batches: bool | None, numbers: Numbers
) -> AuditFinding:
    """A divisor that is right for batches as large as this one."""
    rows, few = here.whole.rows, here.parts[1].rows
    if partial_batches is False:
        text = f"divided by {rows}, and every batch has {rows} rows"
        return here.subject.finding("TFL202", REFUTED, text, numbers=numbers)
    text = f"divided by {rows}, also where there are {few} rows; {measured}"
    if partial_batches:
        return here.subject.finding("TFL202", CONFIRMED, text, numbers=numbers)
    reason = f"wrong if not every batch has {rows} rows, which is not known"
    return here.subject.finding("TFL202", INCONCLUSIVE, f"{text}; {reason}", reason=reason, numbers=numbers)


# --- TFL103, TFL104


def dropped_regularization(here: Comparison) -> AuditFinding | None:
    """Whether the step leaves ``model.losses`` out."""
    dropped = abs(here.included) < LEAST * abs(here.penalty)
    if not dropped or not here.penalty_is_seen(LEAST) or all(part is None for part in here.call.penalty_gradient):
        return None
    measured = compared(here.call.gradients, added(here.call.gradients, here.call.penalty_gradient))
    whole = here.value + here.penalty
    numbers = {"as_written": here.value, "reference": whole, "ratio": divided(here.value, whole), **measured}
    text = f"loss {number(here.value)} without the model's penalties of {number(here.penalty)}; {gradients(measured)}"
    return here.subject.finding("TFL103", CONFIRMED, text, numbers=numbers)


def dropped_sample_weight(here: Comparison, loss: Loss, suspected: bool) -> AuditFinding | None:
    """Whether the step computes its loss as if there were no sample weights.

    Without a compiled loss nothing says that the third part of the batch should weigh the loss, unless the step's own
    text does (``suspected``).
    """
    if here.whole.context[1] is None or len(here.parts) == 1:
        return None
    noticed = settle(here.reweighted(loss), least=LEAST)
    if noticed[0] == CONFIRMED and suspected:
        text = "the loss changes with the sample weights"
        return here.subject.finding("TFL104", REFUTED, text, numbers={"as_written": here.value})
    if noticed[0] != REFUTED:
        return None
    if here.has_compiled_loss:
        return unlike_compiled_loss(here, loss)
    return without_reference(here) if suspected else None


def unlike_compiled_loss(here: Comparison, loss: Loss) -> AuditFinding | None:
    """Whether a loss that no weights change is the compiled one without them, and these make a difference."""
    # The weights of a half may all be 1, so they only need to matter on the batch: others do on the halves as well.
    matter = settle(here.against(here.unweighted, here.compiled)[:1], at_least=1, least=LEAST)[0] == CONFIRMED
    would = settle(here.against(here.unweighted, with_other_weights(here.compiled)), least=LEAST)[0] == CONFIRMED
    dropped = settle(here.against(loss, here.unweighted))[0] == REFUTED
    if not (matter and would and dropped):
        return None
    measured = here.against(loss, here.compiled)[0]
    numbers = numbers_of(measured, here.against_compiled(loss))
    text = (
        f"loss {number(measured.as_written)} without the batch's sample weights, "
        f"{number(measured.reference)} with them; {gradients(numbers)}"
    )
    return here.subject.finding("TFL104", CONFIRMED, text, numbers=numbers)


def without_reference(here: Comparison) -> AuditFinding | None:
    """A loss that no weights change, where the step was handed some that are not all 1."""
    import numpy as np
    import tensorflow as tf

    weights = np.concatenate([np.asarray(leaf).ravel() for leaf in tf.nest.flatten(here.whole.context[1])])
    if (weights == 1).all():
        return None
    text = (
        f"loss {number(here.value)}, whatever the sample weights, which are {number(weights.min())} to "
        f"{number(weights.max())} here"
    )
    return here.subject.finding("TFL104", CONFIRMED, text, numbers={"as_written": here.value})


# --- TFL101


def raw_loss(here: Comparison, loss: Loss, others: Sequence[AuditFinding]) -> AuditFinding | None:
    """Whether a step that goes past the compiled loss trains on another one."""
    if not here.subject.own_step or here.compiled_loss_is_trained():
        return None
    name = keras_model.compiled_loss_name(here.model)
    against = here.against(here.step_loss, here.compiled)
    status, reason = settle(against, least=LEAST)
    numbers = numbers_of(against[0], here.against_compiled())
    penalties = here.penalty_is_seen(LEAST)
    if status == REFUTED and not (penalties and not near(here.included, here.penalty, LEAST)):
        text = f"loss {number(numbers['as_written'])} and its gradient are those of the compiled {name}"
        return here.subject.finding("TFL101", REFUTED, text, numbers=numbers)
    see = [finding.code for finding in others if finding.status == CONFIRMED]
    if "TFL104" in see:
        status = CONFIRMED  # which has the numbers, also where all weights of one half are 1
    if status == CONFIRMED:
        reason = doubt(here, loss, against, see)
    elif [measured.verdict for measured in against] == [AGREES, DIVERGES, DIVERGES]:
        reason = "equal on this batch, and different on halves of it"
    if reason:
        return here.subject.finding("TFL101", INCONCLUSIVE, "", reason=reason, numbers=numbers)
    if penalties:
        numbers["as_written"] = (numbers["as_written"] or 0.0) + here.included
        numbers["reference"] = (numbers["reference"] or 0.0) + here.penalty
        numbers["ratio"] = divided(numbers["as_written"], numbers["reference"])
    text = (
        f"loss {number(numbers['as_written'])} vs {number(numbers['reference'])} of the compiled {name}; "
        + gradients(numbers)
        + (f"; see {', '.join(see)}" if see else "")
    )
    return here.subject.finding("TFL101", CONFIRMED, text, numbers=numbers)


def doubt(here: Comparison, loss: Loss, against: Sequence[Measurement], explained_by: Sequence[str]) -> str:
    """Why another value may not mean another loss of the same labels; empty if it must."""
    if "TFL104" in explained_by or all(map(proportional, against)):
        return mode_dependent(here)
    if "TFL201" in explained_by:
        aligned = here.against(loss, here.compiled)
        if all(found.verdict == AGREES or proportional(found) for found in aligned):
            return ""
    if not aims_at_labels(here, loss):
        return "the step may have changed the labels before it computes its loss"
    return mode_dependent(here)


def aims_at_labels(here: Comparison, loss: Loss) -> bool:
    """Whether the loss is least where the predictions are the labels, on all parts."""

    def least_at(there: Evaluation, now: Evaluation) -> bool:
        import numpy as np

        if not there.is_finite or now.gradient is None:
            return False
        steep = 0.0 if there.gradient is None else float(np.linalg.norm(there.gradient))
        return abs(there.value) <= 0.05 * abs(now.value) or steep <= 0.05 * float(np.linalg.norm(now.gradient))

    return all(
        any(
            least_at(evaluate(loss, part.y_true, predictions, part.context), here.evaluation(loss, part))
            for predictions in perfect_predictions(part.y_true, part.y_pred)
        )
        for part in here.parts
    )


def mode_dependent(here: Comparison) -> str:
    """Whether outputs of a softmax or sigmoid go into a loss that takes logits, in the step or in ``compile``.

    Keras may look at the operation that made them, which it only sees in graph mode.
    """
    import numpy as np
    import tensorflow as tf

    if tf.nest.is_nested(here.whole.y_pred):
        return ""
    outputs = np.asarray(here.whole.y_pred, dtype=np.float64)
    if outputs.min() < 0.0 or outputs.max() > 1.0:
        return ""
    if outputs.shape[-1] > 1 and not np.allclose(outputs.sum(axis=-1), 1.0, atol=1e-3):
        return ""
    known = {
        bool(options.get("from_logits"))
        for name, labels_of, options in here.families()
        for total in here.totals(name, labels_of, options)[:1]
        if any(near(total / count, here.value, 1e-4) for count in (1, here.whole.rows))
    }
    if not keras_model.takes_logits(here.model) and known != {True}:
        return ""
    return "the outputs are probabilities and a loss takes logits, which Keras treats otherwise in graph mode"


# --- numbers


def numbers_of(measured: Measurement, gradient: Numbers) -> dict[str, float | None]:
    """What a verdict says in numbers."""
    return {
        "as_written": measured.as_written,
        "reference": measured.reference,
        "ratio": measured.ratio,
        "gradient_ratio": gradient.get("gradient_ratio"),
        "gradient_cosine": gradient.get("gradient_cosine"),
    }


def proportional(measured: Measurement) -> bool:
    """Whether one loss is the other times a positive factor, in value and in gradient."""
    if measured.verdict == INVALID or not measured.ratio or not measured.gradient_ratio or not measured.tolerance:
        return False
    tolerance = max(LEAST, 4 * measured.tolerance)
    alike = (measured.gradient_cosine or 0.0) >= 1.0 - tolerance
    return alike and near(measured.ratio, measured.gradient_ratio, tolerance)


def common_factor(doubled: Sequence[Measurement]) -> float | None:
    """By which factor the loss grows on all parts when every row is there twice: 2.0, 1.0, 0.5 or unknown."""
    for candidate in (2.0, 1.0, 0.5):
        if all(measured.is_factor(candidate) for measured in doubled):
            return candidate
    return None


def constant_divisor(times: float, rows: int, width: int) -> float | None:
    """What a sum over the rows is divided by, if it is ``times`` the mean; ``None`` where that is no batch size.

    The sum may run over the outputs of a row as well. A batch size is a whole number that is no less than the rows.
    """
    for outputs in (1, width):
        divisor = rows * outputs / times if times else 0.0
        if divisor >= rows * (1 - EXACT) and near(divisor, round(divisor), EXACT):
            return float(round(divisor))
    return None


def is_number(value: float | None, wanted: float) -> bool:
    """Whether a measured ratio is this number."""
    return value is not None and near(value, float(wanted), EXACT)


def width_of(here: Comparison) -> int:
    """How many outputs a row has."""
    shape = shape_of(here.whole.y_pred)
    return shape[-1] if len(shape) > 1 else 1

"""Compares what a model's ``train_step`` does with what ``compile`` asked for, on one batch.

    from tfloss_lint.runtime_checks import audit_step

    report = audit_step(model, (x[:32], y[:32]))
    print(report)

The step runs on the batch as it is, and again on parts of it; nothing of the model changes. Findings bear the codes of
the linter's rules:

====== ======================= ===============================================================================
TFL101 raw-loss                the loss that the step differentiates is not the compiled one, and differs from it
TFL102 vector-gradient         it has one value per sample, and the gradient is that of their sum
TFL103 dropped-regularization  it leaves the model's penalties out
TFL104 dropped-sample-weight   it is the compiled one without the batch's sample weights
TFL201 rank-broadcast          labels and predictions of different rank meet, every label with every prediction
TFL202 hardcoded-divisor       it is a sum over the rows, divided by a constant
TFL203 sum-vs-mean             it is the compiled one times a factor: a sum for a mean, or the reverse
TFL303 untracked-loss-log      what the step logs is the last batch's loss, or 0.0
====== ======================= ===============================================================================

A finding is ``confirmed`` if the batch and two disjoint halves of it agree, ``refuted`` if it was suspected and the
numbers deny it, and else ``inconclusive``. Without a compiled loss nothing is held against a reference; what remains is
a rank broadcast, dropped penalties, the log, and a vector or a fixed divisor if the loss is a well-known one. Steps
that train several networks or take several gradients (GANs, autoencoders with a prior, distillation) have no single
prediction to compare with; then the report has a note that says so.
"""

from __future__ import annotations

from typing import Any

from . import keras_model
from .comparison import Comparison, NothingToCompareError, Subject
from .observation import observe
from .report import AuditFinding, AuditReport
from .step_logs import untracked_logs
from .suspicions import suspicions
from .untouched import untouched


def audit_step(model: Any, batch: Any, *, training: bool = True, partial_batches: bool | None = None) -> AuditReport:
    """Run the model's ``train_step`` on a batch, change nothing, and say how its loss differs from the compiled one.

    ``batch`` is ``(x,)``, ``(x, y)`` or ``(x, y, sample_weight)``, of arrays or tensors, as ``fit`` takes them.
    ``training=False`` runs the layers in inference mode, without dropout. ``partial_batches`` says whether the data end
    with a smaller batch; while that is not known, a divisor that is right for this batch stays ``inconclusive``.

    What the step raises is raised here. A model that was not built yet is built, from the program's random numbers.
    """
    return audit(model, batch, training=training, partial_batches=partial_batches)


def audit(
    model: Any, batch: Any, *, training: bool = True, partial_batches: bool | None = None, suspected: str = ""
) -> AuditReport:
    """``audit_step``, for a step in whose text a rule has found its mistake: ``suspected`` is the rule's code."""
    keras_model.check(model)
    name = type(model).__name__
    if keras_model.replicas(model) > 1:
        return AuditReport(name, notes=("the model trains on several replicas, which is not audited",))
    data = keras_model.as_fit_would(batch)
    if not keras_model.is_built(model):
        with untouched(model, random_numbers=False):
            observe(model, data, training)
    findings: list[AuditFinding] = []
    notes: list[str] = []
    with untouched(model) as state:
        subject = Subject(model, data, observe(model, data, training), state)
        state.restore()
        try:
            findings += suspicions(Comparison(subject), partial_batches, notes, suspected)
        except NothingToCompareError as reason:
            notes.append(f"{reason}: not compared with the compiled loss")
        if subject.own_step:
            findings += untracked_logs(subject, notes)
    findings.sort(key=lambda finding: finding.code)
    return AuditReport(name, tuple(findings), tuple(notes))

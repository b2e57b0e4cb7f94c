"""What a model's own ``train_step`` differentiates, against the loss that the model was compiled with."""

from __future__ import annotations

from typing import Any

from ...audit import audit
from ...keras_model import is_built
from ...relations import CONFIRMED, INCONCLUSIVE, REFUTED
from ...report import NUMBERS, AuditFinding
from ..execution import Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import Measure


class StepLoss(Measure):
    """No operands: the whole step is audited, and the finding of the site's own code is its answer.

    The audit comes before the step, with the weights that the step has. Where that settles nothing, it comes again
    after it: fresh weights make some losses equal by chance, and new ones may have been trained to certainty. The
    step itself is left to make the weights of a model that has none yet.
    """

    relation = "step"
    operands = ()
    kinds = ("step",)
    sees_before = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.found: list[AuditFinding | None] = []
        """One for each batch."""

    def observe(self, execution: Execution) -> None:
        """Audit the step on this batch, once or twice."""
        if not (execution.is_done and self.found):
            self.attempts += 1
            self.found.append(None)
        if not _settles(self.found[-1]) and (execution.is_done or is_built(execution.model)):
            self.look(execution)

    def look(self, execution: Execution) -> None:
        """Audit the step with the weights of now."""
        report = audit(execution.model, execution.context[0], suspected=self.site.code)
        self.reasons += report.notes
        own = [finding for finding in report if finding.code == self.site.code]
        self.found[-1] = own[0] if own else None
        if not own:
            self.reasons.append("the audit of the step finds nothing of the kind")
        elif own[0].status == INCONCLUSIVE:
            self.reasons.append(str(own[0].verdict["reason"]))

    @property
    def enough(self) -> bool:
        """Enough batches that settle it."""
        return len([finding for finding in self.found if _settles(finding)]) >= self.batches

    def verdict(self) -> Verdict:
        """What all audited batches agree on."""
        settled = [finding for finding in self.found if finding is not None and _settles(finding)]
        statuses = {finding.status for finding in settled}
        # An audit holds the batch against two halves of itself: a program with a single batch has no more to show.
        if len(statuses) > 1:
            return inconclusive("the batches contradict each other")
        if len(settled) < (1 if self.program_over else self.batches):
            return inconclusive(self.reason)
        first = settled[0]
        return verdict(
            first.status,
            first.text,
            device=str(first.verdict["device"]),
            shapes=first.verdict["shapes"],
            numbers={key: first.verdict[key] for key in NUMBERS},
        )


def _settles(finding: AuditFinding | None) -> bool:
    return finding is not None and finding.status in (CONFIRMED, REFUTED)
